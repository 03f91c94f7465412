package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/metrics"
)

// TestCellsOfDifferentKinds compares a cell behind NATs with one that is not, where metrics are
// missing, and asks each metric there is for its mean in a run.
func TestCellsOfDifferentKinds(t *testing.T) {
	s, cells := made.Experiment(t)
	o := &Outcome{Scenario: s, Cells: cells}
	for _, cell := range cells {
		for seed := range uint64(2) {
			o.Runs = append(o.Runs, made.Run(cell.Index, 1+seed, 30))
		}
	}
	summary := Summarise(o)
	const gated = "nodes.reachable"
	require.NotContains(t, summary.Cells[0].Metrics, gated)
	require.Contains(t, summary.Cells[1].Metrics, gated)
	require.Len(t, summary.Comparisons, 1)
	require.NotContains(t, summary.Comparisons[0].Metrics, gated)
	require.Contains(t, summary.Comparisons[0].Metrics, "lookup.latency_ms")
	for _, d := range metrics.Definitions() {
		for _, run := range o.Runs {
			mean, err := metrics.RunMean(run, s, d.Name)
			require.NoError(t, err)
			sum, has := summary.Cells[run.Cell].Metrics[d.Name]
			require.Equal(t, has && sum.N > 0, !math.IsNaN(mean) && !math.IsInf(mean, 0), d.Name)
		}
	}
}

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
	// A share of nothing, or a count divided by it, says nothing of the other metrics.
	for n := range cells {
		cells[n].means["part"] = []float64{math.Inf(1), 1, math.NaN()}
	}
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
	for _, c := range all {
		require.NotContains(t, c.Metrics, "part")
		require.False(t, math.IsNaN(float64(c.Metrics["m"].Holm)))
	}

	d := all[4].Metrics["m"] // 5, 10, 25 against 3, 6, 9
	require.Equal(t, 3, d.N)
	mean, sd := stat.MeanStdDev([]float64{2, 4, 16}, nil)
	require.InDelta(t, mean, float64(d.Mean), 1e-9)
	require.InDelta(t, 2*4.302652729911275*sd/math.Sqrt(3), float64(d.CI95[1]-d.CI95[0]), 1e-6)
	require.InDelta(t, stat.Correlation([]float64{5, 10, 25}, []float64{3, 6, 9}, nil),
		float64(d.Correlation), 1e-12)
}
