package oracle

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Computed from the formula of Stutzbach and Rejaie; eMule Kad is published as 6.98.
func TestBitsPerHop(t *testing.T) {
	for _, row := range []struct {
		k                   int
		guaranteed, m, bits float64
	}{
		{1, 1, 1.000, 2.000}, {8, 1, 3.421, 4.421}, {16, 1, 4.377, 5.377}, {20, 1, 4.690, 5.690},
		{128, 1, 7.338, 8.338}, {10, 3.25, 3.726, 6.976},
	} {
		require.InDelta(t, row.bits, BitsPerHop(row.k, row.guaranteed), 0.00051, "k %d", row.k)
		require.InDelta(t, row.m, BitsPerHop(row.k, 0), 0.00051, "k %d", row.k)
	}
	const large = 1 << 20
	require.InDelta(t, math.Log2(large)+0.3327, BitsPerHop(large, 0), 0.0001)
}

func TestHopsPerDecade(t *testing.T) {
	require.InDelta(t, 0.751, HopsPerDecade(BitsPerHop(8, 1)), 0.00051)
	require.InDelta(t, 0.584, HopsPerDecade(BitsPerHop(20, 1)), 0.00051)
}

// The two theories against each other, over six decades. Kad's buckets resolve several bits at
// once, which lets the slope oscillate with the size.
func TestSlopeOfTheModel(t *testing.T) {
	for _, row := range []struct {
		k          int
		kad        bool
		guaranteed float64
	}{{1, false, 1}, {8, false, 1}, {20, false, 1}, {128, false, 1}, {10, true, 3.25}} {
		mean := func(nodes int) float64 {
			m := plain(nodes, row.k, 1, 1)
			m.Kad = row.kad
			return Mean(cdfOf(t, m))
		}
		want := HopsPerDecade(BitsPerHop(row.k, row.guaranteed))
		require.InEpsilon(t, want, (mean(1e10)-mean(1e4))/6, 0.03, "%+v", row)
	}
}

// Monte Carlo slopes: k=8 alpha=1 0.749 from 10^4 to 10^7, k=20 alpha=1 0.590 from 10^5 to 10^7,
// k=8 alpha=3 beta=2 0.641 (here to 10^6).
func TestSlopeOfMonteCarlo(t *testing.T) {
	slope := func(k, alpha, beta, from, to int) float64 {
		small := Mean(cdfOf(t, plain(from, k, alpha, beta)))
		large := Mean(cdfOf(t, plain(to, k, alpha, beta)))
		return (large - small) / math.Log10(float64(to)/float64(from))
	}
	require.InEpsilon(t, 0.749, slope(8, 1, 1, 1e4, 1e7), 0.01)
	require.InEpsilon(t, 0.590, slope(20, 1, 1, 1e5, 1e7), 0.02)
	require.InEpsilon(t, 0.641, slope(8, 3, 2, 1e4, 1e6), 0.01)
}
