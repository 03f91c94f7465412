package stats

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// Quantiles of Kolmogorov's distribution as Smirnov tabulated them (1948).
func TestKolmogorov(t *testing.T) {
	for x, p := range map[float64]float64{
		1.2238: 0.10, 1.3581: 0.05, 1.6276: 0.01, 1.9495: 0.001, 0.8276: 0.5,
	} {
		require.InDelta(t, p, kolmogorov(x), 0.0002)
	}
	require.EqualValues(t, 1, kolmogorov(0))
	require.InDelta(t, 1, kolmogorov(0.2001), 1e-9)
	require.Less(t, kolmogorov(6), 1e-30)
}

// distance is the greatest distance of two distribution functions, by brute force.
func distance(a, b []float64) float64 {
	upTo := func(s []float64, x float64) float64 {
		n := 0
		for _, v := range s {
			if v <= x {
				n++
			}
		}
		return float64(n) / float64(len(s))
	}
	most := 0.0
	for _, x := range slices.Concat(a, b) {
		most = max(most, math.Abs(upTo(a, x)-upTo(b, x)))
	}
	return most
}

func hopsDrawn(r *protocol.Rand, n int, weights ...int) []int {
	counts := make([]int, len(weights))
	sum := 0
	for _, w := range weights {
		sum += w
	}
	for range n {
		at := r.Intn(sum)
		for h, w := range weights {
			if at -= w; at < 0 {
				counts[h]++
				break
			}
		}
	}
	return counts
}

func TestKolmogorovSmirnovAgainstBruteForce(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	for range 50 {
		a := expand(hopsDrawn(&r, 1+r.Intn(200), 3, 5, 2, 1))
		b := expand(hopsDrawn(&r, 1+r.Intn(200), 2, 5, 3, 1))
		require.InDelta(t, distance(a, b), float64(KolmogorovSmirnov(a, b).Statistic), 1e-12)
	}
}

// TestLevels draws many pairs of samples from one distribution: a test at 5 % finds a difference in
// at most 5 % of them, and one between different distributions nearly always.
func TestLevels(t *testing.T) {
	r := protocol.NewRand(4, 5, 6)
	const rounds = 2000
	var ks, chi, found int
	for range rounds {
		a, b := hopsDrawn(&r, 2000, 20, 60, 18, 2), hopsDrawn(&r, 1500, 20, 60, 18, 2)
		if KolmogorovSmirnov(expand(a), expand(b)).P <= 0.05 {
			ks++
		}
		if ChiSquare(a, b).P <= 0.05 {
			chi++
		}
		c := hopsDrawn(&r, 1500, 30, 55, 13, 2)
		if KolmogorovSmirnov(expand(a), expand(c)).P <= 0.01 {
			found++
		}
	}
	t.Logf("at 5 %%: Kolmogorov-Smirnov %d, chi-square %d of %d; at 1 %% a difference of 10 "+
		"points found %d times", ks, chi, rounds, found)
	require.Less(t, ks, rounds*5/100, "conservative, as hops are discrete")
	require.InDelta(t, rounds*5/100, chi, 4*math.Sqrt(rounds*0.05*0.95))
	require.Greater(t, found, rounds*9/10)
}

func TestChiSquareByHand(t *testing.T) {
	// Expected are 15, 30 and, from 5 and more, 5 of each sample; the last two classes join.
	c := ChiSquare([]int{10, 33, 6, 1}, []int{20, 27, 3, 0})
	want := 2*25.0/15 + 2*9.0/30 + 2*4.0/5
	require.InDelta(t, want, float64(c.Statistic), 1e-9)
	require.Equal(t, 2, c.Degrees)
	require.InDelta(t, math.Exp(-want/2), float64(c.P), 1e-9) // two degrees: exponential
	require.Equal(t, Test{P: 1}, ChiSquare([]int{50}, []int{40}))
	require.Equal(t, Test{P: 1}, ChiSquare(nil, nil))
}

// expand lists a sample of which the counts of 1, 2, ... are known.
func expand(counts []int) (sample []float64) {
	for n, count := range counts {
		for range count {
			sample = append(sample, float64(n+1))
		}
	}
	return sample
}
