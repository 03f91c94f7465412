package netmodel

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestLnGammaTail(t *testing.T) {
	compared := 0
	for a := 1.01; a <= 11; a += 0.37 {
		for x := a - 0.9; x < 30; x += 0.71 {
			want := math.Log(mathext.GammaIncRegComp(a, x))
			got := toFloat(lnGammaTail(fixed(a*float64(one)), fixed(x*float64(one))))
			if want > -1.5 {
				require.Greater(t, got, -2.5, "a %g x %g", a, x)
				continue
			}
			compared++
			require.InDelta(t, want, got, 0.06, "a %g x %g", a, x)
		}
	}
	require.Greater(t, compared, 500)
}

// TestTooHeavy finds by bisection the first law of a family that is refused, and holds it against
// the closed form in floats.
func TestTooHeavy(t *testing.T) {
	const longest, rarest = float64(spanMax), 0x1p-41
	refused := func(format string, v float64) bool {
		_, err := ParseSpan(fmt.Sprintf(format, v))
		if err != nil {
			require.ErrorContains(t, err, "too heavy a tail")
		}
		return err != nil
	}
	edge := func(format string, good, bad float64) float64 {
		require.False(t, refused(format, good), format)
		require.True(t, refused(format, bad), format)
		for math.Abs(bad/good-1) > 1e-4 {
			if middle := (good + bad) / 2; refused(format, middle) {
				bad = middle
			} else {
				good = middle
			}
		}
		return good
	}
	shape := edge("pareto(%.6f, 1s)", 2, 1.1)
	require.InDelta(t, 1e-3, math.Pow(rarest, 1-1/shape), 2e-5)
	sigma := edge("lognormal(1ms, %.6f)", 2, 6)
	rare := distuv.UnitNormal.Quantile(1 - rarest)
	require.InDelta(t, 1e-3, distuv.UnitNormal.Survival(rare-sigma), 2e-5)
	hours := edge("lognormal(%.3fh, 2)", 1, 170_000)
	away := math.Log(longest/(hours*3600e9)) / 2
	require.InDelta(t, 1e-3, distuv.UnitNormal.Survival(away-2), 2e-5)
	for _, k := range []float64{0.3, 0.59, 1, 3} {
		hours := edge(fmt.Sprintf("weibull(%g, ", k)+"%.3fh)", 0.001, 0.8*longest/3600e9/
			max(math.Gamma(1+1/k), 1))
		x := math.Pow(longest/(hours*3600e9), k)
		require.InEpsilon(t, 1e-3, mathext.GammaIncRegComp(1+1/k, x), 0.02, k)
	}
	require.False(t, refused("exponential(%.0fh)", 100_000))
	require.True(t, refused("exponential(%.0fh)", 1_000_000))
}

// TestParsingIsCheap: a file may hold any number of spans, and nobody may ever draw from them.
func TestParsingIsCheap(t *testing.T) {
	bytes := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			parseSpanOf(b, "weibull(0.59, 41.9m)")
		}
	}).AllocedBytesPerOp()
	require.Less(t, bytes, int64(2000), "tables have 330 KB")
}
