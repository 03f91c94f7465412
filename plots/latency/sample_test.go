package latency

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
)

// TestCurvesAreTheSample: at every vertex the share is that of the lookups within it, counted
// again, and large samples have as few vertices as there may be.
func TestCurvesAreTheSample(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{1, 2, 50, 3 * number.VerticesMax} {
		all := []Sample{{BySeed: make([][]int64, 2)}}
		for range n {
			seed := rnd.IntN(2)
			all[0].BySeed[seed] = append(all[0].BySeed[seed], 1+rnd.Int64N(int64(n)))
		}
		Sort(all)
		s := &all[0]
		require.Len(t, s.NS, n)
		curve := s.Thin(0.5)
		require.LessOrEqual(t, len(curve.Line), 1+number.VerticesMax)
		require.Zero(t, curve.Line[0].Y)
		for _, at := range curve.Line[1:] {
			within := 0
			for _, ns := range s.NS {
				if float64(ns) <= at.X {
					within++
				}
			}
			require.InDelta(t, float64(within)/float64(n), at.Y, 1e-12)
			require.LessOrEqual(t, s.Quantile(at.Y), at.X)
		}
		require.InDelta(t, 1, curve.Line[len(curve.Line)-1].Y, 1e-12)
		for i, at := range s.Marks() {
			require.Equal(t, Marked()[i], at.Y)
			require.Equal(t, s.Quantile(at.Y), at.X)
		}
	}
}
