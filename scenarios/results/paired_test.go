package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"swarmlab/scenarios"
)

// TestComparisons: each cell is held against the first value of each axis, by the seeds that both
// have, and nothing else.
func TestComparisons(t *testing.T) {
	vary := scenarios.Vary{{Path: "a", Values: []string{"1", "2"}},
		{Path: "b", Values: []string{"x", "y", "z"}}}
	var cells []CellSummary
	for n := range 6 {
		if n == 4 { // has no finished run
			continue
		}
		cells = append(cells, CellSummary{Cell: n, Seeds: []uint64{1, 2, 3},
			means: map[string][]float64{"m": {float64(n), float64(2 * n), float64(n * n)}}})
	}
	cells[2].Seeds = []uint64{1, 3, 9}
	cells[1].means["m"][0] = math.NaN()
	var pairs [][3]int
	all := compare(vary, cells)
	for _, c := range all {
		axis := 0
		if c.Axis == "b" {
			axis = 1
		}
		pairs = append(pairs, [3]int{axis, c.Cell, c.Against})
	}
	require.Equal(t, [][3]int{{1, 1, 0}, {1, 2, 0}, {0, 3, 0}, {0, 5, 2}, {1, 5, 3}}, pairs)
	require.Equal(t, 2, all[0].Metrics["m"].N)
	require.Equal(t, 2, all[1].Metrics["m"].N)

	d := all[4].Metrics["m"] // 5, 10, 25 against 3, 6, 9
	require.Equal(t, 3, d.N)
	mean, sd := stat.MeanStdDev([]float64{2, 4, 16}, nil)
	require.InDelta(t, mean, float64(d.Mean), 1e-9)
	require.InDelta(t, 2*4.302652729911275*sd/math.Sqrt(3), float64(d.CI95[1]-d.CI95[0]), 1e-6)
	require.InDelta(t, stat.Correlation([]float64{5, 10, 25}, []float64{3, 6, 9}, nil),
		float64(d.Correlation), 1e-12)
}
