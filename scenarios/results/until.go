package results

import (
	"fmt"
	"math"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// definition returns the entry of the dictionary, or nil.
func definition(name string) *Definition {
	for _, d := range Definitions() {
		if d.Name == name {
			return &d
		}
	}
	if d := auditDefinition(name); d != nil {
		return d
	}
	if d := claimDefinition(name); d != nil {
		return d
	}
	return swarmDefinition(name)
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
		d := definition(c.name)
		if d == nil {
			return s.Refuse(c.path, "there is no metric %q%s", c.name,
				scenarios.Suggest(c.name, metricNames()))
		}
		if c.path == "transient" && d.value == nil {
			return s.Refuse(c.path, "%s has one value a run; "+
				"name a metric of lookups, as in lookup.latency_ms", c.name)
		}
	}
	return checkStudy(s)
}

func metricNames() []string {
	var known []string
	for _, d := range Definitions() {
		known = append(known, d.Name)
	}
	return known
}

// RunMean returns the mean of a metric in one run; what was not observed is not a number.
func RunMean(run *findings.Run, s *scenarios.Scenario, metric string) (float64, error) {
	whole, err := run.Whole()
	if err != nil {
		return 0, err
	}
	return runMean(whole, definition(metric), time.Duration(s.Duration).Seconds()), nil
}

func runMean(run *findings.Run, d *Definition, seconds float64) float64 {
	for _, g := range runGroups() {
		for n := range g.metrics {
			if g.metrics[n].Name == d.Name {
				return g.values(run, anyClient, seconds)[n]
			}
		}
	}
	switch {
	case d.audited:
		if v, ok := auditValues(run.Audit)[d.Name]; ok {
			return v
		}
		return math.NaN()
	case d.claim != nil:
		return d.ofClaims(run)
	case d.peer != nil:
		return stats.Mean(d.ofPeers(run)) / peerScale
	case d.whole != nil:
		return d.ofSwarm(run, seconds)
	}
	var values []int64
	for n := range run.Lookups {
		l := &run.Lookups[n]
		if v, ok := d.value(l); ok && l.Kind == d.kind {
			values = append(values, v)
		}
	}
	return stats.Mean(values) / d.scale
}
