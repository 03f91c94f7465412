package netmodel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// tails calls f with probabilities from 2^-64 to 1/2, many in each octave.
func tails(f func(tail uint64, p float64)) {
	for octave := range 63 {
		for part := range uint64(64) {
			tail := uint64(1)<<octave + uint64(1)<<octave>>6*part
			f(tail, math.Ldexp(float64(tail), -64))
		}
	}
	f(1<<63, 0.5)
}

// The upper tail's area gives back the probability: the oracle is the error function, which is
// exact in the tail where the library's quantile is not.
func TestNormalTailAgainstErrorFunction(t *testing.T) {
	worst := 0.0
	tails(func(tail uint64, p float64) {
		z := toFloat(normalTail(tail))
		worst = max(worst, math.Abs(math.Erfc(z/math.Sqrt2)/2/p-1))
	})
	require.Less(t, worst, 1e-13)
}

func TestNormalTailAgainstGonum(t *testing.T) {
	compared := 0
	tails(func(tail uint64, p float64) {
		if p < 1e-9 {
			return
		}
		compared++
		z := toFloat(normalTail(tail))
		require.InDelta(t, distuv.UnitNormal.Quantile(1-p), z, 1e-6, "%g", p)
		require.InDelta(t, distuv.UnitNormal.Quantile(p), -z, 1e-6, "%g", p)
	})
	require.Greater(t, compared, 1500)
}

func TestNormalTailLimits(t *testing.T) {
	require.Equal(t, fixed(0), normalTail(1<<63))
	require.InDelta(t, 0, toFloat(normalTail(1<<63-1)), 1e-15)
	require.GreaterOrEqual(t, normalTail(1<<63-1), fixed(0))
	// Published: 1.959963984540054 for 2.5 %, 4.753424308822899 for 10^-6.
	require.InDelta(t, 1.959963984540054, toFloat(normalTail(461168601842738790)), 1e-14)
	require.InDelta(t, 4.753424308822899, toFloat(normalTail(18446744073710)), 1e-12)
}

// The series below 3 and the continued fraction above agree with each other and the error function.
func TestMillsJoinsAtThree(t *testing.T) {
	below, above := mills(3*one-1), mills(3*one)
	require.InDelta(t, 0, int64(above-below), 200) // 2.8e-15
	for i := fixed(0); i < 110; i++ {
		z := i * (one / 10)
		density := math.Exp(-toFloat(z)*toFloat(z)/2) / math.Sqrt(2*math.Pi)
		want := math.Erfc(toFloat(z)/math.Sqrt2) / 2 / density
		require.InEpsilon(t, want, toFloat(mills(z)), 1e-13, "%v", toFloat(z))
	}
}
