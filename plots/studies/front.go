package studies

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A choice is one cell of a sweep by what it costs and what that is worth.
type choice struct {
	cell        *stored.Cell
	cost, worth number.Measured
	poor        bool // too few of its lookups succeed: no choice at all
	front       bool // no other is as good for less, or better for as little
	usual, knee bool
}

// Front draws each cell by its cost and worth, and those that no other beats in both.
func Front(r *stored.Results, l page.Look) (*page.Figure, error) {
	axes := axesOf(r)
	if len(axes) == 0 {
		return &page.Figure{Skipped: "needs a setting that was varied, with two values"}, nil
	}
	cost, worth := measureOf(r.Study.Cost, r.Cells), measureOf(r.Study.Worth, r.Cells)
	choices := choicesOf(r, axes, &cost, &worth)
	if len(choices) < 2 {
		return &page.Figure{Skipped: fmt.Sprintf("needs two cells that have both %s and %s",
			cost.name, worth.name)}, nil
	}
	f := &page.Figure{
		Plot: l.NewPlot(cost.heading(), worth.heading()),
		Data: studyTable(axes, "front", "default", "knee", "success"),
	}
	f.About = studyAbout(axes, r.Cells, nil)
	f.About.Shows = "Dots: cells. Line: the Pareto front, the cells that no other beats in " +
		"one of the two without being worse in the other. Whiskers, of cells on it and of the " +
		"default: 95 % interval. Labels tell what is not the default. The knee is the cell of " +
		"the front furthest from the straight line between its ends, where both scales are " +
		"logarithmic: beyond it a little more costs a lot."
	addChoices(f, l, axes, choices, setFrontScales(f, choices, &cost, &worth))
	for _, c := range choices {
		for _, m := range []*measure{&cost, &worth} {
			m.enter(&f.Data, axes, c.cell, yes(c.front), yes(c.usual), yes(c.knee), yes(!c.poor))
		}
	}
	if n := r.Study.Success; n > 0 {
		f.About.Notes = append(f.About.Notes, fmt.Sprintf("Small faint dots are no choice: less "+
			"than %s of their lookups succeed.", number.Percent(n)))
		f.Legend = append(f.Legend, page.LegendEntry{Label: "under " + number.Percent(n) +
			" succeed",
			Marker: &page.Points{Marker: page.Marker{Corners: 30}, Radius: 0.5 * l.Radius,
				Fill: page.Faded(l.Muted, 0.5), Rim: l.Background}})
	}
	f.Title = frontTitle(axes, choices, &cost, &worth)
	return f, nil
}

// yes writes a flag into a table.
func yes(flag bool) any {
	if flag {
		return 1
	}
	return 0
}

// choicesOf returns the cells that have both measures, cheapest first.
func choicesOf(r *stored.Results, axes []axis, cost, worth *measure) (all []choice) {
	standard := cellAt(r, usual(axes))
	for i := range r.Cells {
		c := choice{cell: &r.Cells[i], usual: &r.Cells[i] == standard}
		var ok, also bool
		c.cost, ok = cost.of(c.cell)
		c.worth, also = worth.of(c.cell)
		c.poor = r.Study.Success > 0 && c.cell.Metrics[stored.SuccessMetric].Mean < r.Study.Success
		if ok && also {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b choice) int {
		switch {
		case a.cost.Value != b.cost.Value && cost.better(a.cost.Value, b.cost.Value):
			return -1
		case a.cost.Value != b.cost.Value:
			return 1
		case worth.better(a.worth.Value, b.worth.Value):
			return -1
		}
		return cmp.Compare(a.cell.Cell, b.cell.Cell)
	})
	for i := range all {
		all[i].front = !all[i].poor && !slices.ContainsFunc(all[:i], func(c choice) bool {
			return !c.poor && !worth.better(all[i].worth.Value, c.worth.Value)
		})
	}
	markKnee(all)
	return all
}

// markKnee finds the point of the front that is furthest from the line between the ends. Both axes
// are logarithms where all is above 0, and have the length 1.
func markKnee(all []choice) {
	var x, y []float64
	var of []int
	for i, c := range all {
		if c.front {
			x, y, of = append(x, c.cost.Value), append(y, c.worth.Value), append(of, i)
		}
	}
	unit(x)
	unit(y)
	best, at := 0.0, -1
	for i := range of {
		last := len(of) - 1
		// The line from (x0, y0) to the last point leaves it so far to one side.
		away := math.Abs((x[last]-x[0])*(y[i]-y[0]) - (y[last]-y[0])*(x[i]-x[0]))
		if away > best+1e-9 {
			best, at = away, of[i]
		}
	}
	if at >= 0 {
		all[at].knee = true
	}
}

// unit maps values to 0..1, by ratio where all are above 0.
func unit(v []float64) {
	if len(v) > 0 && slices.Min(v) > 0 {
		for i := range v {
			v[i] = math.Log(v[i])
		}
	}
	if len(v) == 0 {
		return
	}
	low, high := slices.Min(v), slices.Max(v)
	for i := range v {
		v[i] = (v[i] - low) / max(high-low, 1e-12)
	}
}

// A plane is the two rulers of a figure.
type plane struct{ x, y page.Ruler }

func (p plane) at(c *choice) plotter.XY {
	return plotter.XY{X: p.x.At(c.cost.Value), Y: p.y.At(c.worth.Value)}
}

// setFrontScales spans all dots, and the whiskers of those that have some.
func setFrontScales(f *page.Figure, choices []choice, cost, worth *measure) plane {
	const wide = 3
	var x, y []number.Measured
	for _, c := range choices {
		if !c.front && !c.usual {
			c.cost.Sure, c.worth.Sure = false, false
		}
		x, y = append(x, c.cost), append(y, c.worth)
	}
	p := plane{cost.rulerOf(x, wide), worth.rulerOf(y, wide)}
	p.x.Set(&f.Plot.X, cost.ticks(p.x))
	p.y.Set(&f.Plot.Y, worth.ticks(p.y))
	return p
}

// addChoices draws the dots by the first axis, the front beneath them, and the labels above.
func addChoices(f *page.Figure, l page.Look, axes []axis, choices []choice, p plane) {
	var front plotter.XYs
	for _, c := range choices {
		if c.front {
			front = append(front, p.at(&c))
		}
	}
	style := l.ModelPen().Line(l.Line)
	f.Plot.Add(page.Polyline{Points: front, Style: style})
	labels := tags{look: l, line: front}
	first := axes[0]
	byValue := len(first.values) <= page.SeriesMax
	for i, v := range first.values {
		pen := l.Pen(i)
		if !byValue {
			pen = l.Pen(0)
		}
		dots := page.Points{Marker: pen.Marker, Radius: 0.75 * l.Radius, Fill: pen.Color,
			Rim: l.Background}
		faint := dots
		faint.Radius, faint.Fill = 0.5*l.Radius, page.Faded(pen.Color, 0.35)
		for _, c := range choices {
			if fmt.Sprint(c.cell.Set[first.path]) != v {
				continue
			}
			at := p.at(&c)
			if c.poor {
				faint.At = append(faint.At, at)
			} else {
				dots.At = append(dots.At, at)
			}
			if c.front || c.usual {
				f.Plot.Add(newCross(&c, p, whiskerStyle(l, pen)))
			}
			if t, ok := c.tag(axes); ok {
				t.at = at
				labels.tags = append(labels.tags, t)
			}
			labels.dots = append(labels.dots, at)
		}
		f.Plot.Add(faint, dots)
		if byValue {
			f.Legend = append(f.Legend, page.LegendEntry{Label: first.label(v), Marker: &dots})
		}
	}
	f.Legend = append(f.Legend, page.LegendEntry{Label: "Pareto front", Line: style})
	slices.SortStableFunc(labels.tags, func(a, b tag) int { return cmp.Compare(a.rank, b.rank) })
	f.Plot.Add(labels)
}

// whiskerStyle is light, because whiskers of many dots cross each other.
func whiskerStyle(l page.Look, p page.Pen) draw.LineStyle {
	return draw.LineStyle{Color: page.Faded(p.Color, 0.5), Width: 0.8 * l.Thin}
}

// tag is the label of a choice: the default and the knee always have one, and the rest of the front
// where there is room.
func (c *choice) tag(axes []axis) (tag, bool) {
	text := pointOf(axes, c.cell).departures(axes)
	switch {
	case c.usual && c.knee:
		return tag{text: "default and knee: " + usual(axes).named(axes), rank: 0}, true
	case c.usual:
		return tag{text: "default: " + usual(axes).named(axes), rank: 0}, true
	case c.knee:
		return tag{text: "knee: " + text, rank: 1}, true
	case c.front:
		return tag{text: text, rank: 2}, true
	}
	return tag{}, false
}

// frontTitle tells what can be had for no more than the default costs.
func frontTitle(axes []axis, choices []choice, cost, worth *measure) string {
	i := slices.IndexFunc(choices, func(c choice) bool { return c.usual })
	if i < 0 || choices[i].poor {
		return worth.noun + " against " + lower(cost.noun)
	}
	standard, best := choices[i], choices[i]
	for _, c := range choices {
		if !c.poor && !cost.better(standard.cost.Value, c.cost.Value) &&
			worth.better(c.worth.Value, best.worth.Value) {
			best = c
		}
	}
	if best.cell == standard.cell {
		return fmt.Sprintf("Nothing beats the default at its cost: %s for %s",
			worth.full(standard.worth.Value), cost.full(standard.cost.Value))
	}
	return fmt.Sprintf("%s instead of %s, at no more %s than the default: %s",
		worth.full(best.worth.Value), worth.full(standard.worth.Value), lower(cost.noun),
		pointOf(axes, best.cell).departures(axes))
}
