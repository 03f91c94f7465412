package results

import "swarmlab/scenarios"

// StudySummary is what the figures of a sweep show: its axes, in the order of vary, and of each
// cell the metrics, what they cost, and the one that this is paid for. A metric's name stands for
// its mean, and with the end .p50, .p90 or .p99 for that quantile.
type StudySummary struct {
	Axes    []string `json:"axes"` // paths of settings
	Metrics []string `json:"metrics"`
	Cost    string   `json:"cost"`
	Worth   string   `json:"worth"`
}

// summariseStudy returns nil where nothing is varied.
func summariseStudy(s *scenarios.Scenario) *StudySummary {
	if len(s.Vary) == 0 {
		return nil
	}
	study := &StudySummary{Metrics: s.Study.Metrics, Cost: s.Study.Cost, Worth: s.Study.Worth}
	for _, axis := range s.Vary {
		study.Axes = append(study.Axes, axis.Path)
	}
	return study
}
