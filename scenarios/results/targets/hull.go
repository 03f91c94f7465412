package targets

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"swarmlab/scenarios"
)

// point is a cell on the plane of what it costs and how long it takes.
type point struct{ cost, time float64 }

// hull returns the least time that can be had at a cost, by the lower convex hull of the cells, as
// in Li et al., INFOCOM 2005: what lies between two configurations is had by running each for a
// part of the time. At more than the cost of the fastest cell it takes as long as that.
func hull(points []point, cost float64) (float64, bool) {
	slices.SortFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.time, b.time))
	})
	var lower []point
	for _, p := range points {
		if n := len(lower); n > 0 && p.time >= lower[n-1].time {
			continue
		}
		for n := len(lower); n > 1 && above(lower[n-2], lower[n-1], p); n-- {
			lower = lower[:n-1]
		}
		lower = append(lower, p)
	}
	n := len(lower)
	switch {
	case n == 0 || cost < lower[0].cost:
		return math.NaN(), false
	case cost >= lower[n-1].cost:
		return lower[n-1].time, true
	}
	i := slices.IndexFunc(lower, func(p point) bool { return p.cost > cost })
	a, b := lower[i-1], lower[i]
	share := (cost - a.cost) / (b.cost - a.cost)
	return a.time + float64(share*(b.time-a.time)), true
}

// above tells whether the middle one of three points, by cost, is on or above the line between the
// others.
func above(a, m, b point) bool {
	return float64((m.time-a.time)*(b.cost-a.cost)) >= float64((b.time-a.time)*(m.cost-a.cost))
}

// onHull returns a target's value of the hull of some cells, or says why there is none.
func onHull(t *scenarios.Target, cells []*Cell) (float64, string) {
	var points []point
	for _, c := range cells {
		cost := c.Metrics[t.Over]
		if cost.N == 0 {
			return math.NaN(), fmt.Sprintf("cell %d has no %s", c.Cell, t.Over)
		}
		points = append(points, point{float64(cost.Mean), float64(c.Metrics[t.Metric].P50)})
	}
	value, ok := hull(points, float64(t.At))
	if !ok {
		return math.NaN(), fmt.Sprintf("no cell has a %s of %v or less", t.Over, t.At)
	}
	return value, ""
}

// contest is one axis of the cells: of each value that can be had at the target's cost, the hull of
// the cells with it.
type contest struct {
	values []string
	times  []float64
}

// contestOf splits the cells by their values on an axis.
func contestOf(t *scenarios.Target, axis string, cells []*Cell) contest {
	groups := map[string][]*Cell{}
	var values []string
	for _, c := range cells {
		value := fmt.Sprint(c.Set[axis])
		if groups[value] == nil {
			values = append(values, value)
		}
		groups[value] = append(groups[value], c)
	}
	var all contest
	for _, value := range values {
		if time, why := onHull(t, groups[value]); why == "" {
			all.values, all.times = append(all.values, value), append(all.times, time)
		}
	}
	return all
}

// sway is how much an axis matters: the ratio of its worst value's time to its best one's.
func (c *contest) sway() float64 {
	if len(c.times) == 0 {
		return math.NaN()
	}
	return slices.Max(c.times) / slices.Min(c.times)
}

// best returns the value of the target's axis with which the hull is lowest at its cost. Durations
// count in seconds.
func best(t *scenarios.Target, cells []*Cell) (float64, string) {
	c := contestOf(t, t.Axis, cells)
	if len(c.times) == 0 {
		return math.NaN(), fmt.Sprintf("no cell has a %s of %v or less", t.Over, t.At)
	}
	text := c.values[slices.Index(c.times, slices.Min(c.times))]
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, ""
	}
	if d, err := time.ParseDuration(text); err == nil {
		return d.Seconds(), ""
	}
	return math.NaN(), fmt.Sprintf("%s is best, which is no number", text)
}

// rank returns how many of the other axes with several values sway the hull less at the target's
// cost than its own axis: 0 if it matters least.
func rank(t *scenarios.Target, cells []*Cell) (float64, string) {
	own := contestOf(t, t.Axis, cells)
	if len(own.values) < 2 {
		return math.NaN(), fmt.Sprintf("%s has fewer than two values at a %s of %v", t.Axis,
			t.Over, t.At)
	}
	below := 0.0
	for axis := range cells[0].Set {
		other := contestOf(t, axis, cells)
		if len(other.values) > 1 && other.sway() < own.sway() {
			below++
		}
	}
	return below, ""
}
