package targets

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const (
	rowsMost   = 32  // rows of a slide
	columnMost = 16  // rows of a column of a slide; with more there are two
	pageMost   = 48  // rows of a column of a paper; with more it takes both, and a page
	rowHeight  = 1.5 // in lines of text
)

// rows is a table whose middle column is a common axis of deviations.
type rows struct{ lines []line }

// line is a line of it: a target, or the name of the scenario of those that follow.
type line struct {
	scenario string
	target   *stored.Target
}

// newRows sets the rows, each scenario's below its name if there are several.
func newRows(all []stored.Target) *rows {
	t, last := &rows{}, ""
	for n := range all {
		if all[n].Scenario != last {
			last = all[n].Scenario
			t.lines = append(t.lines, line{scenario: last})
		}
		t.lines = append(t.lines, line{target: &all[n]})
	}
	return t
}

// spread tells whether the rows take both columns of a paper.
func (t *rows) spread(l page.Look) bool { return l.Grows && len(t.lines) > pageMost }

// Height returns what the rows need in a page that grows.
func (t *rows) Height(l page.Look) vg.Length {
	most := 0
	for _, lines := range t.columns(l) {
		most = max(most, len(lines))
	}
	return vg.Length(float64(most)*rowHeight) * l.Text
}

// columns parts the rows into one column or two. The second begins with the name of its scenario.
func (t *rows) columns(l page.Look) [][]line {
	if !t.spread(l) && (l.Grows || len(t.lines) <= columnMost) {
		return [][]line{t.lines}
	}
	cut := (len(t.lines) + 1) / 2
	if t.lines[cut-1].target == nil {
		cut--
	}
	left, right := t.lines[:cut], t.lines[cut:]
	if first := right[0].target; first != nil && first.Scenario != "" {
		name := line{scenario: first.Scenario + ", continued"}
		right = append([]line{name}, right...)
	}
	return [][]line{left, right}
}

// Draw lays the rows out from the top, in one column or two.
func (t *rows) Draw(area draw.Canvas, l page.Look) {
	columns, size, gap, each := t.columns(l), l.Text, 1.2*l.Text, 0
	if len(columns) > 1 && !l.Grows {
		size = 0.7 * l.Text // labels need the room
	}
	for _, lines := range columns {
		each = max(each, len(lines))
	}
	wide := (area.Size().X - gap*vg.Length(len(columns)-1)) / vg.Length(len(columns))
	high := min(area.Size().Y/vg.Length(each), rowHeight*l.Text)
	size = t.size(min(0.72*high, size), wide, l)
	for column, lines := range columns {
		for n, line := range lines {
			x := area.Min.X + vg.Length(column)*(wide+gap)
			y := area.Max.Y - vg.Length(n+1)*high
			room := draw.Canvas{Canvas: area.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + wide, Y: y + high},
			}}
			row := row{line.target, l, size}
			if line.target == nil {
				row.write(room, line.scenario, l.Muted)
				continue
			}
			row.draw(room)
		}
	}
}

// textLeast is the smallest type of a row, as a share of the theme's text.
const textLeast = 0.6

// size returns the type, of that size at most, in which every label has room in its row.
func (t *rows) size(most, wide vg.Length, l page.Look) vg.Length {
	size := most
	for n := range t.lines {
		if t.lines[n].target == nil {
			continue
		}
		for size > textLeast*l.Text {
			row := row{t.lines[n].target, l, size}
			if page.Width(row.What, size) <= row.label(wide) {
				break
			}
			size *= 0.98
		}
	}
	return size
}

// numberText prints four significant digits, and four decimals at most.
func numberText(v float64) string {
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

// row is one of them: what, published, axis, ours.
type row struct {
	*stored.Target
	look page.Look
	size vg.Length // of its type
}

// base is the line on which its type stands.
func (r row) base(c draw.Canvas) vg.Length {
	return c.Min.Y + c.Size().Y/2 - 0.35*r.size
}

// write begins the row with a text.
func (r row) write(c draw.Canvas, text string, ink color.Color) {
	page.Write(c, text, r.size, ink, vg.Point{X: c.Min.X, Y: r.base(c)})
}

// number is how wide the columns of numbers are, with a gap.
func (r row) number() vg.Length { return page.Width("0.0000", r.size) + 0.4*r.size }

// axisShare is how much of a row its axis has.
const axisShare = 0.27

// label is how much room a row so wide has for its label.
func (r row) label(across vg.Length) vg.Length {
	return across - axisShare*across - 2*r.number() - 0.4*r.size
}

// draw draws the row with the axis at its place.
func (r row) draw(c draw.Canvas) {
	end := c.Max.X - r.number()
	r.drawAt(c, end-axisShare*c.Size().X, end)
}

// drawAt draws the row with its axis from one x to another.
func (r row) drawAt(c draw.Canvas, from, to vg.Length) {
	l, base := r.look, r.base(c)
	r.write(c, page.Fit(r.What, r.size, from-r.number()-0.4*r.size-c.Min.X), l.Ink)
	right := func(s string, end vg.Length, ink color.Color) {
		page.Write(c, s, r.size, ink, vg.Point{X: end - page.Width(s, r.size), Y: base})
	}
	right(numberText(r.Published), from-0.4*r.size, l.Muted)
	if !r.Measured() {
		text := page.Fit("not measured", r.size, c.Max.X-from)
		page.Write(c, text, r.size, l.Muted, vg.Point{X: from + 0.4*r.size, Y: base})
		return
	}
	right(numberText(*r.Ours), c.Max.X, verdictPen(l, r.Verdict).Color)
	r.drawAxis(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: from, Y: c.Min.Y}, Max: vg.Point{X: to, Y: c.Max.Y},
	}})
}

// drawAxis draws band, published value, interval and mark.
func (r row) drawAxis(c draw.Canvas) {
	axis := newAxis(c, r.look)
	axis.drawBand(r.BandAt())
	if r.CI95 != nil {
		axis.drawInterval(number.Interval{Low: r.Place(r.CI95[0]), High: r.Place(r.CI95[1])},
			r.Verdict)
	}
	axis.drawMark(r.Place(*r.Ours), r.Verdict)
}
