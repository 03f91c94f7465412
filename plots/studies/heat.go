package studies

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// heatMax is how many maps fit on a slide, with values that can be read.
const heatMax = 4

// Heat draws maps of the study's metrics over the first two axes.
func Heat(r *stored.Results, l page.Look) (*page.Figure, error) {
	axes := axesOf(r)
	if len(axes) < 2 {
		return &page.Figure{Skipped: "needs two settings that were varied, each with two values"},
			nil
	}
	measures, notes := measuresOf(r)
	if len(measures) == 0 {
		return &page.Figure{Skipped: "the run has none of the metrics of its study"}, nil
	}
	if len(measures) > heatMax {
		notes = append(notes, fmt.Sprintf("Of the metrics of the study these are the first %d.",
			heatMax))
		measures = measures[:heatMax]
	}
	f := &page.Figure{Line: 0.6 * l.Height, Data: studyTable(axes), Columns: min(len(measures), 2)}
	if len(axes) > 2 {
		notes = append(notes, fmt.Sprintf("The settings varied beside these, %s, are at their "+
			"defaults. The axes are those of vary, in its order.", usual(axes).named(axes[2:])))
	}
	f.About = studyAbout(axes, r.Cells, notes)
	f.About.Shows = "A map for each metric over the first two varied settings; all others are at " +
		"their defaults. The lighter, the better: from the worst to the best value of the map, " +
		"evenly, or by ratio where values differ tenfold. Frame: the default."
	for n, m := range measures {
		f.More = append(f.More, heatPlot(f, r, l, axes, m, n, len(measures)))
		for _, y := range axes[1].values {
			for _, x := range axes[0].values {
				at := usual(axes).with(axes[0].path, x).with(axes[1].path, y)
				if c := cellAt(r, at); c != nil {
					m.enter(&f.Data, axes, c)
				}
			}
		}
	}
	f.Plot, f.More = f.More[0], f.More[1:]
	f.Title = heatTitle(r, axes, measures[0])
	return f, nil
}

// tiles returns the map of a measure, and its values from the worst on.
func tiles(r *stored.Results, axes []axis, m measure) (all []page.Tile) {
	var values []float64
	var found []number.Measured
	for j, y := range axes[1].values {
		for i, x := range axes[0].values {
			at := usual(axes).with(axes[0].path, x).with(axes[1].path, y)
			t := page.Tile{X: float64(i), Y: float64(j),
				Usual: x == axes[0].usual && y == axes[1].usual}
			v, ok := m.of(cellAt(r, at))
			if ok {
				t.Text = m.show(v.Value)
				values = append(values, v.Value)
			}
			all, found = append(all, t), append(found, v)
		}
	}
	if len(values) == 0 {
		return all
	}
	low, high := slices.Min(values), slices.Max(values)
	for i := range all {
		all[i].Share = shareOf(found[i].Value, low, high)
		if !m.more {
			all[i].Share = 1 - all[i].Share
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

func heatPlot(
	f *page.Figure, r *stored.Results, l page.Look, axes []axis, m measure, n, of int,
) *plot.Plot {
	across := (l.Width-2*l.Margin)/vg.Length(f.Columns) - 4*l.Text
	pl := l.NewMap(m.heading(), f.Columns)
	if n%f.Columns == 0 {
		pl.Y.Label.Text = axes[1].name
	}
	if n+f.Columns >= of {
		pl.X.Label.Text = axes[0].name
	}
	wide, high := len(axes[0].values), len(axes[1].values)
	pl.X.Min, pl.X.Max, pl.Y.Min, pl.Y.Max = 0, float64(wide), 0, float64(high)
	tileWidth := across/vg.Length(wide) - 0.2*l.Text
	pl.X.Tick.Label.Font = page.Sans(page.FittingSize(axes[0].labels, l.Text, tileWidth))
	pl.X.Tick.Marker = page.MidTicks(axes[0].labels, pl.X.Tick.Label.Font.Size, tileWidth)
	pl.Y.Tick.Marker = page.MidTicks(axes[1].labels, l.Text, 0.15*l.Width)
	if n%f.Columns > 0 { // the maps of a line share their rows
		pl.Y.Tick.Marker = plot.ConstantTicks{}
	}
	pl.Add(page.HeatMap{Tiles: tiles(r, axes, m), Look: l})
	return pl
}

// heatTitle tells the best and the worst of the first metric.
func heatTitle(r *stored.Results, axes []axis, m measure) string {
	var best, worst *stored.Cell
	var top, bottom number.Measured
	for i := range r.Cells {
		c := &r.Cells[i]
		at := pointOf(axes[2:], c)
		if at.named(axes[2:]) != usual(axes).named(axes[2:]) {
			continue
		}
		v, ok := m.of(c)
		if ok && (best == nil || m.better(v.Value, top.Value)) {
			best, top = c, v
		}
		if ok && (worst == nil || m.better(bottom.Value, v.Value)) {
			worst, bottom = c, v
		}
	}
	if best == nil {
		return m.noun
	}
	return fmt.Sprintf("%s: from %s (%s) to %s (%s)", m.noun,
		m.full(bottom.Value), pointOf(axes, worst).named(axes[:2]),
		m.full(top.Value), pointOf(axes, best).named(axes[:2]))
}
