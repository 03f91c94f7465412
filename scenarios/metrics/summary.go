package metrics

import (
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// Of sums up the lookups and nodes of one client, or all that there is.
func Of(runs []*findings.Run, client string, seconds float64) map[string]stats.Summary {
	metrics := map[string]stats.Summary{}
	for _, d := range Definitions() {
		if d.value == nil {
			continue
		}
		if s := summariseMetric(d, runs, client); s.N > 0 || d.kind == scenarios.KindLookup {
			s.Unit = d.Unit
			metrics[d.Name] = s
		}
	}
	for _, g := range runGroups() {
		if client != AnyClient && !g.byClient {
			continue
		}
		values := make([][]float64, len(runs))
		for n, run := range runs {
			values[n] = g.values(run, client, seconds)
		}
		for n, d := range g.metrics {
			addPerRun(metrics, d, values, n)
		}
	}
	if client == AnyClient {
		addSwarm(metrics, runs, seconds)
		addAudited(metrics, runs)
		addClaimMetrics(metrics, runs)
	}
	return metrics
}

// addPerRun adds the metric of that place in each run's values, if there is one.
func addPerRun(metrics map[string]stats.Summary, d Definition, runs [][]float64, place int) {
	var values []float64
	for _, run := range runs {
		if v := run[place]; stats.Finite(v) {
			values = append(values, v)
		}
	}
	if s := stats.OfRuns(values); s.N > 0 {
		s.Unit = d.Unit
		metrics[d.Name] = s
	}
}

func summariseMetric(d Definition, runs []*findings.Run, client string) stats.Summary {
	seeds := make([][]int64, len(runs))
	for n, run := range runs {
		for l := range run.Lookups {
			row := &run.Lookups[l]
			if row.Kind != d.kind || client != AnyClient && row.Client != client {
				continue
			}
			if v, ok := d.value(row); ok {
				seeds[n] = append(seeds[n], v)
			}
		}
	}
	return stats.Of(seeds, d.scale, d.counts)
}
