package ledgers

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

// TestFoundAfter: cheats are found once both recall and precision are 0.9, and not before.
func TestFoundAfter(t *testing.T) {
	metrics := map[string]stored.Metric{}
	for n, both := range map[int][2]float64{100: {0.95, 0.5}, 200: {0.89, 1}, 400: {0.9, 0.9},
		800: {1, 1}} {
		metrics[detectionName("M3", n, "recall")] = stored.Metric{N: 3, Mean: both[0]}
		metrics[detectionName("M3", n, "precision")] = stored.Metric{N: 3, Mean: both[1]}
	}
	c := stored.Cell{Metrics: metrics}
	require.Equal(t, 400, foundAfter(c, []int{100, 200, 400, 800}))
	require.Equal(t, 0, foundAfter(c, []int{100, 200}))
	nobody := detectionName("M3", 400, "precision")
	metrics[nobody] = stored.Metric{} // nobody is accused
	require.Equal(t, 800, foundAfter(c, []int{100, 200, 400, 800}))
}
