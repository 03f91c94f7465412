package lookups

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

// TestSlope: the published slope of the model for k=8, alpha=3, beta=2 is 0.641 hops a decade. Its
// distributions of hops are those of 1,000 nodes to a million.
func TestSlope(t *testing.T) {
	r := &stored.Results{}
	for i, cdf := range [][]float64{{.0626, .6784, .9990}, {.0089, .2134, .8795, .9998},
		{.0012, .0440, .4499, .9614, .9999}, {.0003, .0076, .1343, .6829, .9901}} {
		mean := 1.0
		for _, p := range cdf {
			mean += 1 - p
		}
		nodes := int(math.Pow10(i + 3))
		r.Cells = append(r.Cells, stored.Cell{Cell: i, Nodes: nodes,
			Set:     map[string]any{"groups.nodes.size": nodes},
			Metrics: map[string]stored.Metric{stored.HopMetric: {N: 1, Mean: mean}},
			Models:  map[string]stored.Model{stored.HopMetric: {Mean: mean}}})
	}
	arms := armsOf(r)
	require.Len(t, arms, 1)
	require.InDelta(t, 0.641, arms[0].slope(modelHops), 0.01)
}

func TestArms(t *testing.T) {
	r := &stored.Results{}
	for i, size := range []int{1000, 100, 10} {
		for j, alpha := range []int{1, 3} {
			r.Cells = append(r.Cells, stored.Cell{
				Cell: 2*i + j, Nodes: size,
				Set:     map[string]any{"groups.a.size": size, "groups.a.dht.alpha": alpha},
				Metrics: map[string]stored.Metric{stored.HopMetric: {N: 1, Mean: float64(alpha)}},
			})
		}
	}
	arms := armsOf(r)
	require.Len(t, arms, 2)
	require.Equal(t, "alpha = 1", arms[0].name)
	require.Equal(t, "alpha = 3", arms[1].name)
	require.Equal(t, []int{10, 100, 1000},
		[]int{arms[1].cells[0].Nodes, arms[1].cells[1].Nodes, arms[1].cells[2].Nodes})
}
