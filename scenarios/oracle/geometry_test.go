package oracle

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestHoldsAgreesWithTheSum(t *testing.T) {
	for _, n := range []int{1, 5, 998, 99_998} {
		for _, k := range []int{1, 8, 128} {
			for _, q := range []float64{0.5, 0.125, 0x1p-10, 0x1p-17} {
				law := distuv.Binomial{N: float64(n), P: q}
				sum := 0.0
				for m := range n + 1 {
					sum += law.Prob(float64(m)) * min(1, float64(k)/float64(m+1))
				}
				require.InDelta(t, sum, holds(n, k, q), 1e-7, "n %d k %d q %v", n, k, q)
			}
		}
	}
}

func TestEffectiveBitsAreTheFewest(t *testing.T) {
	for _, n := range []int{3, 1000, 100_000, 10_000_000} {
		for _, epsilon := range []float64{0.01, 0.001} {
			beyond := func(b int) float64 {
				p := math.Pow(2, -float64(b+1)) - math.Pow(2, -161)
				return 1 - distuv.Binomial{N: float64(n), P: p}.CDF(8)
			}
			b := effectiveBits(n, 8, epsilon)
			require.LessOrEqual(t, beyond(b), epsilon)
			if b > 1 {
				require.Greater(t, beyond(b-1), epsilon)
			}
		}
	}
}

// A bucket is chosen by its depth in the owner's table, b'-d.
func TestBucketSizesAreByDepth(t *testing.T) {
	m := Model{Nodes: 1e4, Buckets: []int{128, 64, 8}, Alpha: 1, Beta: 1}
	g, err := m.geometry()
	require.NoError(t, err)
	require.Equal(t, 128, g.size[g.bits])
	require.Equal(t, 64, g.size[g.bits-1])
	require.Equal(t, 8, g.size[g.bits-2])
	require.Equal(t, 8, g.size[0])
}
