package results

import (
	"fmt"
	"slices"

	"swarmlab/scenarios"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/stats"
)

// StudySummary is what the figures of a sweep show: its axes, in the order of vary, and of each
// cell the metrics, what they cost, and the one that this is paid for. A metric's name stands for
// its mean, and with the end .p50, .p90 or .p99 for that quantile.
type StudySummary struct {
	Axes    []string     `json:"axes"` // paths of settings
	Metrics []string     `json:"metrics"`
	Cost    string       `json:"cost"`
	Worth   string       `json:"worth"`
	Success stats.Number `json:"success"` // the least share of lookups that must succeed
}

// summariseStudy returns nil where nothing is varied.
func summariseStudy(s *scenarios.Scenario) *StudySummary {
	if len(s.Vary) == 0 {
		return nil
	}
	study := &StudySummary{Metrics: s.Study.Metrics, Cost: s.Study.Cost, Worth: s.Study.Worth,
		Success: stats.Number(s.Study.Floor())}
	for _, axis := range s.Vary {
		study.Axes = append(study.Axes, axis.Path)
	}
	return study
}

// checkStudy refuses a study that names a metric, or a quantile, which does not exist.
func checkStudy(s *scenarios.Scenario) error {
	if len(s.Study.Metrics) == 0 {
		return s.Refuse("study.metrics", "names no metric; write some, as in [lookup.success]")
	}
	for i, measure := range s.Study.Metrics {
		if slices.Contains(s.Study.Metrics[:i], measure) {
			return s.Refuse("study.metrics", "%s is there twice; remove one", measure)
		}
	}
	paths, measures := s.Study.Measures()
	for i, measure := range measures {
		metric, quantile := scenarios.CutQuantile(measure)
		switch d := metrics.Find(metric); {
		case d == nil:
			return s.Refuse(paths[i], "there is no metric %q%s", measure,
				scenarios.Suggest(metric, metrics.Names()))
		case quantile != "" && !d.OfLookups():
			return s.Refuse(paths[i], "%s has one value a run, and so no %s of its own; "+
				"write %s", metric, quantile, metric)
		}
	}
	return nil
}

// CheckMetrics refuses a scenario that names a metric which does not exist, or of which there are
// not enough in a run.
func CheckMetrics(s *scenarios.Scenario) error {
	type mention struct{ path, name string }
	all := []mention{{"until.metric", s.Until.Metric}, {"transient", s.Transient}}
	for n := range s.Targets {
		t, path := &s.Targets[n], fmt.Sprintf("targets.%d", n)
		all = append(all, mention{path + ".metric", t.Metric}, mention{path + ".over", t.Over})
	}
	for _, c := range all {
		if c.name == "" {
			continue
		}
		d := metrics.Find(c.name)
		if d == nil {
			return s.Refuse(c.path, "there is no metric %q%s", c.name,
				scenarios.Suggest(c.name, metrics.Names()))
		}
		if c.path == "transient" && !d.OfLookups() {
			return s.Refuse(c.path, "%s has one value a run; "+
				"name a metric of lookups, as in lookup.latency_ms", c.name)
		}
	}
	return checkStudy(s)
}
