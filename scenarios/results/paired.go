package results

import (
	"maps"
	"slices"

	"gonum.org/v1/gonum/stat"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/stats"
)

// Comparison is what one varied setting does, everything else being equal: a cell against the one
// that has the first value of that axis. Runs of both cells with the same seed share identities,
// network, sessions and workload, so that their difference varies less than each of them.
type Comparison struct {
	Axis    string                `json:"axis"` // the path of the setting
	Cell    int                   `json:"cell"`
	Against int                   `json:"against"` // the cell with the axis' first value
	Metrics map[string]Difference `json:"metrics"`
}

// Difference is that of the means of pairs of runs: cell less the one against.
type Difference struct {
	N    int              `json:"n"` // pairs: seeds with which both runs have the metric
	Mean stats.Number     `json:"mean"`
	CI95 *[2]stats.Number `json:"ci95"`
	// Correlation of the pairs: where it is not positive, common random numbers gain nothing. It
	// is null where one of the two does not vary.
	Correlation stats.Number `json:"correlation"`
	// P is how likely such a mean would be if the cells did not differ, by Student. Holm is the
	// same, corrected for the number of metrics in the comparison: who looks for what differs,
	// instead of at one metric chosen before, goes by it.
	P    stats.Number `json:"p"`
	Holm stats.Number `json:"p_holm"`
}

// compare makes all comparisons of a sweep.
func compare(vary scenarios.Vary, cells []CellSummary) []Comparison {
	byIndex := map[int]*CellSummary{}
	for n := range cells {
		byIndex[cells[n].Cell] = &cells[n]
	}
	var all []Comparison
	for n := range cells {
		c := &cells[n]
		stride := 1
		strides := make([]int, len(vary))
		for a := len(vary) - 1; a >= 0; a-- {
			strides[a] = stride
			stride *= len(vary[a].Values)
		}
		for a, axis := range vary {
			digit := c.Cell / strides[a] % len(axis.Values)
			base := byIndex[c.Cell-digit*strides[a]]
			if digit == 0 || base == nil {
				continue
			}
			if metrics := differences(c, base); len(metrics) > 0 {
				all = append(all, Comparison{axis.Path, c.Cell, base.Cell, metrics})
			}
		}
	}
	return all
}

func differences(c, base *CellSummary) map[string]Difference {
	all := map[string]Difference{}
	for name, means := range c.means {
		if base.means[name] == nil || metrics.Detail(name) {
			continue // as what NATs refuse, where there are none
		}
		var these, those, apart []float64
		for n, seed := range c.Seeds {
			for m, other := range base.Seeds {
				if a, b := means[n], base.means[name][m]; seed == other && stats.Finite(a) &&
					stats.Finite(b) {
					these, those, apart = append(these, a), append(those, b), append(apart, a-b)
				}
			}
		}
		if len(apart) >= 2 {
			mean, half := stats.Student(apart, stats.Alpha)
			all[name] = Difference{N: len(apart), Mean: stats.Number(mean),
				CI95:        stats.Around(mean, half),
				Correlation: stats.Number(stat.Correlation(these, those, nil)),
				P:           stats.Number(stats.PairedP(apart))}
		}
	}
	addHolm(all)
	return all
}

// addHolm corrects the p of all metrics of a comparison for there being many.
func addHolm(all map[string]Difference) {
	names := slices.Sorted(maps.Keys(all))
	p := make([]float64, len(names))
	for n, name := range names {
		p[n] = float64(all[name].P)
	}
	for n, corrected := range stats.Holm(p) {
		d := all[names[n]]
		d.Holm = stats.Number(corrected)
		all[names[n]] = d
	}
}

// addMeans notes the mean of each metric in each run.
func (c *CellSummary) addMeans(seconds float64, runs []*findings.Run) {
	c.means = map[string][]float64{}
	for _, d := range metrics.DefinitionsOf(runs) {
		if _, ok := c.Metrics[d.Name]; !ok {
			continue
		}
		for _, run := range runs {
			c.means[d.Name] = append(c.means[d.Name], metrics.MeanOf(run, &d, seconds))
		}
	}
}
