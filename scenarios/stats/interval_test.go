package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// replications is how often a calibration draws its experiment, and the room that chance leaves
// around 95 % in so many: three standard errors.
func replications() (n int, room float64) {
	if n = 4000; testing.Short() {
		n = 800
	}
	return n, 3 * math.Sqrt(.95*.05/float64(n))
}

// clustered draws the observations of some seeds: each seed has a level of its own.
func clustered(r *rand.Rand, seeds, each int) (bySeed [][]int64, all []int64) {
	for range seeds {
		level := r.NormFloat64()
		var values []int64
		for range each/2 + r.IntN(each) {
			values = append(values, int64(1e6*(10+level+2*r.NormFloat64())))
		}
		bySeed = append(bySeed, values)
		all = append(all, values...)
	}
	slices.Sort(all)
	return bySeed, all
}

// TestIntervalsAreHonest: on models whose truth is known, intervals hold it as often as they say.
func TestIntervalsAreHonest(t *testing.T) {
	n, room := replications()
	r := rand.New(rand.NewPCG(1, 2))
	var student5, order, median, p90 int
	truth := func(p float64) float64 {
		return 1e6 * distuv.Normal{Mu: 10, Sigma: math.Sqrt(5)}.Quantile(p)
	}
	holds := func(i *[2]int64, v float64) int {
		if i != nil && float64(i[0]) <= v && v <= float64(i[1]) {
			return 1
		}
		return 0
	}
	for range n {
		values, ints := make([]float64, 5), make([]int64, 30)
		for i := range values {
			values[i] = 3 + r.NormFloat64()
		}
		if mean, half := Student(values, Alpha); math.Abs(mean-3) <= half {
			student5++
		}
		for i := range ints {
			ints[i] = int64(1e6 * r.ExpFloat64())
		}
		slices.Sort(ints)
		order += holds(orderInterval(ints, .5), 1e6*math.Ln2)
		bySeed, all := clustered(r, 20, 60)
		median += holds(quantileInterval(bySeed, all, .5), truth(.5))
		p90 += holds(quantileInterval(bySeed, all, .9), truth(.9))
	}
	share := func(hits int) float64 { return float64(hits) / float64(n) }
	t.Logf("student %.4f, order %.4f, clustered median %.4f, clustered p90 %.4f", share(student5),
		share(order), share(median), share(p90))
	require.InDelta(t, .95, share(student5), room)
	require.GreaterOrEqual(t, share(order), .95-room)
	require.LessOrEqual(t, share(order), .98)
	require.InDelta(t, .95, share(median), .02)
	require.InDelta(t, .95, share(p90), .02)
}

func TestStudentAgainstGonum(t *testing.T) {
	values := []float64{3.1, 2.7, 9.4, 5.5, 4.2, 4.9}
	mean, half := Student(values, .01)
	wantMean, sd := stat.MeanStdDev(values, nil)
	require.InDelta(t, wantMean, mean, 1e-12)
	require.InDelta(t, 4.032142983557536*sd/math.Sqrt(6), half, 1e-9, "t of 5 degrees, 99.5 %")
	_, half = Student(values[:1], .05)
	require.True(t, math.IsInf(half, 1))
}

// TestOrderIntervalsByEnumeration adds up binomial probabilities by hand.
func TestOrderIntervalsByEnumeration(t *testing.T) {
	for n := 1; n <= 40; n++ {
		sorted := make([]int64, n)
		for i := range sorted {
			sorted[i] = int64(i)
		}
		for _, p := range []float64{.5, .9} {
			below := make([]float64, n+1) // P(k observations are below the quantile)
			for k := range below {
				below[k] = choose(n, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
			}
			tail := func(from, to int) (sum float64) {
				for k := from; k < to; k++ {
					sum += below[k]
				}
				return sum
			}
			low, high := -1, -1 // the innermost ends that miss with 2.5 % at most
			for i := range n {
				if tail(0, i+1) <= Alpha/2 {
					low = i
				}
				if high < 0 && tail(i+1, n+1) <= Alpha/2 {
					high = i
				}
			}
			got := orderInterval(sorted, p)
			if low < 0 || high < 0 {
				require.Nil(t, got, "%d %v", n, p)
				continue
			}
			require.Equal(t, &[2]int64{int64(low), int64(high)}, got, "%d %v", n, p)
		}
	}
	require.Nil(t, orderInterval([]int64{1, 2, 3, 4, 5}, .5), "five are too few for a median")
	require.Equal(t, &[2]int64{1, 6}, orderInterval([]int64{1, 2, 3, 4, 5, 6}, .5))
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}
