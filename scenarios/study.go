package scenarios

import (
	"slices"
	"strings"

	"swarmlab/netmodel"
)

// Study is what the figures of a sweep (sweep, heat and front) show. Their axes are those of Vary,
// in its order; the first value of each is taken for the default.
type Study struct {
	// Metrics are names of metrics.json, each for its mean, or with the end .p50, .p90 or .p99 for
	// that quantile.
	Metrics []string `yaml:"metrics"`
	Cost    string   `yaml:"cost"`  // what is paid, and
	Worth   string   `yaml:"worth"` // what for, as one of Metrics
	// Success is the least share of lookups that must succeed for a cell to be worth anything.
	Success netmodel.Probability `yaml:"success"`
}

// Floor is Success as a fraction of 1.
func (s *Study) Floor() float64 { return float64(s.Success) / float64(netmodel.Certain) }

// Measures returns the settings of a study that name a metric, by path, in the order of the file.
func (s *Study) Measures() (paths, measures []string) {
	for _, m := range s.Metrics {
		paths, measures = append(paths, "study.metrics"), append(measures, m)
	}
	return append(paths, "study.cost", "study.worth"), append(measures, s.Cost, s.Worth)
}

// CutQuantile splits what a study names into a metric and p50, p90 or p99, or nothing for the mean.
func CutQuantile(measure string) (metric, quantile string) {
	if dot := strings.LastIndexByte(measure, '.'); dot >= 0 {
		if end := measure[dot+1:]; slices.Contains([]string{"p50", "p90", "p99"}, end) {
			return measure[:dot], end
		}
	}
	return measure, ""
}
