package studies

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// What the studies of these tests vary and measure.
const (
	sizePath      = "groups.nodes.dht.k"
	widthPath     = "groups.nodes.dht.alpha"
	timePath      = "groups.nodes.dht.refresh"
	trafficMetric = "traffic.bytes_per_node_s"
)

// TestFrontByTheDumbWay holds the front against its definition, for both senses of better.
func TestFrontByTheDumbWay(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		r := &stored.Results{Study: &stored.Study{Axes: []string{sizePath}}}
		for i := range 2 + rnd.IntN(30) {
			r.Cells = append(r.Cells, stored.Cell{Cell: i, Set: map[string]any{sizePath: i},
				Metrics: map[string]stored.Metric{
					trafficMetric:        {N: 1, Mean: float64(1 + rnd.IntN(12))},
					stored.LatencyMetric: {N: 1, Mean: float64(1 + rnd.IntN(12))},
					stored.SuccessMetric: {N: 1, Mean: float64(1+rnd.IntN(12)) / 12},
				}})
		}
		for _, worthName := range []string{stored.LatencyMetric, stored.SuccessMetric} {
			cost, worth := measureOf(trafficMetric, r.Cells), measureOf(worthName, r.Cells)
			require.Equal(t, worthName == stored.SuccessMetric, worth.more)
			r.Study.Success = []float64{0, 0.4}[rnd.IntN(2)]
			all := choicesOf(r, axesOf(r), &cost, &worth)
			require.Len(t, all, len(r.Cells))
			knees := 0
			for i, c := range all {
				require.Equal(t, c.cell.Metrics[stored.SuccessMetric].Mean < r.Study.Success,
					c.poor)
				beaten := c.poor
				for j, o := range all {
					noWorse := o.cost.Value <= c.cost.Value &&
						!worth.better(c.worth.Value, o.worth.Value)
					same := o.cost.Value == c.cost.Value && o.worth.Value == c.worth.Value
					beaten = beaten || !o.poor && (noWorse && !same || same && j < i)
				}
				require.Equal(t, !beaten, c.front)
				require.Equal(t, c.cell.Cell == 0, c.usual)
				if c.knee {
					knees++
					require.True(t, c.front)
				}
			}
			require.LessOrEqual(t, knees, 1)
		}
	}
}

// TestKnee: of 1/x on logarithmic scales no point is a knee; a corner is one.
func TestKnee(t *testing.T) {
	front := func(at ...plotter.XY) (all []choice) {
		for _, p := range at {
			all = append(all, choice{cost: number.Measured{Value: p.X},
				worth: number.Measured{Value: p.Y},
				front: true})
		}
		markKnee(all)
		return all
	}
	knee := func(c choice) bool { return c.knee }
	straight := front(plotter.XY{X: 1, Y: 8}, plotter.XY{X: 2, Y: 4}, plotter.XY{X: 4, Y: 2})
	require.False(t, slices.ContainsFunc(straight, knee))
	corner := front(plotter.XY{X: 1, Y: 9}, plotter.XY{X: 2, Y: 2}, plotter.XY{X: 3, Y: 1.8},
		plotter.XY{X: 9, Y: 1})
	require.Equal(t, 1, slices.IndexFunc(corner, knee))
	zero := front(plotter.XY{X: 0, Y: 9}, plotter.XY{X: 1, Y: 1}, plotter.XY{X: 9, Y: 0})
	require.Equal(t, 1, slices.IndexFunc(zero, knee), "zeros are no trouble")
}
