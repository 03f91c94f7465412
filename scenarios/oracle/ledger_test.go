package oracle

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// debian is the sessions of the Debian torrent of 2005, in minutes, 70 % of which ended without a
// word.
var debian = Weibull{0.38, 42.4}

func TestUndercountAsPrinted(t *testing.T) {
	for _, c := range []struct{ abrupt, interval, percent float64 }{
		{0.7, 5, 0.9}, {0.7, 15, 2.3}, {0.7, 30, 4.1}, {0.7, 60, 7.1}, {1, 30, 5.8},
	} {
		// For an hour 7.1 is printed where the formula gives 7.19.
		require.InDelta(t, c.percent, 100*debian.Undercount(c.abrupt, c.interval), 0.09)
	}
	require.InDelta(t, 163.4, debian.Mean(), 0.1)
	require.InDelta(t, 16.2, debian.Quantile(0.5), 0.05)
}

// The closed form against the integral that it comes from.
func TestUndercountIsTheMean(t *testing.T) {
	for _, w := range []Weibull{debian, {0.59, 41.9}, {1, 10}, {3, 100}} {
		for _, interval := range []float64{1, 30, 1000} {
			const n = 100_000
			var lost, all float64
			for k := range n {
				l := w.Quantile((float64(k) + 0.5) / n)
				lost += l - interval*math.Floor(l/interval)
				all += l
			}
			require.InDelta(t, lost/all, w.Undercount(1, interval), 0.003, "%v %v", w, interval)
		}
	}
}

func TestEscapeAsPublished(t *testing.T) {
	require.Equal(t, 0.0, Escape(2, 1), "there is nobody else to audit")
	require.InDelta(t, 0.5, Escape(3, 1), 1e-12)
	for _, n := range []int{1000, 10_000, 100_000} {
		period := Escape(n, float64(n-1))
		require.InDelta(t, math.Exp(-1), period, 0.0005)
		require.InDelta(t, 0.950, 1-math.Pow(period, 3), 0.0005, "caught within three periods")
	}
}
