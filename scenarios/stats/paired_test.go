package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{nil, nil},
		{[]float64{0.2}, []float64{0.2}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // R's p.adjust
		{[]float64{0.5, 0.6, 0.001, 1}, []float64{1, 1, 0.004, 1}},
	} {
		got := Holm(c.p)
		require.Len(t, got, len(c.want))
		for n, want := range c.want {
			require.InDelta(t, want, got[n], 1e-12)
		}
	}
}

func TestPairedP(t *testing.T) {
	// R: t.test(c(2, 4, 16)): t = 1.6777, df = 2, p-value = 0.2354
	require.InDelta(t, 0.2354, PairedP([]float64{2, 4, 16}), 5e-4)
	require.InDelta(t, 0.2354, PairedP([]float64{-2, -4, -16}), 5e-4)
	require.EqualValues(t, 1, PairedP([]float64{0, 0, 0}))
	require.EqualValues(t, 0, PairedP([]float64{7, 7, 7}))
}

// TestHolmKeepsItsWord: where nothing differs, some p of twelve metrics is below 5 % in nearly half
// of all comparisons, and some corrected one in 5 % of them.
func TestHolmKeepsItsWord(t *testing.T) {
	const times, metrics, seeds = 4000, 12, 10
	r := rand.New(rand.NewPCG(1, 2))
	plain, corrected := 0, 0
	for range times {
		all := make([]float64, metrics)
		for m := range all {
			apart := make([]float64, seeds)
			for n := range apart {
				apart[n] = r.NormFloat64()
			}
			all[m] = PairedP(apart)
		}
		if slices.Min(all) < Alpha {
			plain++
		}
		if slices.Min(Holm(all)) < Alpha {
			corrected++
		}
	}
	deviation := func(p float64) float64 { return 4 * math.Sqrt(times*p*(1-p)) }
	many := 1 - math.Pow(1-Alpha, metrics)
	require.InDelta(t, times*many, plain, deviation(many))
	few := 1 - math.Pow(1-Alpha/metrics, metrics)
	require.InDelta(t, times*few, corrected, deviation(few))
}
