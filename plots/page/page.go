package page

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

// A Figure is everything that one figure shows, before it is laid out.
type Figure struct {
	Skipped string // why there is nothing to draw; then all else is empty

	Title   string // the message, in one sentence
	Plot    *plot.Plot
	More    []*plot.Plot // to the right of it, and below
	Columns int          // plots in a line; 0: 1
	Line    vg.Length    // what a page that grows has for each line but the first
	Rows    Rows         // in the place of plots, if not nil
	Spread  bool         // over both columns of a paper
	Legend  []LegendEntry
	Data    Table
	About   About
}

// Rows are lines of text and marks that lay themselves out.
type Rows interface {
	Draw(area draw.Canvas, l Look)
	Height(l Look) vg.Length // that they need in a page that grows
}

// A LegendEntry names a series by a sample of its marks, or says something of all of them: then it
// has none.
type LegendEntry struct {
	Label  string
	Fill   color.Color    // a bar, if not nil
	Line   draw.LineStyle // a line, if it has a width
	Marker *Points        // a marker, if not nil
}

// Sans is the one typeface of all figures; it comes with the program.
func Sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// Width returns the width of one line of text.
func Width(s string, size vg.Length) vg.Length {
	face := font.DefaultCache.Lookup(Sans(size), size)
	return face.Width(s)
}

// Write draws one line of text from the left end of its baseline.
func Write(c draw.Canvas, s string, size vg.Length, ink color.Color, at vg.Point) {
	c.SetColor(ink)
	c.FillString(font.DefaultCache.Lookup(Sans(size), size), at, s)
}

// NewPlot returns an empty plot in the theme's style, with its grid.
func (l Look) NewPlot(xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Width, axis.Padding = l.Ink, l.Thin/2, 0
		axis.Label.Padding = l.Text / 3
		axis.Tick.Color, axis.Tick.Width = l.Ink, l.Thin/2
		axis.Tick.Length = l.Text / 3
		for _, s := range []*text.Style{&axis.Label.TextStyle, &axis.Tick.Label} {
			s.Font, s.Color = Sans(l.Text), l.Ink
		}
	}
	p.Y.Tick.Label.YAlign = -0.6 // the library sets labels a little above their ticks
	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	lines := draw.LineStyle{Color: l.Grid, Width: l.Thin / 2}
	p.Add(&plotter.Grid{Vertical: lines, Horizontal: lines})
	return p
}

// page lays the figure out: title and legend above the axes, footer below, nothing over the data.
func (f *Figure) page(c draw.Canvas, l Look, footer string) {
	c.SetColor(l.Background)
	c.Fill(c.Rectangle.Path())
	area := draw.Crop(c, l.Margin, -l.Margin, l.Margin*0.6, -l.Margin*0.8)

	for _, line := range f.titleLines(l) {
		area.Max.Y -= l.title
		Write(c, line, l.title, l.Ink, vg.Point{X: area.Min.X, Y: area.Max.Y + 0.2*l.title})
		area.Max.Y -= 0.15 * l.title
	}
	area.Max.Y -= 0.25 * l.title
	for _, row := range f.legendRows(l) {
		x := area.Min.X
		for _, e := range row {
			e.draw(area, x, l)
			x += e.width(l)
		}
		area.Max.Y -= 1.3 * l.Text
	}
	area.Max.Y -= 0.6 * l.Text

	lines := wrap(footer, " · ", l.footer, area.Size().X)
	for i := len(lines) - 1; i >= 0; i-- {
		at := vg.Point{X: area.Min.X, Y: area.Min.Y + 0.2*l.footer}
		Write(c, Fit(lines[i], l.footer, area.Size().X), l.footer, l.Muted, at)
		area.Min.Y += 1.15 * l.footer
	}
	area.Min.Y += 0.6 * l.footer
	if f.Rows != nil {
		f.Rows.Draw(area, l)
		return
	}
	f.drawPlots(area, l)
}

// height returns the height of the page: a slide's is fixed, a paper's grows with title,
// legend and lines of plots.
func (f *Figure) height(l Look) vg.Length {
	const roomFor = 2 // lines of title and legend that a page has room for
	if !l.Grows {
		return l.Height
	}
	more := len(f.titleLines(l)) + len(f.legendRows(l)) - roomFor
	height := l.Height + vg.Length(max(0, more))*1.3*l.Text
	if f.Rows != nil {
		const around = 5 // lines of title, footer and margins
		return max(height, f.Rows.Height(l)+around*l.Text)
	}
	return height + vg.Length(f.lines()-1)*f.Line
}

// titleLines breaks the title into at most two lines.
func (f *Figure) titleLines(l Look) []string {
	const most = 2
	across := l.Width - 2*l.Margin
	lines := Balance(f.Title, l.title, across)
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i := range lines {
		lines[i] = Fit(lines[i], l.title, across)
	}
	return lines
}

// legendRows breaks the legend into rows, and cuts labels that are wider than a row.
func (f *Figure) legendRows(l Look) [][]LegendEntry {
	across := l.Width - 2*l.Margin
	var rows [][]LegendEntry
	x := across // of the next entry in the last row
	for _, e := range f.Legend {
		e.Label = Fit(e.Label, l.Text, across-e.sample(l))
		if x+e.sample(l)+Width(e.Label, l.Text) > across {
			rows, x = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], e)
		x += e.width(l)
	}
	return rows
}

// sample is how wide the entry's marks are, with the gap to its label.
func (e LegendEntry) sample(l Look) vg.Length {
	if e.Fill == nil && e.Line.Width == 0 && e.Marker == nil {
		return 0
	}
	return 2.55 * l.Text
}

// width is how wide the entry is, with the gap to the next.
func (e LegendEntry) width(l Look) vg.Length {
	return e.sample(l) + Width(e.Label, l.Text) + 1.5*l.Text
}

// draw draws the entry at x, as a row below the top of area.
func (e LegendEntry) draw(area draw.Canvas, x vg.Length, l Look) {
	end, y := x+2.2*l.Text, area.Max.Y-0.65*l.Text
	if e.Fill != nil {
		area.SetColor(e.Fill)
		area.Fill(vg.Rectangle{
			Min: vg.Point{X: x + 0.4*l.Text, Y: y - 0.4*l.Text},
			Max: vg.Point{X: end - 0.4*l.Text, Y: y + 0.4*l.Text},
		}.Path())
	}
	if e.Line.Width > 0 {
		area.StrokeLine2(e.Line, x, y, end, y)
	}
	if m := e.Marker; m != nil {
		m.Marker.Draw(area, vg.Point{X: (x + end) / 2, Y: y}, m.Radius, m.Fill, m.Rim)
	}
	Write(area, e.Label, l.Text, l.Ink, vg.Point{X: x + e.sample(l), Y: y - 0.35*l.Text})
}

// wrap breaks s at separators into lines no wider than most, where that is possible.
func wrap(s, separator string, size, most vg.Length) []string {
	var lines []string
	for _, part := range strings.Split(s, separator) {
		if n := len(lines); n > 0 {
			if longer := lines[n-1] + separator + part; Width(longer, size) <= most {
				lines[n-1] = longer
				continue
			}
		}
		lines = append(lines, part)
	}
	return lines
}

// Balance wraps s between words into as few lines as fit, of about equal width.
func Balance(s string, size, most vg.Length) []string {
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

// Fit cuts s to most, and shows that it did.
func Fit(s string, size, most vg.Length) string {
	if Width(s, size) <= most {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && Width(string(runes)+"…", size) > most {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
