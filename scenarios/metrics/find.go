package metrics

import (
	"math"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// Find returns the metric of that name, with what stands in the blanks of the dictionary filled in,
// or nil.
func Find(name string) *Definition {
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

// Names returns the names of the dictionary, blanks and all.
func Names() []string {
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
	return MeanOf(whole, Find(metric), time.Duration(s.Duration).Seconds()), nil
}

// MeanOf is the mean of a metric in one whole run of so many seconds, or not a number.
func MeanOf(run *findings.Run, d *Definition, seconds float64) float64 {
	for _, g := range runGroups() {
		for n := range g.metrics {
			if g.metrics[n].Name == d.Name {
				return g.values(run, AnyClient, seconds)[n]
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
