package plots

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// verticesMax bounds the vertices of one curve; more only make the files larger.
const verticesMax = 2000

// marked are the shares whose latencies are marked on each curve.
func marked() []float64 { return []float64{0.50, 0.90, 0.99} }

// latencyCDF draws the cumulative share of successful lookups by latency, one curve a cell.
func latencyCDF(r *results, l look) (*figure, error) {
	cells := r.shown()
	curves, err := r.latencyCurves(len(cells))
	if err != nil {
		return nil, err
	}
	for i, c := range cells {
		if len(curves[i].ns) == 0 || curves[i].ns[len(curves[i].ns)-1] <= 0 {
			return &figure{skipped: fmt.Sprintf("cell %d has no successful lookup with a latency "+
				"above 0", c.Cell)}, nil
		}
	}
	first := curves[0]
	f := &figure{
		title: fmt.Sprintf("Half of the lookups finish within %s, 99\u00A0%% within %s",
			span(first.quantile(0.50)), span(first.quantile(0.99))),
		plot: l.newPlot("Latency of a lookup", "Share of lookups"),
		data: table{header: []string{"cell", "label", "nodes", "latency_ms",
			"share_at_most", "share_ci95_low", "share_ci95_high"}},
		about: latencyAbout(r, cells, curves),
	}
	if len(cells) > 1 {
		f.title = latencyTitle(curves)
	}
	var names []string
	for _, c := range cells {
		names = append(names, r.label(c))
	}
	f.setLatencyAxes(l, curves)
	named := f.callouts(l, curves, names)
	var bands, lines []plot.Plotter
	for i, c := range cells {
		p := l.pen(i)
		curve := curves[i].thin(f.plot.X.Min)
		style := p.line(l.line)
		dots := l.dots(curves[i].marks(), p, l.radius)
		bands = append(bands, band{curve.x, curve.spread, faded(p.color, 0.25)})
		lines = append(lines, polyline{curve.line, true, style}, dots)
		if named == nil {
			f.legend = append(f.legend, legendEntry{
				label: r.label(c), line: style, marker: &dots})
		}
		for j, at := range curve.line[1:] {
			low, high := any(nil), any(nil)
			if len(curve.spread) > 0 {
				low, high = curve.spread[j].low, curve.spread[j].high
			}
			f.data.add(c.Cell, r.label(c), c.Nodes, at.X/1e6, at.Y, low, high)
		}
	}
	f.plot.Add(bands...)
	f.plot.Add(lines...)
	f.labelMarks(l, curves)
	f.plot.Add(named...)
	return f, nil
}

// latencyTitle tells how the medians and the slowest range over several cells.
func latencyTitle(curves []latencies) string {
	over := func(share float64) string {
		low, high := math.Inf(1), 0.0
		for i := range curves {
			low, high = min(low, curves[i].quantile(share)), max(high, curves[i].quantile(share))
		}
		return spans(low, high)
	}
	return fmt.Sprintf("Half of the lookups finish within %s, 99\u00A0%% within %s", over(0.5),
		over(0.99))
}

func latencyAbout(r *results, cells []cell, curves []latencies) about {
	a := about{
		shows: "Curves: share of the successful lookups that took at most that long. " +
			"Markers: p50, p90 and p99.",
		definition: "Simulated time from the start of a lookup to its end. Lookups that failed " +
			"are left out.",
		cells: cells, notes: r.shownNote(), intervals: "none: one seed",
		n: func(c cell) string {
			i := slices.IndexFunc(cells, func(o cell) bool { return o.Cell == c.Cell })
			successful := count(len(curves[i].ns))
			return fmt.Sprintf("%s of %s", successful, plural(curves[i].all, "lookup"))
		},
	}
	if slices.ContainsFunc(cells, func(c cell) bool { return len(c.Seeds) > 1 }) {
		a.shows += " Bands: 95 % interval of the share at that latency."
		a.intervals = overSeeds
	}
	for _, c := range curves {
		if len(c.ns) > verticesMax {
			a.notes = append(a.notes, fmt.Sprintf("Curves and data are thinned to at most %s.",
				plural(verticesMax, "point")))
			break
		}
	}
	return a
}

// setLatencyAxes spans all curves, and leaves room beside the first curve for its labels.
func (f *figure) setLatencyAxes(l look, curves []latencies) {
	low, high := math.Inf(1), 0.0
	for _, c := range curves {
		i, _ := slices.BinarySearch(c.ns, 1) // zeros have no place on a logarithmic axis
		low = min(low, float64(c.ns[i]))
		high = max(high, float64(c.ns[len(c.ns)-1]))
	}
	low, high = math.Log(low/1.15), math.Log(high*1.15)
	left := low
	for i, at := range curves[0].marks() {
		text := width(markLabel(marked()[i], at.X), l.text) + 1.5*l.text
		room, x := float64(text/(l.width*0.8)), max(math.Log(at.X), left)
		if slowest(curves) {
			high = max(high, (x-room*low)/(1-room))
		} else {
			low = min(low, (x-room*high)/(1-room))
		}
	}
	low, high = math.Exp(low), math.Exp(high)
	f.plot.X.Min, f.plot.X.Max, f.plot.X.Scale = low, high, logScale{}
	f.plot.X.Tick.Marker = logTicks(low, high, span)
	f.plot.Y.Min, f.plot.Y.Max = 0, 1.1 // p99 has its label above
	f.plot.Y.Tick.Marker = linearTicks(1, percent)
}

// labelMarks writes the marked latencies of the first curve beside its markers: to the upper left,
// where that curve cannot be, or, if the others are there, to the lower right. With others on
// either side there is no room.
func (f *figure) labelMarks(l look, curves []latencies) {
	if !fastest(curves) && !slowest(curves) {
		return
	}
	s := stack{up: !slowest(curves)}
	for i, at := range curves[0].marks() {
		n := note{
			at: at, text: markLabel(marked()[i], at.X), size: l.text,
			color: l.ink, ground: faded(l.background, 0.8),
		}
		n.offset = vg.Point{X: -width(n.text, l.text) - 0.7*l.text, Y: 0.25 * l.text}
		if !s.up {
			n.offset = vg.Point{X: 0.7 * l.text, Y: -1.25 * l.text}
		}
		s.notes = append(s.notes, n)
	}
	if !s.up {
		slices.Reverse(s.notes)
	}
	f.plot.Add(s)
}

// slowest says whether the first of several curves is the slowest, and so the rightmost.
func slowest(curves []latencies) bool {
	return len(curves) > 1 && !slices.ContainsFunc(curves[1:], func(c latencies) bool {
		return c.quantile(0.5) > curves[0].quantile(0.5)
	})
}

// fastest says whether no curve is to the left of the first.
func fastest(curves []latencies) bool {
	return !slices.ContainsFunc(curves[1:], func(c latencies) bool {
		return c.quantile(0.5) < curves[0].quantile(0.5)
	})
}

func markLabel(share, ns float64) string {
	return fmt.Sprintf("p%.0f\u00A0 %s", share*100, span(ns))
}

// logScale is a logarithmic axis on which what is not above its end lies on its end.
type logScale struct{}

func (logScale) Normalize(low, high, x float64) float64 {
	return math.Log(max(x, low)/low) / math.Log(high/low)
}

// A curve is what is drawn of one cell's latencies.
type curve struct {
	line   plotter.XYs // x in ns; begins with share 0
	x      []float64   // of the band
	spread []interval  // at x; empty with one seed
}

// thin picks at most verticesMax vertices, evenly spread over the lookups, of the empirical CDF.
func (s *latencies) thin(left float64) curve {
	n := len(s.ns)
	c := curve{line: plotter.XYs{{X: max(left, float64(s.ns[0])), Y: 0}}}
	m := min(n, verticesMax)
	for j, done := 0, -1; j < m; j++ {
		i := 0
		if m > 1 {
			i = int(int64(j) * int64(n-1) / int64(m-1))
		}
		if i <= done {
			continue
		}
		done = i + upTo(s.ns[i:], s.ns[i]) - 1 // the last of its equals
		c.line = append(c.line, plotter.XY{
			X: float64(s.ns[i]), Y: float64(done+1) / float64(n)})
		if i, ok := interval95(s.sharesBySeed(s.ns[i])); ok {
			c.x = append(c.x, c.line[len(c.line)-1].X)
			c.spread = append(c.spread, i.clamp())
		}
	}
	return c
}
