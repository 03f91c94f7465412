package plots

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	targetRowsMost  = 32  // rows of a slide
	targetColumn    = 16  // rows of a column of a slide; with more there are two
	targetRowHeight = 1.5 // in lines of text
	targetAxis      = 2.2 // the axis runs from minus to plus this, in tolerances
)

// targetRows is a table whose middle column is a common axis of deviations.
type targetRows struct{ all []target }

// targetBand is the shade of a tolerance.
func (l look) targetBand() color.NRGBA { return faded(l.palette[0], 0.25) }

// height returns what the rows need in a page that grows.
func (t *targetRows) height(l look) vg.Length {
	return vg.Length(float64(len(t.all))*targetRowHeight) * l.text
}

// draw lays the rows out from the top, in one column or two.
func (t *targetRows) draw(area draw.Canvas, l look) {
	columns, each, size := 1, len(t.all), l.text
	if !l.grows && each > targetColumn {
		columns, each, size = 2, (each+1)/2, 0.7*l.text // labels need the room
	}
	gap := 1.2 * l.text
	wide := (area.Size().X - gap*vg.Length(columns-1)) / vg.Length(columns)
	high := min(area.Size().Y/vg.Length(each), targetRowHeight*l.text)
	for n := range t.all {
		x := area.Min.X + vg.Length(n/each)*(wide+gap)
		y := area.Max.Y - vg.Length(n%each+1)*high
		row := targetRow{&t.all[n], l, min(0.72*high, size)}
		row.draw(draw.Canvas{Canvas: area.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + wide, Y: y + high},
		}})
	}
}

// targetNumber prints four significant digits, and four decimals at most.
func targetNumber(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if math.Abs(v) < 0.1 {
		s = strconv.FormatFloat(v, 'f', 4, 64)
	}
	if math.Abs(v) >= 1e4 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// targetRow is one of them: what, published, axis, ours.
type targetRow struct {
	*target
	look look
	size vg.Length // of its type
}

func (r targetRow) draw(c draw.Canvas) {
	l, across := r.look, c.Size().X
	base := c.Min.Y + c.Size().Y/2 - 0.35*r.size
	number := width("0.0000", r.size) + 0.4*r.size
	axis := 0.27 * across
	label := across - axis - 2*number
	what := r.What
	if r.Scenario != "" {
		what = r.Scenario + ": " + what
	}
	write(c, fit(what, r.size, label-0.4*r.size), r.size, l.ink,
		vg.Point{X: c.Min.X, Y: base})
	right := func(s string, end vg.Length, ink color.Color) {
		write(c, s, r.size, ink, vg.Point{X: end - width(s, r.size), Y: base})
	}
	from := c.Min.X + label + number
	right(targetNumber(r.Published), from-0.4*r.size, l.muted)
	if !r.measured() {
		text := fit("not measured", r.size, axis+number)
		write(c, text, r.size, l.muted, vg.Point{X: from + 0.4*r.size, Y: base})
		return
	}
	right(targetNumber(*r.Ours), c.Max.X, l.verdictPen(r.Verdict).color)
	r.drawAxis(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: from, Y: c.Min.Y}, Max: vg.Point{X: from + axis, Y: c.Max.Y},
	}})
}

// drawAxis draws band, published value, interval and mark.
func (r targetRow) drawAxis(c draw.Canvas) {
	l, middle := r.look, (c.Min.Y+c.Max.Y)/2
	x := func(v float64) vg.Length {
		v = math.Max(-targetAxis, math.Min(targetAxis, v))
		inset := 0.5 * l.radius // so that arrows at the ends keep off the numbers
		return c.Min.X + inset + (c.Size().X-2*inset)*vg.Length((v+targetAxis)/(2*targetAxis))
	}
	half := 0.36 * c.Size().Y
	c.StrokeLine2(draw.LineStyle{Color: l.grid, Width: l.thin / 2}, c.Min.X, middle, c.Max.X,
		middle)
	band := r.bandAt()
	c.SetColor(l.targetBand())
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: x(band.low), Y: middle - half},
		Max: vg.Point{X: x(band.high), Y: middle + half},
	}.Path())
	c.StrokeLine2(draw.LineStyle{Color: l.ink, Width: l.thin / 2}, x(0), middle-half, x(0),
		middle+half)
	p := l.verdictPen(r.Verdict)
	if r.CI95 != nil {
		style := l.lineStyle(pen{color: p.color}, l.thin)
		c.StrokeLine2(style, x(r.place(r.CI95[0])), middle, x(r.place(r.CI95[1])), middle)
	}
	at, radius := r.place(*r.Ours), min(0.8*l.radius, 0.3*c.Size().Y)
	mark := p.marker
	switch {
	case at > targetAxis:
		mark = marker{3, 0} // points right
	case at < -targetAxis:
		mark = marker{3, 180}
	}
	mark.draw(c, vg.Point{X: x(at), Y: middle}, radius, p.color, l.background)
}
