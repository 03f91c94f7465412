package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	clientsMax    = 8 // rows that a slide has room for
	clientColumns = 3
	clientRow     = 1.35 // height in lines of text
)

// A quantity is what one plot compares.
type quantity struct {
	heading string
	metric  string
	scale   float64 // from the stored unit, of times ns, to the heading's
	times   bool    // of the lookups in lookups.parquet: p50 and p90 instead of the metric's mean
	most    float64 // end of the scale; 0: none
}

func quantities() []quantity {
	return []quantity{
		{heading: "Hops", metric: hopMetric, scale: 1},
		{heading: "Found, p50\u2013p90, ms", metric: foundMetric, times: true, scale: 1e-6},
		{heading: "Ended, p50\u2013p90, s", metric: latencyMetric, times: true, scale: 1e-9},
		{heading: "Success, %", metric: successMetric, scale: 100, most: 100},
		{heading: "Traffic, B/s", metric: "traffic.bytes_per_node_s", scale: 1},
		{heading: "Stale contacts, %", metric: "table.stale_share", scale: 100, most: 100},
	}
}

// A measured is the value of one client with its interval, if there is one.
type measured struct {
	value float64
	ci    interval
	sure  bool
	n     int
}

// A compared is what one plot shows: by client the mean, or of times p50 and p90.
type compared struct {
	quantity
	values []measured
	late   []measured // p90
}

// clients compares the cells of a run that differ in their client's profile, a plot a quantity.
func clients(r *results, l look) (*figure, error) {
	cells, names := r.byClient()
	if len(cells) < 2 {
		return &figure{skipped: "needs at least two cells that differ in their client"}, nil
	}
	ended, found, err := r.bothCurves()
	if err != nil {
		return nil, err
	}
	f := &figure{
		columns: clientColumns,
		line:    vg.Length(clientRow*float64(len(names))+4.5) * l.text,
		data: table{header: []string{"client", "quantity", "metric", "percentile", "value",
			"ci95_low", "ci95_high", "n"}},
		about: clientsAbout(r, cells),
	}
	if l.grows {
		f.columns = clientColumns - 1
	}
	var drawn []compared
	for _, q := range quantities() {
		curves := ended
		if q.metric == foundMetric {
			curves = found
		}
		c, ok := q.compare(r, cells, curves)
		if !ok {
			f.about.notes = append(f.about.notes, "Without "+q.metric+": the run has none.")
			continue
		}
		drawn = append(drawn, c)
		f.addClients(c, cells)
	}
	if len(drawn) == 0 {
		return &figure{skipped: "the run measured nothing that this figure compares"}, nil
	}
	for n, c := range drawn {
		f.more = append(f.more, f.clientPlot(c, names, n%f.columns == 0, l))
	}
	f.plot, f.more = f.more[0], f.more[1:]
	f.title = clientsTitle(names, drawn)
	return f, nil
}

// addClients enters what a plot shows in the data.
func (f *figure) addClients(c compared, cells []cell) {
	for i := range cells {
		percentile := any(nil)
		if c.times {
			percentile = 0.5
		}
		c.values[i].enter(&f.data, c.quantity, cells[i], percentile)
		if c.times {
			c.late[i].enter(&f.data, c.quantity, cells[i], 0.9)
		}
	}
}

func (m measured) enter(data *table, q quantity, c cell, percentile any) {
	low, high := any(nil), any(nil)
	if m.sure {
		low, high = m.ci.low, m.ci.high
	}
	data.add(c.client(), q.heading, q.metric, percentile, m.value, low, high, m.n)
}

// byClient returns the first cell of each client, in the order of the run, and the clients' names.
func (r *results) byClient() (cells []cell, names []string) {
	for _, c := range r.Cells {
		same := func(o cell) bool { return o.client() == c.client() }
		if c.client() != "" && len(cells) < clientsMax && !slices.ContainsFunc(cells, same) {
			cells, names = append(cells, c), append(names, r.shortClient(c.client()))
		}
	}
	return cells, names
}

// compare returns the quantity in each cell, unless one of them does not have it.
func (q quantity) compare(r *results, cells []cell, curves []latencies) (compared, bool) {
	out := compared{quantity: q}
	for _, c := range cells {
		if !q.times {
			v, ok := q.fromMetric(c)
			if !ok {
				return out, false
			}
			out.values = append(out.values, q.scaled(v))
			continue
		}
		i := slices.IndexFunc(r.Cells, func(o cell) bool { return o.Cell == c.Cell })
		if len(curves[i].ns) == 0 {
			return out, false
		}
		out.values = append(out.values, q.scaled(fromLookups(&curves[i], 0.5)))
		out.late = append(out.late, q.scaled(fromLookups(&curves[i], 0.9)))
	}
	return out, true
}

func (q quantity) scaled(v measured) measured {
	v.value, v.ci.low, v.ci.high = v.value*q.scale, v.ci.low*q.scale, v.ci.high*q.scale
	if q.most > 0 {
		v.ci.high = min(v.ci.high, q.most)
	}
	return v
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
func fromLookups(s *latencies, percentile float64) measured {
	v := measured{value: s.quantile(percentile), n: len(s.ns)}
	var bySeed []float64
	for _, ns := range s.bySeed {
		if len(ns) > 0 {
			one := latencies{ns: ns}
			bySeed = append(bySeed, one.quantile(percentile))
		}
	}
	v.ci, v.sure = interval95(bySeed)
	v.ci.low = max(v.ci.low, 0)
	return v
}

// clientPlot draws the values as dots with whiskers, and bars to p90, the first client in the top
// row. The plots share their rows, so only the first one of a line names them.
func (f *figure) clientPlot(c compared, names []string, first bool, l look) *plot.Plot {
	p := l.newPlot(c.heading, "")
	var ends []float64
	for _, v := range slices.Concat(c.values, c.late) {
		ends = append(ends, v.value)
		if v.sure {
			ends = append(ends, v.ci.low, v.ci.high)
		}
	}
	p.X.Min, p.X.Max = tidyRange(ends)
	if c.most > 0 {
		p.X.Max = min(p.X.Max, c.most)
	}
	p.Y.Min, p.Y.Max = 0, float64(len(names))
	room, ticks := vg.Length(0), plot.ConstantTicks{}
	for i, name := range names {
		name = fit(name, l.text, 0.3*l.width)
		room = max(room, width(name, l.text))
		if !first {
			name = " " // without a label a tick has no line of the grid
		}
		ticks = append(ticks, plot.Tick{Value: float64(len(names)-i) - 0.5, Label: name})
	}
	p.Y.Tick.Marker, p.Y.Tick.Length = ticks, 0
	across := (l.width-2*l.margin-room)/vg.Length(f.columns) - 2*l.text
	p.X.Tick.Marker = fittingTicks(p.X.Min, p.X.Max, across, l)
	for i := range c.late {
		row := float64(len(names)-i) - 0.5
		p.Add(reach{c.values[i].value, c.late[i].value, row, 0.3 * l.text,
			faded(l.pen(i).color, 0.35)})
	}
	for i, v := range c.values {
		p.Add(dot{v, float64(len(names)-i) - 0.5, l, l.pen(i)})
	}
	return p
}

// A reach is a bar along a row.
type reach struct {
	from, to float64
	row      float64
	half     vg.Length // its height
	fill     color.Color
}

func (b reach) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(b.fill)
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: x(b.from), Y: y(b.row) - b.half},
		Max: vg.Point{X: x(b.to), Y: y(b.row) + b.half},
	}.Path())
}

// A dot is a value and its interval, in a row of a plot.
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
		style := solid(d.pen.color, d.look.line)
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

// clientsTitle tells how soon lookups find and how soon they end, by their medians, or if that was
// not measured, what the figure is.
func clientsTitle(names []string, drawn []compared) string {
	median := func(metric string) string {
		i := slices.IndexFunc(drawn, func(c compared) bool { return c.metric == metric })
		if i < 0 {
			return ""
		}
		low, high := math.Inf(1), 0.0
		for _, v := range drawn[i].values {
			low, high = min(low, v.value), max(high, v.value)
		}
		return spans(low/drawn[i].scale, high/drawn[i].scale)
	}
	found, ended := median(foundMetric), median(latencyMetric)
	if found == "" {
		return plural(len(names), "client") + " in the same network"
	}
	return fmt.Sprintf("Half of the targets are found within %s, but it takes %s to be sure",
		found, ended)
}

// spans prints a range of durations.
func spans(low, high float64) string {
	from, to := span(low), span(high)
	number, unit, _ := strings.Cut(from, "\u00A0")
	if from == to {
		return to
	}
	if strings.HasSuffix(to, "\u00A0"+unit) {
		from = number
	}
	return from + "\u00A0to\u00A0" + to
}

func clientsAbout(r *results, cells []cell) about {
	a := about{
		shows: "Dots: one client's nodes, all else being equal, in the same network with the " +
			"same seeds: means, and medians (p50) of times. Bars reach from there to the 90th " +
			"percentile (p90). Whiskers: 95 % interval.",
		definition: "A client is a profile: the constants of a deployed program. Metrics are " +
			"defined in `metrics.json`. " + defineHContact + " Found is the time until the " +
			"target had answered, ended that until the lookup knew that nobody is closer: by " +
			"then all that were asked have answered or been given up. Both are of successful " +
			"lookups. Traffic is that of a node while it is up, after the warm-up.",
		cells: cells, n: lookupsCounted(hopMetric),
		intervals: overSeeds,
	}
	if len(cells) < len(r.Cells) {
		a.notes = append(a.notes, fmt.Sprintf("The run has %d cells; these are the first of each "+
			"client, at most %d.", len(r.Cells), clientsMax))
	}
	return a
}
