package lab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPaths holds the sample against the settings of the models.
func TestPaths(t *testing.T) {
	paths := func(model string) (median, mean, detours float64) {
		s := open(t, "quickstart", "network.latency", model, "network.jitter", "0s",
			"groups.nodes.size", "2000")
		network, err := newNetwork(s, 5)
		require.NoError(t, err)
		p := pathsOf(network, s.Nodes(), 5)
		require.EqualValues(t, triplesSeen, p.Triples)
		return p.Median, p.Mean, float64(p.Detours) / float64(p.Triples)
	}
	median, mean, detours := paths("{model: constant, delay: 50ms}")
	require.Equal(t, 100.0, median)
	require.InDelta(t, 100, mean, 1e-9)
	require.Zero(t, detours)

	median, mean, detours = paths("{model: uniform, low: 10ms, high: 90ms}")
	require.InDelta(t, 100, median, 2)
	require.InDelta(t, 100, mean, 2)
	// With sides 1 + 8u, u uniform: the longest exceeds the sum of the others by 8(w-u-v) > 1.
	// The volume of w > u+v+1/8 in the unit cube is (7/8)^3 / 6, for each of three.
	require.InDelta(t, 7*7*7/8.0/8/8/2, detours, 0.02)

	_, _, detours = paths("{model: coordinates}")
	require.Zero(t, detours)

	network, err := newNetwork(open(t, "quickstart"), 5)
	require.NoError(t, err)
	require.Zero(t, pathsOf(network, 2, 5))
}
