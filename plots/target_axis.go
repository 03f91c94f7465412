package plots

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// targetAxis is the axis of deviations in one row. All rows have the same: in its middle is the
// published value, and 1 is the end of the tolerance.
type targetAxis struct {
	draw.Canvas
	look look
	y    vg.Length
}

// targetAxisEnd is where it ends; beyond there are arrows.
const targetAxisEnd = 2.2

// newTargetAxis draws its line across a row.
func newTargetAxis(c draw.Canvas, l look) targetAxis {
	a := targetAxis{c, l, (c.Min.Y + c.Max.Y) / 2}
	c.StrokeLine2(draw.LineStyle{Color: l.grid, Width: l.thin / 2}, c.Min.X, a.y, c.Max.X, a.y)
	return a
}

func (a targetAxis) x(v float64) vg.Length {
	v = math.Max(-targetAxisEnd, math.Min(targetAxisEnd, v))
	inset := 0.5 * a.look.radius // so that arrows at the ends keep off the numbers
	wide := a.Size().X - 2*inset
	return a.Min.X + inset + wide*vg.Length((v+targetAxisEnd)/(2*targetAxisEnd))
}

// drawBand draws the tolerance, and the published value.
func (a targetAxis) drawBand(band interval) {
	half := 0.36 * a.Size().Y
	a.SetColor(a.look.targetBand())
	a.Fill(vg.Rectangle{
		Min: vg.Point{X: a.x(band.low), Y: a.y - half},
		Max: vg.Point{X: a.x(band.high), Y: a.y + half},
	}.Path())
	style := draw.LineStyle{Color: a.look.ink, Width: a.look.thin / 2}
	a.StrokeLine2(style, a.x(0), a.y-half, a.x(0), a.y+half)
}

func (a targetAxis) drawInterval(at interval, verdict string) {
	p := a.look.verdictPen(verdict)
	style := solid(p.color, a.look.thin)
	a.StrokeLine2(style, a.x(at.low), a.y, a.x(at.high), a.y)
}

// drawMark draws ours, or an arrow to where it lies beyond the axis.
func (a targetAxis) drawMark(at float64, verdict string) {
	p := a.look.verdictPen(verdict)
	mark := p.marker
	switch {
	case at > targetAxisEnd:
		mark = marker{3, 0} // points right
	case at < -targetAxisEnd:
		mark = marker{3, 180}
	}
	radius := min(0.8*a.look.radius, 0.3*a.Size().Y)
	mark.draw(a.Canvas, vg.Point{X: a.x(at), Y: a.y}, radius, p.color, a.look.background)
}
