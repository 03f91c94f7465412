package stats

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

func TestStatisticsAgainstGonum(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	seeds := make([][]int64, 4)
	var all []float64
	for n := range seeds {
		for range 250 {
			v := int64(r.Uint64n(40)) + 1
			seeds[n] = append(seeds[n], v)
			all = append(all, float64(v)/10)
		}
	}
	s := Of(seeds, 10, true)
	mean, sd := stat.MeanStdDev(all, nil)
	require.Equal(t, 1000, s.N)
	require.InDelta(t, mean, float64(s.Mean), 1e-12)
	require.InDelta(t, sd, float64(s.SD), 1e-12)
	slices.Sort(all)
	for p, got := range map[float64]Number{0.05: s.P5, 0.25: s.P25, 0.5: s.P50, 0.75: s.P75,
		0.9: s.P90, 0.95: s.P95, 0.99: s.P99} {
		require.Equal(t, stat.Quantile(p, stat.Empirical, all, nil), float64(got), "p = %v", p)
	}
	for x := 1; x <= 40; x++ {
		require.Equal(t, stat.CDF(float64(x)/10, stat.Empirical, all, nil), float64(s.CDF[x-1]))
	}
}

// TestIntervalsCover draws means of a known distribution: 95 % of the intervals must hold it.
func TestIntervalsCover(t *testing.T) {
	r := protocol.NewRand(9, 9, 9)
	const trials = 4000
	held := 0
	for range trials {
		means := make([]float64, 5)
		for n := range means {
			p := (float64(r.Uint64()>>11) + 0.5) / (1 << 53)
			means[n] = distuv.UnitNormal.Quantile(p)
		}
		ci := Interval(means)
		if ci[0] <= 0 && 0 <= ci[1] {
			held++
		}
	}
	require.InDelta(t, 0.95, float64(held)/trials, 0.015)
	require.Nil(t, Interval([]float64{3}))
}

func TestNumbers(t *testing.T) {
	for v, want := range map[Number]string{
		Number(math.NaN()): "null", Number(math.Inf(1)): "null", 0.1 + 0.2: "0.3", 1e6: "1000000",
	} {
		got, err := v.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
}

// TestOrderDoesNotMatter is why the sums are exact.
func TestOrderDoesNotMatter(t *testing.T) {
	a := [][]int64{{5, 3, 9, 1}, {2, 2, 7}}
	b := [][]int64{{1, 3, 5, 9}, {7, 2, 2}}
	require.Equal(t, Of(a, 3, true), Of(b, 3, true))
	require.Zero(t, Of(nil, 1, true).N)
}
