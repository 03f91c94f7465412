package page

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
)

// NewPanel returns one of several plots, which has a heading in place of a name of its y axis.
func (l Look) NewPanel(text, xLabel string) *plot.Plot {
	p := l.NewPlot(xLabel, "")
	p.Add(heading{text, l.Text, l.Ink})
	return p
}

// A heading is a line of text above the data. Those of plots in a line stand in a line.
type heading struct {
	text string
	size vg.Length
	ink  color.Color
}

func (h heading) Plot(c draw.Canvas, _ *plot.Plot) {
	Write(c, h.text, h.size, h.ink, vg.Point{X: c.Min.X, Y: c.Max.Y + 0.55*h.size})
}

// GlyphBoxes implements plot.GlyphBoxer: it asks for room.
func (h heading) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: 1.4 * h.size}}}}
}

// SetPanels makes the panels, which share their x axis, the figure's plots. Only those at the
// bottom name it.
func (f *Figure) SetPanels(panels []*plot.Plot, columns int) {
	for i, p := range panels {
		if i+columns < len(panels) {
			p.X.Label.Text = ""
		}
	}
	f.Plot, f.More, f.Columns = panels[0], panels[1:], columns
}

// A Ribbon fills the room between the ends of intervals along x, with straight edges, as far as it
// is within the plot. Where y is not a number it has a gap.
type Ribbon struct {
	X    []float64
	Y    []number.Interval
	Fill color.Color
}

// Plot implements plot.Plotter.
func (b Ribbon) Plot(c draw.Canvas, plt *plot.Plot) {
	x, toY := plt.Transforms(&c)
	y := func(v float64) vg.Length { return toY(min(max(v, plt.Y.Min), plt.Y.Max)) }
	for from, to := range runs(len(b.X), func(i int) bool { return !math.IsNaN(b.Y[i].Low) }) {
		if to-from < 2 {
			continue
		}
		var outline vg.Path
		for i := from; i < to; i++ {
			outline.Line(vg.Point{X: x(b.X[i]), Y: y(b.Y[i].Low)})
		}
		for i := to - 1; i >= from; i-- {
			outline.Line(vg.Point{X: x(b.X[i]), Y: y(b.Y[i].High)})
		}
		outline[0].Type = vg.MoveComp
		outline.Close()
		c.SetColor(b.Fill)
		c.Fill(outline)
	}
}

// A Trace is a line through points, with gaps where y is not a number. A point between two gaps is
// a dot.
type Trace struct {
	Points plotter.XYs
	Style  draw.LineStyle
}

// Plot implements plot.Plotter.
func (t Trace) Plot(c draw.Canvas, plt *plot.Plot) {
	known := func(i int) bool { return !math.IsNaN(t.Points[i].Y) }
	for from, to := range runs(len(t.Points), known) {
		if to-from == 1 {
			Points{t.Points[from:to], Marker{30, 0}, t.Style.Width, t.Style.Color,
				t.Style.Color}.Plot(c, plt)
			continue
		}
		Polyline{Points: t.Points[from:to], Style: t.Style}.Plot(c, plt)
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

// Stripes fill spans of x from the bottom of the plot to its top.
type Stripes struct {
	Spans []number.Interval
	Fill  color.Color
}

// Plot implements plot.Plotter.
func (s Stripes) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(s.Fill)
	for _, span := range s.Spans {
		c.Fill(vg.Rectangle{
			Min: vg.Point{X: x(max(span.Low, plt.X.Min)), Y: y(plt.Y.Min)},
			Max: vg.Point{X: x(min(span.High, plt.X.Max)), Y: y(plt.Y.Max)},
		}.Path())
	}
}

// Union joins spans that overlap or touch.
func Union(spans []number.Interval) []number.Interval {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b number.Interval) int {
		if a.Low < b.Low {
			return -1
		}
		return 1
	})
	var joined []number.Interval
	for _, s := range spans {
		if n := len(joined); n > 0 && s.Low <= joined[n-1].High {
			joined[n-1].High = max(joined[n-1].High, s.High)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
