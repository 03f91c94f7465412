package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// onLight is the palette of Okabe and Ito (2008), which stays apart for colour-blind eyes, in the
// order in which series take it on white. Yellow is missing: it vanishes there.
func onLight() []color.NRGBA {
	return []color.NRGBA{
		rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xE69F00), rgb(0x56B4E9),
	}
}

// onDark is the same palette in an order for dark backgrounds, where the deep blue would vanish.
func onDark() []color.NRGBA {
	return []color.NRGBA{
		rgb(0x56B4E9), rgb(0xE69F00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xF0E442), rgb(0xD55E00),
	}
}

// seriesMax is how many series one figure shows: as many as there are distinct colours.
const seriesMax = 6

// rgb makes an opaque colour of 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// faded returns c with the given opacity, not premultiplied: the PNG back end takes premultiplied
// colours for opaque ones.
func faded(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(opacity * 0xFF))
	return c
}

// A pen is how one series looks. Colour, dash and marker all differ, so none is the only cue.
type pen struct {
	color  color.NRGBA
	dashes []vg.Length
	marker marker
}

// pen returns the look of series i.
func (l look) pen(i int) pen {
	dashes := [][]vg.Length{nil, {5, 2}, {1.2, 1.6}, {6, 1.6, 1.2, 1.6}, {9, 3}, {2.5, 1.5}}
	markers := []marker{{30, 0}, {4, 45}, {3, 90}, {4, 0}, {3, 270}, {6, 0}}
	d := make([]vg.Length, len(dashes[i%seriesMax]))
	for j, length := range dashes[i%seriesMax] {
		d[j] = length * l.line
	}
	return pen{l.palette[i%len(l.palette)], d, markers[i%seriesMax]}
}

// modelPen is how every analytic model looks: ink on any background, never a series' colour.
func (l look) modelPen() pen {
	return pen{l.ink, []vg.Length{4 * l.thin, 3 * l.thin}, marker{4, 0}}
}

// line returns the style of a line of that width.
func (p pen) line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: p.color, Width: width, Dashes: p.dashes}
}

// solid returns the style of a line without dashes.
func solid(c color.NRGBA, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}

// A marker is a filled regular polygon; one of 30 corners passes for a disc.
type marker struct {
	corners int
	turn    float64 // of the first corner, in degrees
}

// draw fills the marker around at. A rim in the background's colour keeps it apart from its line.
func (m marker) draw(c draw.Canvas, at vg.Point, radius vg.Length, fill, rim color.Color) {
	if m.corners == 3 {
		radius *= 1.2 // a triangle of the same radius looks smaller
	}
	if fill == color.Transparent { // hollow: what is below is seen
		c.SetColor(rim)
		c.SetLineWidth(0.35 * radius)
		c.SetLineDash(nil, 0)
		c.Stroke(m.outline(at, 1.17*radius))
		return
	}
	c.SetColor(rim)
	c.Fill(m.outline(at, 1.35*radius))
	c.SetColor(fill)
	c.Fill(m.outline(at, radius))
}

func (m marker) outline(at vg.Point, radius vg.Length) (p vg.Path) {
	for i := range m.corners {
		angle := (m.turn + 360*float64(i)/float64(m.corners)) * math.Pi / 180
		pt := vg.Point{
			X: at.X + radius*vg.Length(math.Cos(angle)),
			Y: at.Y + radius*vg.Length(math.Sin(angle)),
		}
		if i == 0 {
			p.Move(pt)
		} else {
			p.Line(pt)
		}
	}
	p.Close()
	return p
}
