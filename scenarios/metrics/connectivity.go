package metrics

import (
	"math"

	"swarmlab/scenarios/findings"
)

const jimenez = "Jimenez, Osmani, Knutsson, P2P 2009"

// connectivityMetrics are of runs with vantage nodes. Their values are in perConnectivity.
var connectivityMetrics = []Definition{
	{Name: "connectivity.nodes", Unit: "nodes",
		Definition: "nodes that came to a vantage node by themselves and were probed; one that " +
			"came to two counts twice"},
	{Name: "connectivity.reciprocity", Unit: "share", Source: jimenez + ": 80 %",
		Definition: "share of these nodes that answered a query from where they had sent one"},
	{Name: "connectivity.transitivity", Unit: "share", Source: jimenez + ": 40 %",
		Definition: "share that answered a query from another address, to which they had not sent"},
	{Name: "connectivity.persistence", Unit: "share", Source: jimenez + ": 44 %",
		Definition: "share that answered a second query from where they had sent one, minutes " +
			"after the first"},
	{Name: "connectivity.good", Unit: "share", Source: jimenez + ": a third",
		Definition: "share that answered all three"},
	{Name: "connectivity.first_only", Unit: "share", Source: jimenez + ": 31.3 %",
		Definition: "share that answered the first query only, as behind a port-restricted cone " +
			"or symmetric NAT"},
	{Name: "connectivity.silent", Unit: "share", Source: jimenez + ": 10.6 %",
		Definition: "share that answered none, as behind a firewall"},
	{Name: "connectivity.fleeting", Unit: "share", Source: jimenez + ": 2.7 %",
		Definition: "share that answered all but the last, as behind a full cone or gone"},
	{Name: "connectivity.left", Unit: "share",
		Definition: "truth: share that was down when it was asked for the last time"},
}

func perConnectivity(run *findings.Run, _ string, _ float64) []float64 {
	values := make([]float64, len(connectivityMetrics))
	if run.Connectivity == nil {
		for n := range values {
			values[n] = math.NaN()
		}
		return values
	}
	for _, p := range run.Connectivity.Probed {
		r, t, s := p.Reciprocal, p.Transitive, p.Persistent
		for n, counts := range []bool{true, r, t, s, r && t && s, r && !t && !s, !r && !t && !s,
			r && t && !s, p.Left} {
			if counts {
				values[n] += float64(p.Nodes)
			}
		}
	}
	for n := range values[1:] {
		values[n+1] /= values[0]
	}
	return values
}
