package studies

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// An axis is a setting that a sweep varied.
type axis struct {
	path   string
	name   string   // short, for people
	values []string // in rising order if they are numbers, or else in that of the run
	labels []string // of the values: what tells them apart
	// numbers are the values where all are above 0, durations in seconds; else nil.
	numbers []float64
	ruler   page.Ruler // of the places of the values
	usual   string     // the default: the value that the run has first
}

// axesOf returns the settings that the run varied, those of one value left out.
func axesOf(r *stored.Results) []axis {
	var all []axis
	if r.Study == nil {
		return nil
	}
	for _, path := range r.Study.Axes {
		a := axis{path: path, name: stored.ShortName(r.Cells[0].Set, path)}
		for _, c := range r.Cells {
			if v := fmt.Sprint(c.Set[path]); !slices.Contains(a.values, v) {
				a.values = append(a.values, v)
			}
		}
		if len(a.values) < 2 {
			continue
		}
		a.usual = a.values[0]
		a.read(r)
		all = append(all, a)
	}
	return all
}

// read makes labels and numbers of the values. Of a law, as exponential(5m), the label is what
// differs between the values, and the name has the rest.
func (a *axis) read(r *stored.Results) {
	before, after := commonEnds(a.values)
	if before != "" {
		a.name += " " + before + "…" + after
	}
	texts := map[string]string{}
	for _, v := range a.values {
		texts[v] = r.ShortClient(v[len(before) : len(v)-len(after)])
	}
	if numbers := numbersOf(texts); numbers != nil {
		slices.SortStableFunc(a.values, func(x, y string) int {
			return cmp.Compare(numbers[x], numbers[y])
		})
		for _, v := range a.values {
			a.numbers = append(a.numbers, numbers[v])
		}
	}
	for _, v := range a.values {
		a.labels = append(a.labels, texts[v])
	}
	const wide = 2.5
	last := len(a.values) - 1
	low, high := a.value(0), a.value(last)
	if a.numbers != nil && high/low >= wide {
		pad := math.Pow(high/low, 0.06)
		a.ruler = page.Ruler{Log: true, Low: low / pad, High: high * pad}
		return
	}
	pad := 0.08 * (high - low)
	a.ruler = page.Ruler{Log: false, Low: low - pad, High: high + pad}
}

// commonEnds returns what all of several laws begin and end with, up to and from a parameter.
func commonEnds(values []string) (before, after string) {
	before, after = values[0], values[0]
	for _, v := range values {
		for !strings.HasPrefix(v, before) {
			before = before[:len(before)-1]
		}
		for !strings.HasSuffix(v, after) {
			after = after[1:]
		}
	}
	before = before[:strings.LastIndexAny(before, "( ")+1]
	i := strings.IndexAny(after, ",)")
	if !strings.Contains(before, "(") || i < 0 {
		return "", ""
	}
	return before, after[i:]
}

// numbersOf reads all texts as numbers above 0, or returns nil.
func numbersOf(texts map[string]string) map[string]float64 {
	numbers := map[string]float64{}
	for v, text := range texts {
		x, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if d, e := time.ParseDuration(text); err != nil && e == nil {
			x, err = d.Seconds(), nil
		}
		if err != nil || !(x > 0) {
			return nil
		}
		numbers[v] = x
	}
	return numbers
}

// value returns where value i lies: numbers by their size, and others one by one.
func (a *axis) value(i int) float64 {
	if a.numbers != nil {
		return a.numbers[i]
	}
	return float64(i + 1)
}

// set gives a plot the axis, and labels its values as far as there is room.
func (a *axis) set(to *plot.Axis, across vg.Length, l page.Look) {
	last := len(a.values) - 1
	whole := a.ruler.At(a.ruler.High) - a.ruler.At(a.ruler.Low)
	label := func(i int) string { return page.Fit(a.labels[i], l.Text, across/2) }
	apart := func(i, j int) bool {
		room := across * vg.Length((a.ruler.At(a.value(j))-a.ruler.At(a.value(i)))/whole)
		return room > (page.Width(label(i), l.Text)+page.Width(label(j), l.Text))/2+0.35*l.Text
	}
	kept := []int{0}
	for i := 1; i < last; i++ {
		if apart(kept[len(kept)-1], i) && apart(i, last) {
			kept = append(kept, i)
		}
	}
	var ticks []plot.Tick
	for i := range a.values {
		t := plot.Tick{Value: a.value(i)}
		if i == last || slices.Contains(kept, i) {
			t.Label = label(i)
		}
		ticks = append(ticks, t)
	}
	a.ruler.Set(to, ticks)
}

// A point is one value of each axis.
type point map[string]string

// usual is the point of all defaults.
func usual(axes []axis) point {
	p := point{}
	for _, a := range axes {
		p[a.path] = a.usual
	}
	return p
}

// with returns the point moved to another value of one axis.
func (p point) with(path, value string) point {
	moved := point{}
	for k, v := range p {
		moved[k] = v
	}
	moved[path] = value
	return moved
}

// cellAt returns the cell at a point, or nil if it has none, as where all runs failed.
func cellAt(r *stored.Results, p point) *stored.Cell {
	for i := range r.Cells {
		matches := true
		for path, value := range p {
			matches = matches && fmt.Sprint(r.Cells[i].Set[path]) == value
		}
		if matches {
			return &r.Cells[i]
		}
	}
	return nil
}

// named writes some axes' values at a point, as in "alpha 3, k 8".
func (p point) named(axes []axis) string {
	var parts []string
	for _, a := range axes {
		parts = append(parts, a.label(p[a.path]))
	}
	return strings.Join(parts, ", ")
}

// label names one value of the axis with the axis.
func (a *axis) label(value string) string {
	label := a.labels[slices.Index(a.values, value)]
	if strings.HasSuffix(a.path, stored.ClientSetting) {
		return label
	}
	name, _, _ := strings.Cut(a.name, " ")
	return name + "\u00A0" + label
}

// pointOf returns where a cell is.
func pointOf(axes []axis, c *stored.Cell) point {
	p := point{}
	for _, a := range axes {
		p[a.path] = fmt.Sprint(c.Set[a.path])
	}
	return p
}

// departures names only what is not the default.
func (p point) departures(axes []axis) string {
	var others []axis
	for _, a := range axes {
		if p[a.path] != a.usual {
			others = append(others, a)
		}
	}
	return p.named(others)
}
