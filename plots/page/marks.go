package page

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
)

// This file has the marks that a figure is composed of. None of them moves the axes: a figure sets
// its ranges itself, before it adds marks.

// Polyline is a line through points, or, if Step is set, a staircase that rises at each point.
type Polyline struct {
	Points plotter.XYs
	Step   bool
	Style  draw.LineStyle
}

// Plot implements plot.Plotter.
func (p Polyline) Plot(c draw.Canvas, plt *plot.Plot) {
	line := plotter.Line{XYs: p.Points, LineStyle: p.Style}
	if p.Step {
		line.StepStyle = plotter.PostStep
	}
	line.Plot(c, plt)
}

// Points are markers.
type Points struct {
	At     plotter.XYs
	Marker Marker
	Radius vg.Length
	Fill   color.Color
	Rim    color.Color
}

// Dots returns a series' markers. A rim in the background's colour keeps them apart from its line.
func (l Look) Dots(at plotter.XYs, p Pen, radius vg.Length) Points {
	return Points{at, p.Marker, radius, p.Color, l.Background}
}

// Sample returns a series' marker for the legend.
func (l Look) Sample(p Pen) *Points {
	one := l.Dots(nil, p, l.Radius)
	return &one
}

// Plot implements plot.Plotter.
func (p Points) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for _, at := range p.At {
		p.Marker.Draw(c, vg.Point{X: x(at.X), Y: y(at.Y)}, p.Radius, p.Fill, p.Rim)
	}
}

// Bars are columns that stand on zero, centred on their x.
type Bars struct {
	At    plotter.XYs
	Width float64 // in units of x
	Fill  color.Color
}

// Plot implements plot.Plotter.
func (b Bars) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(b.Fill)
	for _, at := range b.At {
		left, right := x(at.X-b.Width/2), x(at.X+b.Width/2)
		c.Fill(vg.Rectangle{
			Min: vg.Point{X: left, Y: y(0)}, Max: vg.Point{X: right, Y: y(at.Y)},
		}.Path())
	}
}

// Whiskers are vertical intervals with caps.
type Whiskers struct {
	X     []float64
	Y     []number.Interval
	Cap   vg.Length
	Style draw.LineStyle
}

// Plot implements plot.Plotter.
func (w Whiskers) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for i, v := range w.X {
		at, low, high := x(v), y(w.Y[i].Low), y(w.Y[i].High)
		c.StrokeLine2(w.Style, at, low, at, high)
		c.StrokeLine2(w.Style, at-w.Cap/2, low, at+w.Cap/2, low)
		c.StrokeLine2(w.Style, at-w.Cap/2, high, at+w.Cap/2, high)
	}
}

// A Band fills the room between the low and the high ends of intervals along x.
type Band struct {
	X    []float64
	Y    []number.Interval
	Fill color.Color
}

// Plot implements plot.Plotter.
func (b Band) Plot(c draw.Canvas, plt *plot.Plot) {
	if len(b.X) == 0 {
		return
	}
	x, y := plt.Transforms(&c)
	// Both edges are staircases, as the curve between them is: out along the low one, back along
	// the high one.
	var outline vg.Path
	last := len(b.X) - 1
	outline.Move(vg.Point{X: x(b.X[0]), Y: y(b.Y[0].Low)})
	for i := 1; i <= last; i++ {
		outline.Line(vg.Point{X: x(b.X[i]), Y: y(b.Y[i-1].Low)})
		outline.Line(vg.Point{X: x(b.X[i]), Y: y(b.Y[i].Low)})
	}
	outline.Line(vg.Point{X: x(b.X[last]), Y: y(b.Y[last].High)})
	for i := last - 1; i >= 0; i-- {
		outline.Line(vg.Point{X: x(b.X[i+1]), Y: y(b.Y[i].High)})
		outline.Line(vg.Point{X: x(b.X[i]), Y: y(b.Y[i].High)})
	}
	outline.Close()
	c.SetColor(b.Fill)
	c.Fill(outline)
}

// A Note is a line of text beside a point, on a ground of the background's colour.
type Note struct {
	At     plotter.XY
	Text   string
	Offset vg.Point // of the text's lower left corner from the point
	Color  color.Color
	Ground color.Color
	Size   vg.Length
}

// Plot implements plot.Plotter.
func (n Note) Plot(c draw.Canvas, plt *plot.Plot) {
	n.draw(c, n.corner(c, plt))
}

// corner returns where the text's lower left corner goes.
func (n Note) corner(c draw.Canvas, plt *plot.Plot) vg.Point {
	x, y := plt.Transforms(&c)
	return vg.Point{X: x(n.At.X) + n.Offset.X, Y: y(n.At.Y) + n.Offset.Y}
}

func (n Note) draw(c draw.Canvas, at vg.Point) {
	w := Width(n.Text, n.Size)
	pad := n.Size / 6
	c.SetColor(n.Ground)
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: at.X - pad, Y: at.Y},
		Max: vg.Point{X: at.X + w + pad, Y: at.Y + n.Size},
	}.Path())
	Write(c, n.Text, n.Size, n.Color, vg.Point{X: at.X, Y: at.Y + 0.22*n.Size})
}

// A Stack is several notes, each of which makes room for the one before it: upwards, or downwards.
type Stack struct {
	Notes []Note
	Up    bool
}

// Plot implements plot.Plotter.
func (s Stack) Plot(c draw.Canvas, plt *plot.Plot) {
	var last vg.Point
	for i, n := range s.Notes {
		at := n.corner(c, plt)
		if i > 0 && at.X < last.X+Width(s.Notes[i-1].Text, n.Size) &&
			last.X < at.X+Width(n.Text, n.Size) {
			if s.Up {
				at.Y = max(at.Y, last.Y+1.05*n.Size)
			} else {
				at.Y = min(at.Y, last.Y-1.05*n.Size)
			}
		}
		n.draw(c, at)
		last = at
	}
}
