package plots

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// newPanel returns one of several plots, which has a heading in place of a name of its y axis.
func (l look) newPanel(text, xLabel string) *plot.Plot {
	p := l.newPlot(xLabel, "")
	p.Add(heading{text, l.text, l.ink})
	return p
}

// A heading is a line of text above the data. Those of plots in a line stand in a line.
type heading struct {
	text string
	size vg.Length
	ink  color.Color
}

func (h heading) Plot(c draw.Canvas, _ *plot.Plot) {
	write(c, h.text, h.size, h.ink, vg.Point{X: c.Min.X, Y: c.Max.Y + 0.55*h.size})
}

// GlyphBoxes implements plot.GlyphBoxer: it asks for room.
func (h heading) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: 1.4 * h.size}}}}
}

// setPanels makes the panels, which share their x axis, the figure's plots. Only those at the
// bottom name it.
func (f *figure) setPanels(panels []*plot.Plot, columns int) {
	for i, p := range panels {
		if i+columns < len(panels) {
			p.X.Label.Text = ""
		}
	}
	f.plot, f.more, f.columns = panels[0], panels[1:], columns
}

// A ribbon fills the room between the ends of intervals along x, with straight edges, as far as it
// is within the plot. Where y is not a number it has a gap.
type ribbon struct {
	x    []float64
	y    []interval
	fill color.Color
}

func (b ribbon) Plot(c draw.Canvas, plt *plot.Plot) {
	x, toY := plt.Transforms(&c)
	y := func(v float64) vg.Length { return toY(min(max(v, plt.Y.Min), plt.Y.Max)) }
	for from, to := range runs(len(b.x), func(i int) bool { return !math.IsNaN(b.y[i].low) }) {
		if to-from < 2 {
			continue
		}
		var outline vg.Path
		for i := from; i < to; i++ {
			outline.Line(vg.Point{X: x(b.x[i]), Y: y(b.y[i].low)})
		}
		for i := to - 1; i >= from; i-- {
			outline.Line(vg.Point{X: x(b.x[i]), Y: y(b.y[i].high)})
		}
		outline[0].Type = vg.MoveComp
		outline.Close()
		c.SetColor(b.fill)
		c.Fill(outline)
	}
}

// A trace is a line through points, with gaps where y is not a number. A point between two gaps is
// a dot.
type trace struct {
	points plotter.XYs
	style  draw.LineStyle
}

func (t trace) Plot(c draw.Canvas, plt *plot.Plot) {
	known := func(i int) bool { return !math.IsNaN(t.points[i].Y) }
	for from, to := range runs(len(t.points), known) {
		if to-from == 1 {
			points{t.points[from:to], marker{30, 0}, t.style.Width, t.style.Color,
				t.style.Color}.Plot(c, plt)
			continue
		}
		polyline{points: t.points[from:to], style: t.style}.Plot(c, plt)
	}
}

// runs yields the longest runs of i, from 0 to n, for which ok holds.
func runs(n int, ok func(i int) bool) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for from := 0; from < n; from++ {
			to := from
			for to < n && ok(to) {
				to++
			}
			if to > from && !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// stripes fill spans of x from the bottom of the plot to its top.
type stripes struct {
	spans []interval
	fill  color.Color
}

func (s stripes) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(s.fill)
	for _, span := range s.spans {
		c.Fill(vg.Rectangle{
			Min: vg.Point{X: x(max(span.low, plt.X.Min)), Y: y(plt.Y.Min)},
			Max: vg.Point{X: x(min(span.high, plt.X.Max)), Y: y(plt.Y.Max)},
		}.Path())
	}
}

// union joins spans that overlap or touch.
func union(spans []interval) []interval {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b interval) int {
		if a.low < b.low {
			return -1
		}
		return 1
	})
	var joined []interval
	for _, s := range spans {
		if n := len(joined); n > 0 && s.low <= joined[n-1].high {
			joined[n-1].high = max(joined[n-1].high, s.high)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// A series is what a curve of a figure stands for: a cell, or one of its clients.
type series struct {
	cell   cell
	index  int    // of the cell
	client string // empty: all
	label  string
}

// cellSeries returns a series for each shown cell.
func (r *results) cellSeries() []series {
	var all []series
	for i, c := range r.shown() {
		all = append(all, series{cell: c, index: i, label: r.label(c)})
	}
	return all
}

// key returns the legend of several series, and nothing of one.
func (l look) key(all []series) []legendEntry {
	if len(all) < 2 {
		return nil
	}
	var entries []legendEntry
	for i, s := range all {
		entries = append(entries, legendEntry{label: s.label,
			line: l.pen(i).line(l.line)})
	}
	return entries
}

// clock chooses the unit of an axis of simulated time, in seconds, and its name.
func clock(seconds float64) (unit float64, name string) {
	switch {
	case seconds > 4*86400:
		return 86400, "d"
	case seconds > 3*3600:
		return 3600, "h"
	case seconds > 180:
		return 60, "min"
	}
	return 1, "s"
}
