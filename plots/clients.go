package plots

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

const (
	clientSetting = ".client" // how the setting ends that names a client's profile
	clientsMax    = 8         // rows that a slide has room for
	clientColumns = 3
)

// A quantity is what one panel compares.
type quantity struct {
	heading    string
	metric     string
	percentile float64 // of the lookups in lookups.parquet; 0: the metric's mean
	scale      float64 // from the stored unit to the heading's
	most       float64 // end of the scale; 0: none
}

func quantities() []quantity {
	const ns = 1e-6 // to ms
	return []quantity{
		{heading: "Hops", metric: hopMetric, scale: 1},
		{heading: "Latency p50, ms", metric: latencyMetric, percentile: 0.5, scale: ns},
		{heading: "Latency p90, ms", metric: latencyMetric, percentile: 0.9, scale: ns},
		{heading: "Success, %", metric: "lookup.success", scale: 100, most: 100},
		{heading: "Traffic, B/s", metric: "network.bytes_per_node_s", scale: 1},
		{heading: "Stale, %", metric: "table.stale_share", scale: 100, most: 100},
	}
}

// A measured is the value of one client with its interval, if there is one.
type measured struct {
	value float64
	ci    interval
	sure  bool
	n     int
}

// clients compares the cells of a run that differ in their client's profile, a panel a quantity.
func clients(r *results, l look) (*figure, error) {
	cells, names := r.byClient()
	if len(cells) < 2 {
		return &figure{skipped: "needs at least two cells that differ in their client"}, nil
	}
	curves, err := r.latencyCurves(len(r.Cells))
	if err != nil {
		return nil, err
	}
	f := &figure{
		panels: &panels{rows: names, columns: clientColumns},
		data: table{header: []string{"client", "quantity", "metric", "percentile", "value",
			"ci95_low", "ci95_high", "n"}},
		about: clientsAbout(r, cells),
	}
	var drawn []quantity
	var all [][]measured
	for _, q := range quantities() {
		values := q.of(r, cells, curves)
		if values == nil {
			f.about.notes = append(f.about.notes, "Without "+q.metric+": the run has none.")
			continue
		}
		drawn, all = append(drawn, q), append(all, values)
		f.panels.all = append(f.panels.all, q.panel(l, values))
		for i, v := range values {
			low, high, share := any(nil), any(nil), any(nil)
			if v.sure {
				low, high = v.ci.low, v.ci.high
			}
			if q.percentile > 0 {
				share = q.percentile
			}
			f.data.add(names[i], q.heading, q.metric, share, v.value, low, high, v.n)
		}
	}
	if len(drawn) == 0 {
		return &figure{skipped: "the run measured nothing that this figure compares"}, nil
	}
	f.title = clientsTitle(names, drawn, all)
	return f, nil
}

// byClient returns the first cell of each client, in the order of the run, and the clients' names.
func (r *results) byClient() (cells []cell, names []string) {
	for _, c := range r.Cells {
		for _, key := range slices.Sorted(maps.Keys(c.Set)) {
			name := fmt.Sprint(c.Set[key])
			if strings.HasSuffix(key, clientSetting) && !slices.Contains(names, name) &&
				len(names) < clientsMax {
				cells, names = append(cells, c), append(names, name)
				break
			}
		}
	}
	return cells, names
}

// of returns the quantity in each cell; nil if one of them does not have it.
func (q quantity) of(r *results, cells []cell, curves []latencies) []measured {
	var out []measured
	for _, c := range cells {
		i := slices.IndexFunc(r.Cells, func(o cell) bool { return o.Cell == c.Cell })
		v, ok := q.fromMetric(c)
		if q.percentile > 0 {
			v, ok = q.fromLookups(&curves[i])
		}
		if !ok {
			return nil
		}
		v.value, v.ci.low, v.ci.high = v.value*q.scale, v.ci.low*q.scale, v.ci.high*q.scale
		if q.most > 0 {
			v.ci.high = min(v.ci.high, q.most)
		}
		out = append(out, v)
	}
	return out
}

func (q quantity) fromMetric(c cell) (measured, bool) {
	m, ok := c.Metrics[q.metric]
	if !ok || m.N == 0 {
		return measured{}, false
	}
	v := measured{value: m.Mean, n: m.N}
	if m.CI95 != nil {
		v.ci, v.sure = interval{max(m.CI95[0], 0), m.CI95[1]}, true
	}
	return v, true
}

// fromLookups takes the percentile of all lookups, and its interval from those of the seeds.
func (q quantity) fromLookups(s *latencies) (measured, bool) {
	if len(s.ns) == 0 {
		return measured{}, false
	}
	v := measured{value: s.quantile(q.percentile), n: len(s.ns)}
	var bySeed []float64
	for _, ns := range s.bySeed {
		if len(ns) > 0 {
			one := latencies{ns: ns}
			bySeed = append(bySeed, one.quantile(q.percentile))
		}
	}
	v.ci, v.sure = interval95(bySeed)
	v.ci.low = max(v.ci.low, 0)
	return v, true
}

// panel draws the values as dots with whiskers, the first client in the top row.
func (q quantity) panel(l look, values []measured) panel {
	var ends []float64
	for _, v := range values {
		ends = append(ends, v.value)
		if v.sure {
			ends = append(ends, v.ci.low, v.ci.high)
		}
	}
	low, high := tidyRange(ends)
	if q.most > 0 {
		high = min(high, q.most)
	}
	p := newPanel(q.heading, significant, len(values), low, high)
	for i, v := range values {
		p.marks = append(p.marks, dot{v, float64(len(values)-i) - 0.5, l, l.pen(i)})
	}
	return p
}

// A dot is a value and its interval, in a row of a panel.
type dot struct {
	measured
	row  float64
	look look
	pen  pen
}

func (d dot) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	at := y(d.row)
	if d.sure {
		style := d.look.lineStyle(pen{color: d.pen.color}, d.look.line)
		half := 0.3 * d.look.text
		c.StrokeLine2(style, x(d.ci.low), at, x(d.ci.high), at)
		style.Width = d.look.thin
		for _, end := range []float64{d.ci.low, d.ci.high} {
			c.StrokeLine2(style, x(end), at-half, x(end), at+half)
		}
	}
	points{plotter.XYs{{X: d.value, Y: d.row}}, d.pen.marker, 0.7 * d.look.radius, d.pen.color,
		d.pen.color}.Plot(c, plt) // without a rim, which would hide the whiskers
}

// clientsTitle tells the fastest and the slowest client, or if they are equally fast, or if that
// was not measured, what the figure is.
func clientsTitle(names []string, drawn []quantity, all [][]measured) string {
	i := slices.IndexFunc(drawn, func(q quantity) bool { return q.percentile == 0.5 })
	best, worst := 0, 0
	for j := range names {
		if i >= 0 && all[i][j].value < all[i][best].value {
			best = j
		}
		if i >= 0 && all[i][j].value > all[i][worst].value {
			worst = j
		}
	}
	if best == worst {
		return plural(len(names), "client") + " in the same network"
	}
	took := func(j int) string { return span(all[i][j].value / drawn[i].scale) }
	return fmt.Sprintf("Half of the lookups finish within %s with %s, within %s with %s",
		took(best), names[best], took(worst), names[worst])
}

func clientsAbout(r *results, cells []cell) about {
	a := about{
		shows: "Dots: one client's nodes, all else being equal, in the same network with the " +
			"same seeds. Whiskers: 95 % interval.",
		definition: "A client is a profile: the constants of a deployed program. Metrics are " +
			"defined in `metrics.json`. " + defineHContact + " Percentiles of the latency are " +
			"those of all successful lookups.",
		cells: cells, n: lookupsCounted(hopMetric),
		intervals: overSeeds,
	}
	if len(cells) < len(r.Cells) {
		a.notes = append(a.notes, fmt.Sprintf("The run has %d cells; these are the first of each "+
			"client, at most %d.", len(r.Cells), clientsMax))
	}
	return a
}

// roundTicks labels round values between low and high, at most so many but two at least.
func roundTicks(low, high float64, most int, label func(float64) string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for scale := math.Pow(10, math.Ceil(math.Log10(high-low))); ; scale /= 10 {
		for _, mantissa := range []float64{1, 0.5, 0.2} {
			step := mantissa * scale
			var finer plot.ConstantTicks
			for k := math.Ceil(low/step - 1e-9); k*step <= high*(1+1e-9); k++ {
				finer = append(finer, plot.Tick{Value: k * step, Label: label(k * step)})
			}
			if len(finer) > most && len(ticks) > 1 {
				return ticks
			}
			ticks = finer
		}
	}
}
