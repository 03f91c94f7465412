package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/stats"
)

// What a comparison with a published value may come to. None of them is a failure of the run.
const (
	TargetMet         = "met"
	TargetMissed      = "missed"
	TargetNotMeasured = "not measured"
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

// compare holds the results against the scenario's targets.
func (o *Outcome) compare(cells []CellSummary) []Target {
	var all []Target
	seeds := bySeed(cells)
	for n := range o.Scenario.Targets {
		all = append(all, o.compareOne(&o.Scenario.Targets[n], cells, seeds))
	}
	return all
}

// addAlone sums each run up alone: intervals are made over seeds.
func (c *CellSummary) addAlone(s *scenarios.Scenario, runs []*findings.Run) {
	seconds := time.Duration(s.Duration).Seconds()
	for n := range runs {
		c.alone = append(c.alone, metrics.Of(runs[n:n+1], metrics.AnyClient, seconds))
	}
}

// bySeed puts together, for each seed, what its runs in all cells are alone.
func bySeed(cells []CellSummary) [][]CellSummary {
	var seeds [][]CellSummary
	place := map[uint64]int{}
	for n := range cells {
		c := &cells[n]
		for i, metrics := range c.alone {
			at, known := place[c.Seeds[i]]
			if !known {
				at = len(seeds)
				place[c.Seeds[i]], seeds = at, append(seeds, nil)
			}
			seeds[at] = append(seeds[at], CellSummary{
				Cell: c.Cell, Set: c.Set, Nodes: c.Nodes, Seeds: c.Seeds[i : i+1],
				Metrics: metrics,
			})
		}
	}
	return seeds
}

// cell returns the cell of that number.
func (o *Outcome) cell(number int) *scenarios.Cell {
	n := slices.IndexFunc(o.Cells, func(c scenarios.Cell) bool { return c.Index == number })
	return &o.Cells[n]
}

func (o *Outcome) compareOne(
	t *scenarios.Target, cells []CellSummary, seeds [][]CellSummary,
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
	above, below := o.sides(t, cells)
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
		above, below := o.sides(t, alone)
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
		r.Verdict, r.CI95 = TargetNotMeasured, nil
	case low <= ours && ours <= high:
		r.Verdict = TargetMet
	default:
		r.Verdict = TargetMissed
	}
	return r
}

// sides returns the cells that a target is about, and those below the line of a ratio.
func (o *Outcome) sides(t *scenarios.Target, cells []CellSummary) (above, below []*CellSummary) {
	above = o.pick(cells, t.Where)
	if t.Of != scenarios.OfRatio {
		return above, nil
	}
	if len(t.Against) == 0 {
		return above, above
	}
	return above, o.pick(cells, t.Against)
}

// pick returns the cells that have all these settings.
func (o *Outcome) pick(cells []CellSummary, where scenarios.Overrides) []*CellSummary {
	var picked []*CellSummary
	for n := range cells {
		if o.cell(cells[n].Cell).Scenario.Has(where) {
			picked = append(picked, &cells[n])
		}
	}
	return picked
}

// statistic returns what a target compares, or says why there is no such thing.
func statistic(t *scenarios.Target, cells, against []*CellSummary) (value float64, why string) {
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
func slope(metric string, cells []*CellSummary) (value float64, why string) {
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
		panic("results: no statistic " + string(of))
	}
	return float64(v)
}
