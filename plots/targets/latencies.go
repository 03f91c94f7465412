package targets

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// timing is a latency that some targets are about: of one cell, of one kind of operation, until one
// event.
type timing struct {
	cell    stored.Cell
	kind    string
	event   string // as metrics end
	targets []stored.Target
	latency.Sample
}

// events are the latencies that a lookup has, in words.
func events() map[string]string {
	return map[string]string{
		"latency_ms": "to the end", "found_ms": "to the closest node",
		"first_value_ms": "to the first peers",
	}
}

// quantileOf returns the share that a target's percentile is of.
func quantileOf(t *stored.Target) (float64, bool) {
	var percent float64
	_, err := fmt.Sscanf(t.Of, "p%f", &percent)
	return percent / 100, err == nil
}

// timingsOf collects the targets that are percentiles of a latency of one cell, in their order.
func timingsOf(r *stored.Results) []timing {
	var all []timing
	for _, t := range r.Targets {
		kind, event, _ := strings.Cut(t.Metric, ".")
		_, quantile := quantileOf(&t)
		if events()[event] == "" || !quantile || len(t.Cells) != 1 {
			continue
		}
		i := slices.IndexFunc(all, func(x timing) bool {
			return x.cell.Cell == t.Cells[0] && x.kind == kind && x.event == event
		})
		if i < 0 {
			at := slices.IndexFunc(r.Cells,
				func(c stored.Cell) bool { return c.Cell == t.Cells[0] })
			if at < 0 {
				continue
			}
			i = len(all)
			c := r.Cells[at]
			all = append(all, timing{cell: c, kind: kind, event: event,
				Sample: latency.Sample{BySeed: make([][]int64, len(c.Seeds))}})
		}
		all[i].targets = append(all[i].targets, t)
	}
	return all[:min(len(all), page.SeriesMax)]
}

type timingRow struct {
	Cell       int32  `parquet:"cell"`
	Seed       uint64 `parquet:"seed"`
	Kind       string `parquet:"kind"`
	Latency    int64  `parquet:"latency_ns"`
	Found      int64  `parquet:"found_ns"`
	FirstValue int64  `parquet:"first_value_ns"`
	Contact    int32  `parquet:"hops_contact"`
	ValueDepth int32  `parquet:"hops_first_value"`
	Success    bool   `parquet:"success"`
}

// of returns what a row counts for a latency, by the definitions of the metrics.
func (row *timingRow) of(event string) (ns int64, counts bool) {
	switch event {
	case "found_ms":
		return row.Found, row.Contact > 0 && (row.Success || row.Kind != stored.LookupKind)
	case "first_value_ms":
		return row.FirstValue, row.ValueDepth > 0
	}
	return row.Latency, true
}

// readTimings fills in the latencies.
func readTimings(r *stored.Results, all []timing) error {
	err := stored.ScanLookups(r, func(row *timingRow) error {
		for i := range all {
			x := &all[i]
			ns, counts := row.of(x.event)
			if x.cell.Cell != int(row.Cell) || x.kind != row.Kind {
				continue
			}
			_, seed, err := r.Place(row.Cell, row.Seed)
			if err != nil {
				return err
			}
			x.All++
			if counts {
				x.BySeed[seed] = append(x.BySeed[seed], ns)
			}
		}
		return nil
	})
	for i := range all {
		one := []latency.Sample{all[i].Sample}
		latency.Sort(one)
		all[i].Sample = one[0]
	}
	return err
}

// Latencies draws the distributions of the latencies that were published, each with its
// published range as a band of the same colour and the percentile that was published as a dot.
func Latencies(r *stored.Results, l page.Look) (*page.Figure, error) {
	all := timingsOf(r)
	if len(all) == 0 {
		return &page.Figure{Skipped: "no published value (targets) is a percentile of a latency"},
			nil
	}
	if err := readTimings(r, all); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(x timing) bool {
		return len(x.NS) == 0 || x.NS[len(x.NS)-1] <= 0
	})
	if len(all) == 0 {
		return &page.Figure{Skipped: "nothing was measured of the published latencies"}, nil
	}
	f := &page.Figure{
		Plot: l.NewPlot("Latency", "Share of lookups"),
		Data: page.Table{Header: []string{"cell", "label", "latency", "latency_ms", "share_at_most",
			"share_ci95_low", "share_ci95_high"}},
	}
	var compared []stored.Target
	for i := range all {
		compared = append(compared, all[i].targets...)
	}
	f.Title = title(compared) + medians(all)
	setTimingAxes(f, all)
	for i := range all {
		addTiming(f, r, l, i, &all[i])
	}
	f.About = timingsAbout(r, all)
	return f, nil
}

// medians tells how far apart the curves are.
func medians(all []timing) string {
	low, high := math.Inf(1), 0.0
	for i := range all {
		low, high = min(low, all[i].Quantile(0.5)), max(high, all[i].Quantile(0.5))
	}
	if low == high {
		return ", the median " + number.Span(low)
	}
	return ", medians from " + number.Span(low) + " to " + number.Span(high)
}

// setTimingAxes spans the curves and the bands.
func setTimingAxes(f *page.Figure, all []timing) {
	low, high := math.Inf(1), 0.0
	for i := range all {
		x := &all[i]
		low = min(low, max(x.Quantile(0.002), 1))
		high = max(high, x.Quantile(0.999))
		for _, t := range x.targets {
			low = min(low, max(t.Band[0]*1e6, 1))
		}
	}
	low, high = low/1.2, high*1.2
	f.Plot.X.Min, f.Plot.X.Max, f.Plot.X.Scale = low, high, page.LogScale{}
	f.Plot.X.Tick.Marker = page.LogTicks(low, high, number.Span)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, 1.05
	f.Plot.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
}

func addTiming(f *page.Figure, r *stored.Results, l page.Look, i int, x *timing) {
	p := l.Pen(i)
	style := p.Line(l.Line)
	var at plotter.XYs
	for _, t := range x.targets {
		from, to := max(t.Band[0]*1e6, f.Plot.X.Min), min(t.Band[1]*1e6, f.Plot.X.Max)
		if from < to {
			whole := []number.Interval{{Low: 0, High: 1}, {Low: 0, High: 1}}
			f.Plot.Add(page.Band{X: []float64{from, to}, Y: whole, Fill: page.Faded(p.Color, 0.16)})
		}
		share, _ := quantileOf(&t)
		at = append(at, plotter.XY{X: x.Quantile(share), Y: share})
	}
	curve := x.Thin(f.Plot.X.Min)
	f.Plot.Add(page.Band{X: curve.X, Y: curve.Spread, Fill: page.Faded(p.Color, 0.25)})
	f.Plot.Add(page.Polyline{Points: within(curve.Line, f.Plot.X.Max), Step: true, Style: style})
	dots := l.Dots(at, p, l.Radius)
	f.Plot.Add(dots)
	label := timingLabel(r, x)
	f.Legend = append(f.Legend, page.LegendEntry{Label: label, Line: style, Marker: &dots})
	for j, v := range curve.Line[1:] {
		low, high := any(nil), any(nil)
		if len(curve.Spread) > 0 {
			low, high = curve.Spread[j].Low, curve.Spread[j].High
		}
		f.Data.Add(x.cell.Cell, label, x.kind+"."+x.event, v.X/1e6, v.Y, low, high)
	}
}

// within leaves out the points beyond the axis.
func within(line plotter.XYs, most float64) plotter.XYs {
	n := slices.IndexFunc(line, func(at plotter.XY) bool { return at.X > most })
	if n < 0 {
		return line
	}
	return line[:n]
}

func timingLabel(r *stored.Results, x *timing) string {
	return fmt.Sprintf("%s, %s", r.Label(x.cell), events()[x.event])
}

func timingsAbout(r *stored.Results, all []timing) page.About {
	a := page.About{
		Shows: "Curves: share of the lookups that took at most that long. Bands: the range that " +
			"counts as the published value. Markers: the percentile that was published.",
		Definition: "Simulated time from the start of a lookup to its end, until the closest " +
			"contact found had answered, or until the first peers came, as each publication " +
			"defines it. Lookups that never came so far are left out.",
		Intervals: "none: one seed",
	}
	for i := range all {
		x := &all[i]
		if !slices.ContainsFunc(a.Cells,
			func(c stored.Cell) bool { return c.Cell == x.cell.Cell }) {
			a.Cells = append(a.Cells, x.cell)
		}
		if len(x.cell.Seeds) > 1 {
			a.Intervals = page.OverSeeds
		}
		for _, t := range x.targets {
			a.Notes = append(a.Notes, fmt.Sprintf("%s: %s, published %s to %s: %s (%s).",
				timingLabel(r, x), t.Of, number.Span(t.Band[0]*1e6), number.Span(t.Band[1]*1e6),
				t.Verdict, t.Source))
		}
	}
	a.N = func(c stored.Cell) string {
		var parts []string
		for i := range all {
			if x := &all[i]; x.cell.Cell == c.Cell {
				parts = append(parts, fmt.Sprintf("%s of %s", number.Count(len(x.NS)),
					number.Plural(x.All, "lookup")))
			}
		}
		return strings.Join(parts, "; ")
	}
	return a
}
