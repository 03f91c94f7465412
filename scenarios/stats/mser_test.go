package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

// TestMSERByBruteForce computes the rule's formula for every cut.
func TestMSERByBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		values := make([]float64, 50+r.IntN(200))
		for i := range values {
			values[i] = r.NormFloat64() + 5*math.Exp(-float64(i)/10)
		}
		var means []float64
		for i := 0; i+5 <= len(values); i += 5 {
			means = append(means, stat.Mean(values[i:i+5], nil))
		}
		best, at := math.Inf(1), 0
		for d := range min(len(means)/2+1, len(means)-4) {
			rest := means[d:]
			mean, sum := stat.Mean(rest, nil), 0.0
			for _, v := range rest {
				sum += (v - mean) * (v - mean)
			}
			if e := sum / float64(len(rest)*len(rest)); e < best {
				best, at = e, d
			}
		}
		cut, _ := MSER(values)
		require.Equal(t, 5*at, cut)
	}
	rising := make([]float64, 100)
	for i := range rising {
		rising[i] = float64(i * i)
	}
	_, short := MSER(rising)
	require.True(t, short, "a run that never settles is too short")
	for n := range 60 {
		cut, _ := MSER(make([]float64, n))
		require.Zero(t, cut, "nothing varies, so nothing is cut")
	}
}
