package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
)

// TestErrorsOfACensus works the estimates out by hand: 100 could answer, two crawls found 80 each,
// 64 of them alike, which is what chance gives, and 8 of 10 planted ones.
func TestErrorsOfACensus(t *testing.T) {
	w := findings.Crawled{Ended: 5e9, Queries: 300, Online: 250, Reachable: 100, Heard: 275,
		HeardOnline: 220, Answered: 80, Planted: 10, PlantedHeard: 10, PlantedAnswered: 8,
		NetworkOnline: 1000, NetworkReachable: 400}
	run := &findings.Run{Census: &findings.Census{Zone: 2, Crawls: []findings.Crawled{w, w},
		Both: []int{64}}}
	require.InDeltaSlice(t, []float64{
		5, 300, 250, 100, 275, 80, 0.8, -0.2, 0,
		(81*81/65.0-1)/100 - 1,
		80/250.0 - 1, 0.1, 55 / 275.0, 0,
	}, perCensus(run, AnyClient, 0), 1e-12)
	require.InDelta(t, 0, perCensus(run, AnyClient, 0)[9], 0.002)

	run.Census.Crawls, run.Census.Both = run.Census.Crawls[:1], nil
	run.Census.Crawls[0].Planted, run.Census.Crawls[0].PlantedAnswered = 0, 0
	values := perCensus(run, AnyClient, 0)
	require.InDelta(t, -0.2, values[7], 1e-12)
	for _, n := range []int{6, 8, 9, 13} {
		require.True(t, math.IsNaN(values[n]), "%s needs a pair, or planted nodes",
			censusMetrics[n].Name)
	}
	for _, v := range perCensus(&findings.Run{}, AnyClient, 0) {
		require.True(t, math.IsNaN(v))
	}
}

func TestConnectivityCountsPatterns(t *testing.T) {
	c := &findings.Connectivity{}
	for n, p := range []findings.Probed{
		{Class: "open", Reciprocal: true, Transitive: true, Persistent: true},
		{Class: "symmetric", Reciprocal: true},
		{Class: "firewalled"},
		{Class: "open", Reciprocal: true, Transitive: true, Left: true},
		{Class: "open", Transitive: true},
	} {
		for range n + 1 {
			c.Count(p)
		}
	}
	require.Len(t, c.Probed, 5)
	values := perConnectivity(&findings.Run{Connectivity: c}, AnyClient, 0)
	require.InDeltaSlice(t, []float64{15, 7 / 15.0, 10 / 15.0, 1 / 15.0, 1 / 15.0, 2 / 15.0,
		3 / 15.0, 4 / 15.0, 4 / 15.0}, values, 1e-12)
	for _, v := range perConnectivity(&findings.Run{}, AnyClient, 0) {
		require.True(t, math.IsNaN(v))
	}
}
