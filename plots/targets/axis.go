package targets

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// axis is the axis of deviations in one row. All rows have the same: in its middle is the
// published value, and 1 is the end of the tolerance.
type axis struct {
	draw.Canvas
	look page.Look
	y    vg.Length
}

// axisEnd is where it ends; beyond there are arrows.
const axisEnd = 2.2

// newAxis draws its line across a row.
func newAxis(c draw.Canvas, l page.Look) axis {
	a := axis{c, l, (c.Min.Y + c.Max.Y) / 2}
	c.StrokeLine2(draw.LineStyle{Color: l.Grid, Width: l.Thin / 2}, c.Min.X, a.y, c.Max.X, a.y)
	return a
}

func (a axis) x(v float64) vg.Length {
	v = math.Max(-axisEnd, math.Min(axisEnd, v))
	inset := 0.5 * a.look.Radius // so that arrows at the ends keep off the numbers
	wide := a.Size().X - 2*inset
	return a.Min.X + inset + wide*vg.Length((v+axisEnd)/(2*axisEnd))
}

// drawBand draws the tolerance, and the published value.
func (a axis) drawBand(band number.Interval) {
	half := 0.36 * a.Size().Y
	a.SetColor(a.look.Tolerance())
	a.Fill(vg.Rectangle{
		Min: vg.Point{X: a.x(band.Low), Y: a.y - half},
		Max: vg.Point{X: a.x(band.High), Y: a.y + half},
	}.Path())
	style := draw.LineStyle{Color: a.look.Ink, Width: a.look.Thin / 2}
	a.StrokeLine2(style, a.x(0), a.y-half, a.x(0), a.y+half)
}

func (a axis) drawInterval(at number.Interval, verdict string) {
	p := verdictPen(a.look, verdict)
	style := page.Solid(p.Color, a.look.Thin)
	a.StrokeLine2(style, a.x(at.Low), a.y, a.x(at.High), a.y)
}

// drawMark draws ours, or an arrow to where it lies beyond the axis.
func (a axis) drawMark(at float64, verdict string) {
	p := verdictPen(a.look, verdict)
	mark := p.Marker
	switch {
	case at > axisEnd:
		mark = page.Marker{Corners: 3} // points right
	case at < -axisEnd:
		mark = page.Marker{Corners: 3, Turn: 180}
	}
	radius := min(0.8*a.look.Radius, 0.3*a.Size().Y)
	mark.Draw(a.Canvas, vg.Point{X: a.x(at), Y: a.y}, radius, p.Color, a.look.Background)
}
