package lookups

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// LatencyCDF draws the cumulative share of successful lookups by latency, one curve a cell.
func LatencyCDF(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells := page.Shown(r)
	curves, err := latency.Read(r, len(cells))
	if err != nil {
		return nil, err
	}
	for i, c := range cells {
		if len(curves[i].NS) == 0 || curves[i].NS[len(curves[i].NS)-1] <= 0 {
			return &page.Figure{
				Skipped: fmt.Sprintf("cell %d has no successful lookup with a latency "+
					"above 0", c.Cell)}, nil
		}
	}
	first := curves[0]
	f := &page.Figure{
		Title: fmt.Sprintf("Half of the lookups finish within %s, 99\u00A0%% within %s",
			number.Span(first.Quantile(0.50)), number.Span(first.Quantile(0.99))),
		Plot: l.NewPlot("Latency of a lookup", "Share of lookups"),
		Data: page.Table{Header: []string{"cell", "label", "nodes", "latency_ms",
			"share_at_most", "share_ci95_low", "share_ci95_high"}},
		About: latencyAbout(r, cells, curves),
	}
	if len(cells) > 1 {
		f.Title = latencyTitle(curves)
	}
	var names []string
	for _, c := range cells {
		names = append(names, r.Label(c))
	}
	setLatencyAxes(f, l, curves)
	named := callouts(l, curves, names)
	var bands, lines []plot.Plotter
	for i, c := range cells {
		p := l.Pen(i)
		curve := curves[i].Thin(f.Plot.X.Min)
		style := p.Line(l.Line)
		dots := l.Dots(curves[i].Marks(), p, l.Radius)
		bands = append(bands, page.Band{X: curve.X, Y: curve.Spread,
			Fill: page.Faded(p.Color, 0.25)})
		lines = append(lines, page.Polyline{Points: curve.Line, Step: true, Style: style}, dots)
		if named == nil {
			f.Legend = append(f.Legend, page.LegendEntry{
				Label: r.Label(c), Line: style, Marker: &dots})
		}
		for j, at := range curve.Line[1:] {
			low, high := any(nil), any(nil)
			if len(curve.Spread) > 0 {
				low, high = curve.Spread[j].Low, curve.Spread[j].High
			}
			f.Data.Add(c.Cell, r.Label(c), c.Nodes, at.X/1e6, at.Y, low, high)
		}
	}
	f.Plot.Add(bands...)
	f.Plot.Add(lines...)
	labelMarks(f, l, curves)
	f.Plot.Add(named...)
	return f, nil
}

// latencyTitle tells how the medians and the slowest range over several cells.
func latencyTitle(curves []latency.Sample) string {
	over := func(share float64) string {
		low, high := math.Inf(1), 0.0
		for i := range curves {
			low, high = min(low, curves[i].Quantile(share)), max(high, curves[i].Quantile(share))
		}
		return number.Spans(low, high)
	}
	return fmt.Sprintf("Half of the lookups finish within %s, 99\u00A0%% within %s", over(0.5),
		over(0.99))
}

func latencyAbout(r *stored.Results, cells []stored.Cell, curves []latency.Sample) page.About {
	a := page.About{
		Shows: "Curves: share of the successful lookups that took at most that long. " +
			"Markers: p50, p90 and p99.",
		Definition: "Simulated time from the start of a lookup to its end. Lookups that failed " +
			"are left out.",
		Cells: cells, Notes: page.ShownNote(r), Intervals: "none: one seed",
		N: func(c stored.Cell) string {
			i := slices.IndexFunc(cells, func(o stored.Cell) bool { return o.Cell == c.Cell })
			successful := number.Count(len(curves[i].NS))
			return fmt.Sprintf("%s of %s", successful, number.Plural(curves[i].All, "lookup"))
		},
	}
	if slices.ContainsFunc(cells, func(c stored.Cell) bool { return len(c.Seeds) > 1 }) {
		a.Shows += " Bands: 95 % interval of the share at that latency."
		a.Intervals = page.OverSeeds
	}
	for _, c := range curves {
		if len(c.NS) > number.VerticesMax {
			a.Notes = append(a.Notes, fmt.Sprintf("Curves and data are thinned to at most %s.",
				number.Plural(number.VerticesMax, "point")))
			break
		}
	}
	return a
}

// setLatencyAxes spans all curves, and leaves room beside the first curve for its labels.
func setLatencyAxes(f *page.Figure, l page.Look, curves []latency.Sample) {
	low, high := math.Inf(1), 0.0
	for _, c := range curves {
		i, _ := slices.BinarySearch(c.NS, 1) // zeros have no place on a logarithmic axis
		low = min(low, float64(c.NS[i]))
		high = max(high, float64(c.NS[len(c.NS)-1]))
	}
	low, high = math.Log(low/1.15), math.Log(high*1.15)
	left := low
	for i, at := range curves[0].Marks() {
		text := page.Width(markLabel(latency.Marked()[i], at.X), l.Text) + 1.5*l.Text
		room, x := float64(text/(l.Width*0.8)), max(math.Log(at.X), left)
		if slowest(curves) {
			high = max(high, (x-room*low)/(1-room))
		} else {
			low = min(low, (x-room*high)/(1-room))
		}
	}
	low, high = math.Exp(low), math.Exp(high)
	f.Plot.X.Min, f.Plot.X.Max, f.Plot.X.Scale = low, high, page.LogScale{}
	f.Plot.X.Tick.Marker = page.LogTicks(low, high, number.Span)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, 1.1 // p99 has its label above
	f.Plot.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
}

// labelMarks writes the marked latencies of the first curve beside its markers: to the upper left,
// where that curve cannot be, or, if the others are there, to the lower right. With others on
// either side there is no room.
func labelMarks(f *page.Figure, l page.Look, curves []latency.Sample) {
	if !fastest(curves) && !slowest(curves) {
		return
	}
	s := page.Stack{Up: !slowest(curves)}
	for i, at := range curves[0].Marks() {
		n := page.Note{
			At: at, Text: markLabel(latency.Marked()[i], at.X), Size: l.Text,
			Color: l.Ink, Ground: page.Faded(l.Background, 0.8),
		}
		n.Offset = vg.Point{X: -page.Width(n.Text, l.Text) - 0.7*l.Text, Y: 0.25 * l.Text}
		if !s.Up {
			n.Offset = vg.Point{X: 0.7 * l.Text, Y: -1.25 * l.Text}
		}
		s.Notes = append(s.Notes, n)
	}
	if !s.Up {
		slices.Reverse(s.Notes)
	}
	f.Plot.Add(s)
}

// slowest says whether the first of several curves is the slowest, and so the rightmost.
func slowest(curves []latency.Sample) bool {
	return len(curves) > 1 && !slices.ContainsFunc(curves[1:], func(c latency.Sample) bool {
		return c.Quantile(0.5) > curves[0].Quantile(0.5)
	})
}

// fastest says whether no curve is to the left of the first.
func fastest(curves []latency.Sample) bool {
	return !slices.ContainsFunc(curves[1:], func(c latency.Sample) bool {
		return c.Quantile(0.5) < curves[0].Quantile(0.5)
	})
}

func markLabel(share, ns float64) string {
	return fmt.Sprintf("p%.0f\u00A0 %s", share*100, number.Span(ns))
}
