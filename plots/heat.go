package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// heatMax is how many maps fit on a slide, with values that can be read.
const heatMax = 4

// A tile is one cell of a heat map, of size 1, and its value in words.
type tile struct {
	x, y  float64 // lower left corner
	text  string  // empty: the run has no such value
	share float64 // of the way from the worst to the best
	usual bool    // the default, which has a frame
}

// heatFigure draws maps of the study's metrics over the first two axes.
func heatFigure(r *results, l look) (*figure, error) {
	axes := r.axes()
	if len(axes) < 2 {
		return &figure{skipped: "needs two settings that were varied, each with two values"}, nil
	}
	measures, notes := r.measures()
	if len(measures) == 0 {
		return &figure{skipped: "the run has none of the metrics of its study"}, nil
	}
	if len(measures) > heatMax {
		notes = append(notes, fmt.Sprintf("Of the metrics of the study these are the first %d.",
			heatMax))
		measures = measures[:heatMax]
	}
	f := &figure{line: 0.6 * l.height, data: studyTable(axes), columns: min(len(measures), 2)}
	if len(axes) > 2 {
		notes = append(notes, fmt.Sprintf("The settings varied beside these, %s, are at their "+
			"defaults. The axes are those of vary, in its order.", usual(axes).named(axes[2:])))
	}
	f.about = studyAbout(axes, r.Cells, notes)
	f.about.shows = "A map for each metric over the first two varied settings; all others are at " +
		"their defaults. The lighter, the better: from the worst to the best value of the map, " +
		"evenly, or by ratio where values differ tenfold. Frame: the default."
	for n, m := range measures {
		f.more = append(f.more, f.heatPlot(r, l, axes, m, n, len(measures)))
		for _, y := range axes[1].values {
			for _, x := range axes[0].values {
				at := usual(axes).with(axes[0].path, x).with(axes[1].path, y)
				if c := r.find(at); c != nil {
					m.enter(&f.data, axes, c)
				}
			}
		}
	}
	f.plot, f.more = f.more[0], f.more[1:]
	f.title = heatTitle(r, axes, measures[0])
	return f, nil
}

// tiles returns the map of a measure, and its values from the worst on.
func tiles(r *results, axes []axis, m measure) (all []tile) {
	var values []float64
	var found []measured
	for j, y := range axes[1].values {
		for i, x := range axes[0].values {
			at := usual(axes).with(axes[0].path, x).with(axes[1].path, y)
			t := tile{x: float64(i), y: float64(j),
				usual: x == axes[0].usual && y == axes[1].usual}
			v, ok := m.of(r.find(at))
			if ok {
				t.text = m.show(v.value)
				values = append(values, v.value)
			}
			all, found = append(all, t), append(found, v)
		}
	}
	if len(values) == 0 {
		return all
	}
	low, high := slices.Min(values), slices.Max(values)
	for i := range all {
		all[i].share = shareOf(found[i].value, low, high)
		if !m.more {
			all[i].share = 1 - all[i].share
		}
	}
	return all
}

// shareOf returns how far v is from low to high: by ratio, where they differ tenfold.
func shareOf(v, low, high float64) float64 {
	const wide = 10
	switch {
	case high == low:
		return 0.5
	case low > 0 && high/low > wide:
		return math.Log(v/low) / math.Log(high/low)
	}
	return (v - low) / (high - low)
}

func (f *figure) heatPlot(r *results, l look, axes []axis, m measure, n, of int) *plot.Plot {
	across := (l.width-2*l.margin)/vg.Length(f.columns) - 4*l.text
	pl := l.newMap(m.heading(), f.columns)
	if n%f.columns == 0 {
		pl.Y.Label.Text = axes[1].name
	}
	if n+f.columns >= of {
		pl.X.Label.Text = axes[0].name
	}
	wide, high := len(axes[0].values), len(axes[1].values)
	pl.X.Min, pl.X.Max, pl.Y.Min, pl.Y.Max = 0, float64(wide), 0, float64(high)
	tileWidth := across/vg.Length(wide) - 0.2*l.text
	pl.X.Tick.Label.Font = sans(fitting(axes[0].labels, l.text, tileWidth))
	pl.X.Tick.Marker = midTicks(axes[0].labels, pl.X.Tick.Label.Font.Size, tileWidth)
	pl.Y.Tick.Marker = midTicks(axes[1].labels, l.text, 0.15*l.width)
	if n%f.columns > 0 { // the maps of a line share their rows
		pl.Y.Tick.Marker = plot.ConstantTicks{}
	}
	pl.Add(heatMap{tiles(r, axes, m), l})
	return pl
}

// midTicks labels the middles of the tiles.
func midTicks(labels []string, size, most vg.Length) (ticks plot.ConstantTicks) {
	for i, label := range labels {
		ticks = append(ticks, plot.Tick{Value: float64(i) + 0.5, Label: fit(label, size, most)})
	}
	return ticks
}

// fitting returns the type size at which labels fit, if it can still be read.
func fitting(labels []string, size, most vg.Length) vg.Length {
	fits := size
	for _, label := range labels {
		if w := width(label, size); w > most {
			fits = min(fits, size*most/w)
		}
	}
	return max(fits, 0.6*size)
}

// A heatMap is tiles with their values in them.
type heatMap struct {
	tiles []tile
	look  look
}

func (h heatMap) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	gap := 0.06 * h.look.text
	size := h.size(0.8*(x(1)-x(0)), 0.72*(y(1)-y(0)))
	for _, t := range h.tiles {
		box := vg.Rectangle{
			Min: vg.Point{X: x(t.x) + gap, Y: y(t.y) + gap},
			Max: vg.Point{X: x(t.x+1) - gap, Y: y(t.y+1) - gap},
		}
		fill, ink := color.Color(h.look.grid), color.Color(h.look.muted)
		if t.text != "" {
			fill, ink = shade(t.share), shadeInk(t.share)
		}
		c.SetColor(fill)
		c.Fill(box.Path())
		if t.usual {
			h.frame(c, box, ink)
		}
		text := t.text
		if text == "" {
			text = "–"
		}
		write(c, text, size, ink, vg.Point{
			X: (box.Min.X + box.Max.X - width(text, size)) / 2,
			Y: (box.Min.Y+box.Max.Y)/2 - 0.35*size,
		})
	}
}

// size returns the type size at which every value fits into its tile.
func (h heatMap) size(wide, high vg.Length) vg.Length {
	size := min(h.look.text, high)
	for _, t := range h.tiles {
		if w := width(t.text, size); w > wide {
			size *= wide / w
		}
	}
	return size
}

// frame draws a line within the box.
func (h heatMap) frame(c draw.Canvas, box vg.Rectangle, ink color.Color) {
	in := 0.9 * h.look.thin
	box.Min.X, box.Min.Y = box.Min.X+in, box.Min.Y+in
	box.Max.X, box.Max.Y = box.Max.X-in, box.Max.Y-in
	c.SetColor(ink)
	c.SetLineWidth(1.2 * h.look.thin)
	c.SetLineDash(nil, 0)
	c.Stroke(box.Path())
}

// heatTitle tells the best and the worst of the first metric.
func heatTitle(r *results, axes []axis, m measure) string {
	var best, worst *cell
	var top, bottom measured
	for i := range r.Cells {
		c := &r.Cells[i]
		at := pointOf(axes[2:], c)
		if at.named(axes[2:]) != usual(axes).named(axes[2:]) {
			continue
		}
		v, ok := m.of(c)
		if ok && (best == nil || m.better(v.value, top.value)) {
			best, top = c, v
		}
		if ok && (worst == nil || m.better(bottom.value, v.value)) {
			worst, bottom = c, v
		}
	}
	if best == nil {
		return m.noun
	}
	return fmt.Sprintf("%s: from %s (%s) to %s (%s)", m.noun,
		m.full(bottom.value), pointOf(axes, worst).named(axes[:2]),
		m.full(top.value), pointOf(axes, best).named(axes[:2]))
}
