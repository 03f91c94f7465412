package plots

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panels is a grid of small plots that share their rows: one row a thing compared, named at the
// left of each line of panels, and one panel a quantity.
type panels struct {
	rows    []string // names, from the top
	columns int
	all     []panel
}

// A panel is one of them. Its plot's Y axis runs from 0 (bottom) to the number of rows.
type panel struct {
	heading string
	label   func(float64) string // of a value on the axis
	plot    *plot.Plot
	marks   []plot.Plotter
}

// Heights in lines of text.
const (
	panelHeading = 1.5
	panelRow     = 1.35
	panelAxis    = 1.9
	panelGap     = 0.6
)

// lines returns how many lines of panels there are.
func (p *panels) lines() int { return (len(p.all) + p.columns - 1) / p.columns }

// height returns what the panels need at least.
func (p *panels) height(l look) vg.Length {
	line := panelHeading + panelRow*float64(len(p.rows)) + panelAxis + panelGap
	return vg.Length(float64(p.lines())*line) * l.text
}

// newPanel returns an empty panel for values from low to high.
func newPanel(heading string, label func(float64) string, rows int, low, high float64) panel {
	p := plot.New()
	p.Y.Min, p.Y.Max = 0, float64(rows)
	p.X.Min, p.X.Max = low, high
	return panel{heading: heading, label: label, plot: p}
}

// draw lays the panels out. All data areas have one size, so that rows and columns line up.
func (p *panels) draw(c draw.Canvas, l look) {
	names := vg.Length(0)
	for _, name := range p.rows {
		names = max(names, width(name, l.text))
	}
	names = min(names, 0.3*c.Size().X) + 0.8*l.text
	gap := 2 * l.text // half a tick's label hangs over either side
	across := (c.Size().X - names + gap/2) / vg.Length(p.columns)
	down := c.Size().Y / vg.Length(p.lines())
	for i, one := range p.all {
		column, line := i%p.columns, i/p.columns
		area := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: c.Min.X + names + vg.Length(column)*across,
				Y: c.Max.Y - vg.Length(line+1)*down + panelGap*l.text},
			Max: vg.Point{X: c.Min.X + names + vg.Length(column+1)*across - gap,
				Y: c.Max.Y - vg.Length(line)*down},
		}}
		data := area.Rectangle
		data.Max.Y -= panelHeading * l.text
		data.Min.Y += panelAxis * l.text
		write(c, fit(one.heading, l.text, across-0.2*gap), l.text, l.ink,
			vg.Point{X: data.Min.X, Y: area.Max.Y - 1.05*l.text})
		one.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: data}, l)
		if column == 0 {
			p.name(c, data, names-0.8*l.text, l)
		}
	}
}

// name writes the rows' names left of a panel.
func (p *panels) name(c draw.Canvas, data vg.Rectangle, most vg.Length, l look) {
	each := data.Size().Y / vg.Length(len(p.rows))
	for i, name := range p.rows {
		name = fit(name, l.text, most)
		at := vg.Point{
			X: data.Min.X - 0.5*l.text - width(name, l.text),
			Y: data.Max.Y - (vg.Length(i)+0.5)*each - 0.35*l.text,
		}
		write(c, name, l.text, l.ink, at)
	}
}

// draw draws grid, marks and axis of one panel. Its data area is all of c: the axis lies beneath.
func (p panel) draw(c draw.Canvas, l look) {
	x, _ := p.plot.Transforms(&c)
	rule := draw.LineStyle{Color: l.grid, Width: l.thin / 2}
	axis := draw.LineStyle{Color: l.ink, Width: l.thin / 2}
	ticks := p.ticks(c.Size().X, l)
	for _, t := range ticks {
		c.StrokeLine2(rule, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	for i := range int(p.plot.Y.Max) {
		y := c.Min.Y + c.Size().Y*vg.Length((float64(i)+0.5)/p.plot.Y.Max)
		c.StrokeLine2(rule, c.Min.X, y, c.Max.X, y)
	}
	c.StrokeLine2(axis, c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
	for _, t := range ticks {
		at := x(t.Value)
		c.StrokeLine2(axis, at, c.Min.Y, at, c.Min.Y-l.text/3)
		left := at - width(t.Label, l.text)/2
		write(c, t.Label, l.text, l.ink, vg.Point{X: left, Y: c.Min.Y - 1.25*l.text})
	}
	for _, mark := range p.marks {
		mark.Plot(c, p.plot)
	}
}

// ticks returns as many round values as have room for their labels.
func (p panel) ticks(across vg.Length, l look) plot.ConstantTicks {
	span := p.plot.X.Max - p.plot.X.Min
	for most := 5; ; most-- {
		ticks := roundTicks(p.plot.X.Min, p.plot.X.Max, most, p.label)
		fits, last := true, plot.Tick{}
		for i, t := range ticks {
			apart := across * vg.Length((t.Value-last.Value)/span)
			need := (width(t.Label, l.text)+width(last.Label, l.text))/2 + 0.6*l.text
			fits = fits && (i == 0 || apart >= need)
			last = t
		}
		if fits || most == 2 {
			return ticks
		}
	}
}

// tidyRange returns an axis for values: from zero, unless they all lie far from it.
func tidyRange(values []float64) (low, high float64) {
	low, high = slices.Min(values), slices.Max(values)
	if low < 0.6*high {
		low = 0
	}
	pad := 0.08 * (high - low)
	if pad == 0 {
		pad = max(0.1*high, 0.5)
	}
	if low > 0 {
		low = max(low-pad, 0)
	}
	return low, high + pad
}
