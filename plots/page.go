package plots

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A figure is everything that one figure shows, before it is laid out.
type figure struct {
	skipped string // why there is nothing to draw; then all else is empty

	title   string // the message, in one sentence
	plot    *plot.Plot
	more    []*plot.Plot // to the right of it, and below
	columns int          // plots in a line; 0: 1
	line    vg.Length    // what a page that grows has for each line but the first
	rows    pageRows     // in the place of plots, if not nil
	spread  bool         // over both columns of a paper
	legend  []legendEntry
	data    table
	about   about
}

// pageRows are lines of text and marks that lay themselves out.
type pageRows interface {
	draw(area draw.Canvas, l look)
	height(l look) vg.Length // that they need in a page that grows
}

// A legendEntry names a series by a sample of its marks, or says something of all of them: then it
// has none.
type legendEntry struct {
	label  string
	fill   color.Color    // a bar, if not nil
	line   draw.LineStyle // a line, if it has a width
	marker *points        // a marker, if not nil
}

// sans is the one typeface of all figures; it comes with the program.
func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// width returns the width of one line of text.
func width(s string, size vg.Length) vg.Length {
	face := font.DefaultCache.Lookup(sans(size), size)
	return face.Width(s)
}

// write draws one line of text from the left end of its baseline.
func write(c draw.Canvas, s string, size vg.Length, ink color.Color, at vg.Point) {
	c.SetColor(ink)
	c.FillString(font.DefaultCache.Lookup(sans(size), size), at, s)
}

// newPlot returns an empty plot in the theme's style, with its grid.
func (l look) newPlot(xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Width, axis.Padding = l.ink, l.thin/2, 0
		axis.Label.Padding = l.text / 3
		axis.Tick.Color, axis.Tick.Width = l.ink, l.thin/2
		axis.Tick.Length = l.text / 3
		for _, s := range []*text.Style{&axis.Label.TextStyle, &axis.Tick.Label} {
			s.Font, s.Color = sans(l.text), l.ink
		}
	}
	p.Y.Tick.Label.YAlign = -0.6 // the library sets labels a little above their ticks
	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	lines := draw.LineStyle{Color: l.grid, Width: l.thin / 2}
	p.Add(&plotter.Grid{Vertical: lines, Horizontal: lines})
	return p
}

// page lays the figure out: title and legend above the axes, footer below, nothing over the data.
func (f *figure) page(c draw.Canvas, l look, footer string) {
	c.SetColor(l.background)
	c.Fill(c.Rectangle.Path())
	area := draw.Crop(c, l.margin, -l.margin, l.margin*0.6, -l.margin*0.8)

	for _, line := range f.titleLines(l) {
		area.Max.Y -= l.title
		write(c, line, l.title, l.ink, vg.Point{X: area.Min.X, Y: area.Max.Y + 0.2*l.title})
		area.Max.Y -= 0.15 * l.title
	}
	area.Max.Y -= 0.25 * l.title
	for _, row := range f.legendRows(l) {
		x := area.Min.X
		for _, e := range row {
			e.draw(area, x, l)
			x += e.width(l)
		}
		area.Max.Y -= 1.3 * l.text
	}
	area.Max.Y -= 0.6 * l.text

	lines := wrap(footer, " · ", l.footer, area.Size().X)
	for i := len(lines) - 1; i >= 0; i-- {
		at := vg.Point{X: area.Min.X, Y: area.Min.Y + 0.2*l.footer}
		write(c, fit(lines[i], l.footer, area.Size().X), l.footer, l.muted, at)
		area.Min.Y += 1.15 * l.footer
	}
	area.Min.Y += 0.6 * l.footer
	if f.rows != nil {
		f.rows.draw(area, l)
		return
	}
	f.drawPlots(area, l)
}

// height returns the height of the page: a slide's is fixed, a paper's grows with title,
// legend and lines of plots.
func (f *figure) height(l look) vg.Length {
	const roomFor = 2 // lines of title and legend that a page has room for
	if !l.grows {
		return l.height
	}
	more := len(f.titleLines(l)) + len(f.legendRows(l)) - roomFor
	height := l.height + vg.Length(max(0, more))*1.3*l.text
	if f.rows != nil {
		const around = 5 // lines of title, footer and margins
		return max(height, f.rows.height(l)+around*l.text)
	}
	return height + vg.Length(f.lines()-1)*f.line
}

// titleLines breaks the title into at most two lines.
func (f *figure) titleLines(l look) []string {
	const most = 2
	across := l.width - 2*l.margin
	lines := balance(f.title, l.title, across)
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i := range lines {
		lines[i] = fit(lines[i], l.title, across)
	}
	return lines
}

// legendRows breaks the legend into rows, and cuts labels that are wider than a row.
func (f *figure) legendRows(l look) [][]legendEntry {
	across := l.width - 2*l.margin
	var rows [][]legendEntry
	x := across // of the next entry in the last row
	for _, e := range f.legend {
		e.label = fit(e.label, l.text, across-e.sample(l))
		if x+e.sample(l)+width(e.label, l.text) > across {
			rows, x = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], e)
		x += e.width(l)
	}
	return rows
}

// sample is how wide the entry's marks are, with the gap to its label.
func (e legendEntry) sample(l look) vg.Length {
	if e.fill == nil && e.line.Width == 0 && e.marker == nil {
		return 0
	}
	return 2.55 * l.text
}

// width is how wide the entry is, with the gap to the next.
func (e legendEntry) width(l look) vg.Length {
	return e.sample(l) + width(e.label, l.text) + 1.5*l.text
}

// draw draws the entry at x, as a row below the top of area.
func (e legendEntry) draw(area draw.Canvas, x vg.Length, l look) {
	end, y := x+2.2*l.text, area.Max.Y-0.65*l.text
	if e.fill != nil {
		area.SetColor(e.fill)
		area.Fill(vg.Rectangle{
			Min: vg.Point{X: x + 0.4*l.text, Y: y - 0.4*l.text},
			Max: vg.Point{X: end - 0.4*l.text, Y: y + 0.4*l.text},
		}.Path())
	}
	if e.line.Width > 0 {
		area.StrokeLine2(e.line, x, y, end, y)
	}
	if m := e.marker; m != nil {
		m.marker.draw(area, vg.Point{X: (x + end) / 2, Y: y}, m.radius, m.fill, m.rim)
	}
	write(area, e.label, l.text, l.ink, vg.Point{X: x + e.sample(l), Y: y - 0.35*l.text})
}

// wrap breaks s at separators into lines no wider than most, where that is possible.
func wrap(s, separator string, size, most vg.Length) []string {
	var lines []string
	for _, part := range strings.Split(s, separator) {
		if n := len(lines); n > 0 {
			if longer := lines[n-1] + separator + part; width(longer, size) <= most {
				lines[n-1] = longer
				continue
			}
		}
		lines = append(lines, part)
	}
	return lines
}

// balance wraps s between words into as few lines as fit, of about equal width.
func balance(s string, size, most vg.Length) []string {
	lines := wrap(s, " ", size, most)
	for {
		most *= 0.95
		narrower := wrap(s, " ", size, most)
		if len(narrower) > len(lines) || most < size {
			return lines
		}
		lines = narrower
	}
}

// fit cuts s to most, and shows that it did.
func fit(s string, size, most vg.Length) string {
	if width(s, size) <= most {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && width(string(runes)+"…", size) > most {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
