package targets

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"swarmlab/scenarios"
	"swarmlab/scenarios/stats"
)

// What a comparison with a published value may come to. None of them is a failure of the run.
const (
	Met         = "met"
	Missed      = "missed"
	NotMeasured = "not measured"
)

// Target is a published value beside ours: targets[] of summary.json.
type Target struct {
	What      string           `json:"what"`
	Metric    string           `json:"metric,omitempty"`
	Of        string           `json:"of"`
	Where     []string         `json:"where,omitempty"`
	Unit      string           `json:"unit,omitempty"`
	Kind      string           `json:"kind"` // oracle, simulation or field
	Source    string           `json:"source"`
	Published stats.Number     `json:"published"`
	Band      [2]stats.Number  `json:"band"` // of values that count as the published one
	Ours      stats.Number     `json:"ours"` // null if not measured
	CI95      *[2]stats.Number `json:"ci95"` // over seeds; null with one seed
	Deviation stats.Number     `json:"deviation"`
	Seeds     int              `json:"seeds"`
	Cells     []int            `json:"cells"`
	Verdict   string           `json:"verdict"`
	Why       string           `json:"why,omitempty"` // it was not measured
}

// Cell is what targets are compared with: a cell, and what each of its runs is alone.
type Cell struct {
	Cell     int
	Scenario *scenarios.Scenario
	Set      map[string]any // what was varied
	Nodes    int
	Seeds    []uint64
	Metrics  map[string]stats.Summary
	Alone    []map[string]stats.Summary // in the order of Seeds: intervals are made over these
}

// Compare holds the cells of an experiment, in their order, against published values.
func Compare(published []scenarios.Target, cells []Cell) []Target {
	var all []Target
	seeds := bySeed(cells)
	for n := range published {
		all = append(all, compareOne(&published[n], cells, seeds))
	}
	return all
}

// bySeed puts together, for each seed, what its runs in all cells are alone.
func bySeed(cells []Cell) [][]Cell {
	var seeds [][]Cell
	place := map[uint64]int{}
	for n := range cells {
		c := &cells[n]
		for i, metrics := range c.Alone {
			at, known := place[c.Seeds[i]]
			if !known {
				at = len(seeds)
				place[c.Seeds[i]], seeds = at, append(seeds, nil)
			}
			seeds[at] = append(seeds[at], Cell{
				Cell: c.Cell, Scenario: c.Scenario, Set: c.Set, Nodes: c.Nodes,
				Seeds: c.Seeds[i : i+1], Metrics: metrics,
			})
		}
	}
	return seeds
}

func compareOne(
	t *scenarios.Target, cells []Cell, seeds [][]Cell,
) Target {
	low, high := t.Band()
	r := Target{
		What: t.What, Metric: t.Metric, Of: string(t.Of), Kind: t.Kind, Source: t.Source,
		Published: stats.Number(t.Published),
		Band:      [2]stats.Number{stats.Number(low), stats.Number(high)},
		Cells:     []int{},
	}
	for _, set := range t.Where {
		r.Where = append(r.Where, set.Path+"="+set.Value)
	}
	above, below := sides(t, cells)
	for _, c := range above {
		r.Cells = append(r.Cells, c.Cell)
		r.Seeds = max(r.Seeds, len(c.Seeds))
		r.Unit = c.Metrics[t.Metric].Unit
	}
	ours, why := statistic(t, above, below)
	r.Ours, r.Deviation, r.Why = stats.Number(ours), stats.Number(ours)-r.Published, why
	switch t.Of {
	case scenarios.OfRatio:
		r.Unit = "ratio"
	case scenarios.OfBest:
		r.Unit = ""
	case scenarios.OfRank:
		r.Unit = "axes"
	}
	var each []float64
	for _, alone := range seeds {
		above, below := sides(t, alone)
		v, why := statistic(t, above, below)
		if why == "" {
			each = append(each, v)
		}
	}
	if r.CI95 = stats.Interval(each); t.Of == scenarios.OfMean && why == "" {
		r.CI95 = above[0].Metrics[t.Metric].CI95 // that of sequential stopping is wider
	}
	switch {
	case why != "":
		r.Verdict, r.CI95 = NotMeasured, nil
	case low <= ours && ours <= high:
		r.Verdict = Met
	default:
		r.Verdict = Missed
	}
	return r
}

// sides returns the cells that a target is about, and those below the line of a ratio.
func sides(t *scenarios.Target, cells []Cell) (above, below []*Cell) {
	above = pick(cells, t.Where)
	if t.Of != scenarios.OfRatio {
		return above, nil
	}
	if len(t.Against) == 0 {
		return above, above
	}
	return above, pick(cells, t.Against)
}

// pick returns the cells that have all these settings.
func pick(cells []Cell, where scenarios.Overrides) []*Cell {
	var picked []*Cell
	for n := range cells {
		if cells[n].Scenario.Has(where) {
			picked = append(picked, &cells[n])
		}
	}
	return picked
}

// statistic returns what a target compares, or says why there is no such thing.
func statistic(t *scenarios.Target, cells, against []*Cell) (value float64, why string) {
	nan := math.NaN()
	if t.Metric == "" {
		return nan, "nothing here measures it"
	}
	for _, c := range cells {
		if c.Metrics[t.Metric].N == 0 {
			return nan, fmt.Sprintf("cell %d has no %s", c.Cell, t.Metric)
		}
	}
	switch {
	case len(cells) == 0:
		return nan, "no cell has " + settingsText(t.Where)
	case t.Of == scenarios.OfSlope:
		return slope(t.Metric, cells)
	case t.Of == scenarios.OfHull:
		return onHull(t, cells)
	case t.Of == scenarios.OfBest:
		return best(t, cells)
	case t.Of == scenarios.OfRank:
		return rank(t, cells)
	case len(cells) > 1:
		return nan, fmt.Sprintf("%d cells fit, and one is compared", len(cells))
	case t.Of != scenarios.OfRatio:
		return one(t.Of, cells[0].Metrics[t.Metric]), ""
	case len(against) != 1:
		return nan, fmt.Sprintf("%d cells fit below the line, and a ratio has one", len(against))
	}
	over := cmp.Or(t.Over, t.Metric)
	below := against[0].Metrics[over]
	switch {
	case below.N == 0:
		return nan, fmt.Sprintf("cell %d has no %s", against[0].Cell, over)
	case below.Mean == 0:
		return nan, "the mean below the line is 0"
	}
	return float64(cells[0].Metrics[t.Metric].Mean) / float64(below.Mean), ""
}

func settingsText(where scenarios.Overrides) string {
	var parts []string
	for _, o := range where {
		parts = append(parts, o.Path+"="+o.Value)
	}
	return strings.Join(parts, " ")
}

// slope returns how much the mean grows with each tenfold of the nodes, by least squares.
func slope(metric string, cells []*Cell) (value float64, why string) {
	n, sx, sy, sxx, sxy := float64(len(cells)), 0.0, 0.0, 0.0, 0.0
	for _, c := range cells {
		x, y := math.Log10(float64(c.Nodes)), float64(c.Metrics[metric].Mean)
		sx, sy = sx+x, sy+y
		sxx, sxy = sxx+float64(x*x), sxy+float64(x*y)
	}
	spread := float64(n*sxx) - float64(sx*sx)
	if spread < 1e-9 {
		return math.NaN(), "a slope needs cells of different sizes"
	}
	return (float64(n*sxy) - float64(sx*sy)) / spread, ""
}

// one returns a statistic of one metric.
func one(of scenarios.Of, s stats.Summary) float64 {
	if n, ok := of.CDF(); ok {
		switch {
		case len(s.CDF) == 0:
			return math.NaN()
		case n > len(s.CDF):
			return 1
		}
		return float64(s.CDF[n-1])
	}
	known := map[string]stats.Number{"mean": s.Mean, "sd": s.SD, "min": s.Min, "max": s.Max}
	for p, v := range map[int]stats.Number{5: s.P5, 25: s.P25, 50: s.P50, 75: s.P75, 90: s.P90,
		95: s.P95, 99: s.P99} {
		known["p"+strconv.Itoa(p)] = v
	}
	v, ok := known[string(of)]
	if !ok {
		panic("targets: no statistic " + string(of))
	}
	return float64(v)
}
