package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// A choice is one cell of a sweep by what it costs and what that is worth.
type choice struct {
	cell        *cell
	cost, worth measured
	poor        bool // too few of its lookups succeed: no choice at all
	front       bool // no other is as good for less, or better for as little
	usual, knee bool
}

// frontFigure draws each cell by its cost and worth, and those that no other beats in both.
func frontFigure(r *results, l look) (*figure, error) {
	axes := r.axes()
	if len(axes) == 0 {
		return &figure{skipped: "needs a setting that was varied, with two values"}, nil
	}
	cost, worth := measureOf(r.Study.Cost, r.Cells), measureOf(r.Study.Worth, r.Cells)
	choices := r.choices(axes, &cost, &worth)
	if len(choices) < 2 {
		return &figure{skipped: fmt.Sprintf("needs two cells that have both %s and %s",
			cost.name, worth.name)}, nil
	}
	f := &figure{
		plot: l.newPlot(cost.heading(), worth.heading()),
		data: studyTable(axes, "front", "default", "knee", "success"),
	}
	f.about = studyAbout(axes, r.Cells, nil)
	f.about.shows = "Dots: cells. Line: the Pareto front, the cells that no other beats in " +
		"one of the two without being worse in the other. Whiskers, of cells on it and of the " +
		"default: 95 % interval. Labels tell what is not the default. The knee is the cell of " +
		"the front furthest from the straight line between its ends, where both scales are " +
		"logarithmic: beyond it a little more costs a lot."
	f.addChoices(l, axes, choices, f.setFrontScales(l, choices, &cost, &worth))
	for _, c := range choices {
		for _, m := range []*measure{&cost, &worth} {
			m.enter(&f.data, axes, c.cell, yes(c.front), yes(c.usual), yes(c.knee),
				yes(!c.poor))
		}
	}
	if n := r.Study.Success; n > 0 {
		f.about.notes = append(f.about.notes, fmt.Sprintf("Small faint dots are no choice: less "+
			"than %s of their lookups succeed.", percent(n)))
		f.legend = append(f.legend, legendEntry{label: "under " + percent(n) + " succeed",
			marker: &points{marker: marker{30, 0}, radius: 0.5 * l.radius,
				fill: faded(l.muted, 0.5), rim: l.background}})
	}
	f.title = frontTitle(axes, choices, &cost, &worth)
	return f, nil
}

// yes writes a flag into a table.
func yes(flag bool) any {
	if flag {
		return 1
	}
	return 0
}

// choices returns the cells that have both measures, cheapest first.
func (r *results) choices(axes []axis, cost, worth *measure) (all []choice) {
	standard := r.find(usual(axes))
	for i := range r.Cells {
		c := choice{cell: &r.Cells[i], usual: &r.Cells[i] == standard}
		var ok, also bool
		c.cost, ok = cost.of(c.cell)
		c.worth, also = worth.of(c.cell)
		c.poor = r.Study.Success > 0 && c.cell.Metrics[successMetric].Mean < r.Study.Success
		if ok && also {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b choice) int {
		switch {
		case a.cost.value != b.cost.value && cost.better(a.cost.value, b.cost.value):
			return -1
		case a.cost.value != b.cost.value:
			return 1
		case worth.better(a.worth.value, b.worth.value):
			return -1
		}
		return cmp.Compare(a.cell.Cell, b.cell.Cell)
	})
	for i := range all {
		all[i].front = !all[i].poor && !slices.ContainsFunc(all[:i], func(c choice) bool {
			return !c.poor && !worth.better(all[i].worth.value, c.worth.value)
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
			x, y, of = append(x, c.cost.value), append(y, c.worth.value), append(of, i)
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
type plane struct{ x, y ruler }

func (p plane) at(c *choice) plotter.XY {
	return plotter.XY{X: p.x.at(c.cost.value), Y: p.y.at(c.worth.value)}
}

// setFrontScales spans all dots, and the whiskers of those that have some.
func (f *figure) setFrontScales(l look, choices []choice, cost, worth *measure) plane {
	const wide = 3
	var x, y []measured
	for _, c := range choices {
		if !c.front && !c.usual {
			c.cost.sure, c.worth.sure = false, false
		}
		x, y = append(x, c.cost), append(y, c.worth)
	}
	p := plane{cost.rulerOf(x, wide), worth.rulerOf(y, wide)}
	p.x.set(&f.plot.X, cost.ticks(p.x, 5))
	p.y.set(&f.plot.Y, worth.ticks(p.y, 5))
	return p
}

// addChoices draws the dots by the first axis, the front beneath them, and the labels above.
func (f *figure) addChoices(l look, axes []axis, choices []choice, p plane) {
	var front plotter.XYs
	for _, c := range choices {
		if c.front {
			front = append(front, p.at(&c))
		}
	}
	style := l.modelPen().line(l.line)
	f.plot.Add(polyline{points: front, style: style})
	labels := tags{look: l, line: front}
	first := axes[0]
	byValue := len(first.values) <= seriesMax
	for i, v := range first.values {
		pen := l.pen(i)
		if !byValue {
			pen = l.pen(0)
		}
		dots := points{marker: pen.marker, radius: 0.75 * l.radius, fill: pen.color,
			rim: l.background}
		faint := dots
		faint.radius, faint.fill = 0.5*l.radius, faded(pen.color, 0.35)
		for _, c := range choices {
			if fmt.Sprint(c.cell.Set[first.path]) != v {
				continue
			}
			at := p.at(&c)
			if c.poor {
				faint.at = append(faint.at, at)
			} else {
				dots.at = append(dots.at, at)
			}
			if c.front || c.usual {
				f.plot.Add(newCross(&c, p, whiskerStyle(l, pen)))
			}
			if t, ok := c.tag(axes); ok {
				t.at = at
				labels.tags = append(labels.tags, t)
			}
			labels.dots = append(labels.dots, at)
		}
		f.plot.Add(faint, dots)
		if byValue {
			f.legend = append(f.legend, legendEntry{label: first.label(v), marker: &dots})
		}
	}
	f.legend = append(f.legend, legendEntry{label: "Pareto front", line: style})
	slices.SortStableFunc(labels.tags, func(a, b tag) int { return cmp.Compare(a.rank, b.rank) })
	f.plot.Add(labels)
}

// whiskerStyle is light, because whiskers of many dots cross each other.
func whiskerStyle(l look, p pen) draw.LineStyle {
	return draw.LineStyle{Color: faded(p.color, 0.5), Width: 0.8 * l.thin}
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
		if !c.poor && !cost.better(standard.cost.value, c.cost.value) &&
			worth.better(c.worth.value, best.worth.value) {
			best = c
		}
	}
	if best.cell == standard.cell {
		return fmt.Sprintf("Nothing beats the default at its cost: %s for %s",
			worth.full(standard.worth.value), cost.full(standard.cost.value))
	}
	return fmt.Sprintf("%s instead of %s, at no more %s than the default: %s",
		worth.full(best.worth.value), worth.full(standard.worth.value), lower(cost.noun),
		pointOf(axes, best.cell).departures(axes))
}
