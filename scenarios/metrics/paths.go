package metrics

import "swarmlab/scenarios/findings"

// pathMetrics have one observation a run. Their values are in perPath.
var pathMetrics = []Definition{
	{Name: "network.rtt_median_ms", Unit: "ms",
		Definition: "median round trip between two nodes drawn at random, with jitter, and " +
			"without access lines, queues and faults"},
	{Name: "network.rtt_mean_ms", Unit: "ms",
		Definition: "its mean"},
	{Name: "network.detours", Unit: "share",
		Definition: "share of triples of nodes that violate the triangle inequality: the round " +
			"trip between two of them is longer than the two over the third one together"},
}

func perPath(run *findings.Run, _ string, _ float64) []float64 {
	p := &run.Paths
	if p.Triples == 0 {
		return none(len(pathMetrics))
	}
	return []float64{p.Median, p.Mean, float64(p.Detours) / float64(p.Triples)}
}
