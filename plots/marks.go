package plots

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// This file has the marks that a figure is composed of. None of them moves the axes: a figure sets
// its ranges itself, before it adds marks.

// polyline is a line through points, or, if step is set, a staircase that rises at each point.
type polyline struct {
	points plotter.XYs
	step   bool
	style  draw.LineStyle
}

func (p polyline) Plot(c draw.Canvas, plt *plot.Plot) {
	line := plotter.Line{XYs: p.points, LineStyle: p.style}
	if p.step {
		line.StepStyle = plotter.PostStep
	}
	line.Plot(c, plt)
}

// points are markers.
type points struct {
	at     plotter.XYs
	marker marker
	radius vg.Length
	fill   color.Color
	rim    color.Color
}

// dots returns a series' markers. A rim in the background's colour keeps them apart from its line.
func (l look) dots(at plotter.XYs, p pen, radius vg.Length) points {
	return points{at, p.marker, radius, p.color, l.background}
}

// sample returns a series' marker for the legend.
func (l look) sample(p pen) *points {
	one := l.dots(nil, p, l.radius)
	return &one
}

func (p points) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for _, at := range p.at {
		p.marker.draw(c, vg.Point{X: x(at.X), Y: y(at.Y)}, p.radius, p.fill, p.rim)
	}
}

// bars are columns that stand on zero, centred on their x.
type bars struct {
	at    plotter.XYs
	width float64 // in units of x
	fill  color.Color
}

func (b bars) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(b.fill)
	for _, at := range b.at {
		left, right := x(at.X-b.width/2), x(at.X+b.width/2)
		c.Fill(vg.Rectangle{
			Min: vg.Point{X: left, Y: y(0)}, Max: vg.Point{X: right, Y: y(at.Y)},
		}.Path())
	}
}

// whiskers are vertical intervals with caps.
type whiskers struct {
	x     []float64
	y     []interval
	cap   vg.Length
	style draw.LineStyle
}

func (w whiskers) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for i, v := range w.x {
		at, low, high := x(v), y(w.y[i].low), y(w.y[i].high)
		c.StrokeLine2(w.style, at, low, at, high)
		c.StrokeLine2(w.style, at-w.cap/2, low, at+w.cap/2, low)
		c.StrokeLine2(w.style, at-w.cap/2, high, at+w.cap/2, high)
	}
}

// A band fills the room between the low and the high ends of intervals along x.
type band struct {
	x    []float64
	y    []interval
	fill color.Color
}

func (b band) Plot(c draw.Canvas, plt *plot.Plot) {
	if len(b.x) == 0 {
		return
	}
	x, y := plt.Transforms(&c)
	// Both edges are staircases, as the curve between them is: out along the low one, back along
	// the high one.
	var outline vg.Path
	last := len(b.x) - 1
	outline.Move(vg.Point{X: x(b.x[0]), Y: y(b.y[0].low)})
	for i := 1; i <= last; i++ {
		outline.Line(vg.Point{X: x(b.x[i]), Y: y(b.y[i-1].low)})
		outline.Line(vg.Point{X: x(b.x[i]), Y: y(b.y[i].low)})
	}
	outline.Line(vg.Point{X: x(b.x[last]), Y: y(b.y[last].high)})
	for i := last - 1; i >= 0; i-- {
		outline.Line(vg.Point{X: x(b.x[i+1]), Y: y(b.y[i].high)})
		outline.Line(vg.Point{X: x(b.x[i]), Y: y(b.y[i].high)})
	}
	outline.Close()
	c.SetColor(b.fill)
	c.Fill(outline)
}

// A note is a line of text beside a point, on a ground of the background's colour.
type note struct {
	at     plotter.XY
	text   string
	offset vg.Point // of the text's lower left corner from the point
	color  color.Color
	ground color.Color
	size   vg.Length
}

func (n note) Plot(c draw.Canvas, plt *plot.Plot) {
	n.draw(c, n.corner(c, plt))
}

// corner returns where the text's lower left corner goes.
func (n note) corner(c draw.Canvas, plt *plot.Plot) vg.Point {
	x, y := plt.Transforms(&c)
	return vg.Point{X: x(n.at.X) + n.offset.X, Y: y(n.at.Y) + n.offset.Y}
}

func (n note) draw(c draw.Canvas, at vg.Point) {
	w := width(n.text, n.size)
	pad := n.size / 6
	c.SetColor(n.ground)
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: at.X - pad, Y: at.Y},
		Max: vg.Point{X: at.X + w + pad, Y: at.Y + n.size},
	}.Path())
	write(c, n.text, n.size, n.color, vg.Point{X: at.X, Y: at.Y + 0.22*n.size})
}

// A stack is several notes, each of which makes room for the one before it: upwards, or downwards.
type stack struct {
	notes []note
	up    bool
}

func (s stack) Plot(c draw.Canvas, plt *plot.Plot) {
	var last vg.Point
	for i, n := range s.notes {
		at := n.corner(c, plt)
		if i > 0 && at.X < last.X+width(s.notes[i-1].text, n.size) &&
			last.X < at.X+width(n.text, n.size) {
			if s.up {
				at.Y = max(at.Y, last.Y+1.05*n.size)
			} else {
				at.Y = min(at.Y, last.Y-1.05*n.size)
			}
		}
		n.draw(c, at)
		last = at
	}
}
