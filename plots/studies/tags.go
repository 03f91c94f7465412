package studies

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// A tag is the label of a dot.
type tag struct {
	at   plotter.XY
	text string
	rank int // lower ones are placed first; from 2 on, one without room is left out
}

// tags are labels that find places beside their dots where they hide neither dots nor each other.
type tags struct {
	tags []tag // by rank
	dots plotter.XYs
	line plotter.XYs // that they should not hide either
	look page.Look
}

const (
	optionalRank = 2

	farRings  = 7 // distances from its dot at which a text is tried
	nearRings = 3
)

func (t tags) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	var dots []vg.Point
	for _, d := range t.dots {
		dots = append(dots, vg.Point{X: x(d.X), Y: y(d.Y)})
	}
	dots = append(dots, along(t.line, x, y)...)
	var taken []vg.Rectangle
	for _, one := range t.tags {
		at := vg.Point{X: x(one.at.X), Y: y(one.at.Y)}
		size := 0.9 * t.look.Text
		text := page.Fit(one.text, size, 0.8*c.Size().X)
		rings := farRings
		if one.rank >= optionalRank {
			rings = nearRings
		}
		box, hidden, ok := t.place(c, at, text, size, rings, dots, taken)
		if !ok || hidden > 0 && one.rank >= optionalRank {
			continue
		}
		taken = append(taken, box)
		t.draw(c, at, box, text, size)
	}
}

// along returns points of a line, close together.
func along(line plotter.XYs, x, y func(float64) vg.Length) (all []vg.Point) {
	const steps = 24
	for i := 1; i < len(line); i++ {
		for n := range steps {
			share := float64(n) / steps
			all = append(all, vg.Point{
				X: x(line[i-1].X + share*(line[i].X-line[i-1].X)),
				Y: y(line[i-1].Y + share*(line[i].Y-line[i-1].Y)),
			})
		}
	}
	return all
}

// place returns where the text goes: inside the canvas and clear of other texts, where it hides the
// fewest dots, and nearest.
func (t tags) place(
	c draw.Canvas, at vg.Point, text string, size vg.Length, rings int, dots []vg.Point,
	taken []vg.Rectangle,
) (best vg.Rectangle, hidden int, found bool) {
	w, h := page.Width(text, size), 1.1*size
	for ring := range rings {
		away := t.look.Radius + vg.Length(0.5+1.1*float64(ring))*size
		for turn := range 16 {
			angle := float64(turn)*math.Pi/8 + math.Pi/4
			dx, dy := vg.Length(math.Cos(angle)), vg.Length(math.Sin(angle))
			middle := vg.Point{X: at.X + dx*(away+w/2), Y: at.Y + dy*(away+h/2)}
			box := vg.Rectangle{
				Min: vg.Point{X: middle.X - w/2, Y: middle.Y - h/2},
				Max: vg.Point{X: middle.X + w/2, Y: middle.Y + h/2},
			}
			if !contains(grown(c.Rectangle, -0.3*size), box) || overlapsAny(box, taken) {
				continue
			}
			n := 0
			for _, d := range dots {
				if within := grown(box, 0.8*t.look.Radius); holds(within, d) {
					n++
				}
			}
			if !found || n < hidden {
				best, hidden, found = box, n, true
			}
		}
	}
	return best, hidden, found
}

// draw writes the text, and ties it to its dot if that is far.
func (t tags) draw(c draw.Canvas, at vg.Point, box vg.Rectangle, text string, size vg.Length) {
	near := vg.Point{
		X: min(max(at.X, box.Min.X), box.Max.X),
		Y: min(max(at.Y, box.Min.Y), box.Max.Y),
	}
	apart := vg.Length(math.Hypot(float64(near.X-at.X), float64(near.Y-at.Y)))
	if apart > t.look.Radius+0.3*size {
		c.StrokeLine2(draw.LineStyle{Color: t.look.Ink, Width: t.look.Thin / 2},
			at.X, at.Y, near.X, near.Y)
	}
	c.SetColor(page.Faded(t.look.Background, 0.75))
	c.Fill(box.Path())
	page.Write(c, text, size, t.look.Ink, vg.Point{X: box.Min.X, Y: box.Min.Y + 0.3*size})
}

func contains(outer, inner vg.Rectangle) bool {
	return holds(outer, inner.Min) && holds(outer, inner.Max)
}

func holds(r vg.Rectangle, p vg.Point) bool {
	return p.X >= r.Min.X && p.X <= r.Max.X && p.Y >= r.Min.Y && p.Y <= r.Max.Y
}

func grown(r vg.Rectangle, by vg.Length) vg.Rectangle {
	return vg.Rectangle{
		Min: vg.Point{X: r.Min.X - by, Y: r.Min.Y - by},
		Max: vg.Point{X: r.Max.X + by, Y: r.Max.Y + by},
	}
}

func overlapsAny(box vg.Rectangle, taken []vg.Rectangle) bool {
	for _, o := range taken {
		if box.Min.X < o.Max.X && o.Min.X < box.Max.X && box.Min.Y < o.Max.Y &&
			o.Min.Y < box.Max.Y {
			return true
		}
	}
	return false
}

// A cross is the two intervals of a dot, as places on the axes.
type cross struct {
	at    plotter.XY
	x, y  *number.Interval
	style draw.LineStyle
}

func newCross(c *choice, p plane, style draw.LineStyle) cross {
	k := cross{at: p.at(c), style: style}
	if c.cost.Sure {
		ends := p.x.Clip(c.cost.CI)
		k.x = &ends
	}
	if c.worth.Sure {
		ends := p.y.Clip(c.worth.CI)
		k.y = &ends
	}
	return k
}

func (k cross) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	if k.x != nil {
		c.StrokeLine2(k.style, x(k.x.Low), y(k.at.Y), x(k.x.High), y(k.at.Y))
	}
	if k.y != nil {
		c.StrokeLine2(k.style, x(k.at.X), y(k.y.Low), x(k.at.X), y(k.y.High))
	}
}
