package page

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// NewMap is an empty plot for tiles, with a heading.
func (l Look) NewMap(text string, columns int) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Width, a.Padding, a.Tick.Length = 0, 0, 0
		a.Color, a.Label.Padding = l.Ink, l.Text/3
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = Sans(l.Text), l.Ink
		a.Tick.Label.Font, a.Tick.Label.Color = Sans(l.Text), l.Ink
	}
	p.Y.Tick.Label.YAlign = -0.6
	across := (l.Width-2*l.Margin)/vg.Length(columns) - 4*l.Text
	p.Title.Text = Fit(text, l.Text, across+2*l.Text)
	p.Title.TextStyle.Font, p.Title.TextStyle.Color = Sans(l.Text), l.Ink
	p.Title.Padding = 0.3 * l.Text
	return p
}

// A Tile is one cell of a heat map, of size 1, and its value in words.
type Tile struct {
	X, Y  float64 // lower left corner
	Text  string  // empty: the run has no such value
	Share float64 // of the way from the worst to the best
	Usual bool    // the default, which has a frame
}

// MidTicks labels the middles of the tiles.
func MidTicks(labels []string, size, most vg.Length) (ticks plot.ConstantTicks) {
	for i, label := range labels {
		ticks = append(ticks, plot.Tick{Value: float64(i) + 0.5, Label: Fit(label, size, most)})
	}
	return ticks
}

// FittingSize returns the type size at which labels fit, if it can still be read.
func FittingSize(labels []string, size, most vg.Length) vg.Length {
	fits := size
	for _, label := range labels {
		if w := Width(label, size); w > most {
			fits = min(fits, size*most/w)
		}
	}
	return max(fits, 0.6*size)
}

// A HeatMap is tiles with their values in them.
type HeatMap struct {
	Tiles []Tile
	Look  Look
}

// Plot implements plot.Plotter.
func (h HeatMap) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	gap := 0.06 * h.Look.Text
	size := h.size(0.8*(x(1)-x(0)), 0.72*(y(1)-y(0)))
	for _, t := range h.Tiles {
		box := vg.Rectangle{
			Min: vg.Point{X: x(t.X) + gap, Y: y(t.Y) + gap},
			Max: vg.Point{X: x(t.X+1) - gap, Y: y(t.Y+1) - gap},
		}
		fill, ink := color.Color(h.Look.Grid), color.Color(h.Look.Muted)
		if t.Text != "" {
			fill, ink = Shade(t.Share), shadeInk(t.Share)
		}
		c.SetColor(fill)
		c.Fill(box.Path())
		if t.Usual {
			h.frame(c, box, ink)
		}
		text := t.Text
		if text == "" {
			text = "–"
		}
		Write(c, text, size, ink, vg.Point{
			X: (box.Min.X + box.Max.X - Width(text, size)) / 2,
			Y: (box.Min.Y+box.Max.Y)/2 - 0.35*size,
		})
	}
}

// size returns the type size at which every value fits into its tile.
func (h HeatMap) size(wide, high vg.Length) vg.Length {
	size := min(h.Look.Text, high)
	for _, t := range h.Tiles {
		if w := Width(t.Text, size); w > wide {
			size *= wide / w
		}
	}
	return size
}

// frame draws a line within the box.
func (h HeatMap) frame(c draw.Canvas, box vg.Rectangle, ink color.Color) {
	in := 0.9 * h.Look.Thin
	box.Min.X, box.Min.Y = box.Min.X+in, box.Min.Y+in
	box.Max.X, box.Max.Y = box.Max.X-in, box.Max.Y-in
	c.SetColor(ink)
	c.SetLineWidth(1.2 * h.Look.Thin)
	c.SetLineDash(nil, 0)
	c.Stroke(box.Path())
}
