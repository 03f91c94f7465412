package page

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

// rgb makes an opaque colour of 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Faded returns c with the given opacity, not premultiplied: the PNG back end takes premultiplied
// colours for opaque ones.
func Faded(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(opacity * 0xFF))
	return c
}

// A Pen is how one series looks. Colour, dash and marker all differ, so none is the only cue.
type Pen struct {
	Color  color.NRGBA
	Dashes []vg.Length
	Marker Marker
}

// Pen returns the look of series i.
func (l Look) Pen(i int) Pen {
	dashes := [][]vg.Length{nil, {5, 2}, {1.2, 1.6}, {6, 1.6, 1.2, 1.6}, {9, 3}, {2.5, 1.5}}
	markers := []Marker{{30, 0}, {4, 45}, {3, 90}, {4, 0}, {3, 270}, {6, 0}}
	d := make([]vg.Length, len(dashes[i%SeriesMax]))
	for j, length := range dashes[i%SeriesMax] {
		d[j] = length * l.Line
	}
	return Pen{l.Palette[i%len(l.Palette)], d, markers[i%SeriesMax]}
}

// ModelPen is how every analytic model looks: ink on any background, never a series' colour.
func (l Look) ModelPen() Pen {
	return Pen{l.Ink, []vg.Length{4 * l.Thin, 3 * l.Thin}, Marker{4, 0}}
}

// Line returns the style of a line of that width.
func (p Pen) Line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: p.Color, Width: width, Dashes: p.Dashes}
}

// Solid returns the style of a line without dashes.
func Solid(c color.NRGBA, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}

// A Marker is a filled regular polygon; one of 30 corners passes for a disc.
type Marker struct {
	Corners int
	Turn    float64 // of the first corner, in degrees
}

// Draw fills the marker around at. A rim in the background's colour keeps it apart from its line.
func (m Marker) Draw(c draw.Canvas, at vg.Point, radius vg.Length, fill, rim color.Color) {
	if m.Corners == 3 {
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

func (m Marker) outline(at vg.Point, radius vg.Length) (p vg.Path) {
	for i := range m.Corners {
		angle := (m.Turn + 360*float64(i)/float64(m.Corners)) * math.Pi / 180
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

// Tolerance is the shade of a tolerance.
func (l Look) Tolerance() color.NRGBA { return Faded(l.Palette[0], 0.25) }
