package page

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"pgregory.net/rapid"

	"swarmlab/plots/number"
)

func TestRoundTicksLieInTheRange(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {0.93, 1}, {2.1, 3.9}, {0, 7e8}, {3e8, 9e8}, {5, 5.5}} {
		for most := 2; most <= 6; most++ {
			checkTicks(t, r, most)
		}
	}
}

func checkTicks(t *testing.T, r [2]float64, most int) {
	ticks := RoundTicks(r[0], r[1], most, func(v float64) string { return fmt.Sprint(v) })
	require.GreaterOrEqual(t, len(ticks), 2, "%v", r)
	require.LessOrEqual(t, len(ticks), max(most, 3), "%v", r)
	for _, tick := range ticks {
		require.GreaterOrEqual(t, tick.Value, r[0]*(1-1e-9))
		require.LessOrEqual(t, tick.Value, r[1]*(1+1e-9))
	}
}

func TestLinearTicksCoverAndStayFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		high := rapid.Float64Range(1e-6, 1e6).Draw(t, "high")
		ticks := LinearTicks(high, number.Significant)
		require.LessOrEqual(t, len(ticks), 7)
		require.GreaterOrEqual(t, len(ticks), 3)
		require.Zero(t, ticks[0].Value)
		end := ticks[len(ticks)-1].Value
		require.GreaterOrEqual(t, end, high*(1-1e-6))
		require.LessOrEqual(t, end, 2*high)
	})
	require.NotEmpty(t, LinearTicks(0, number.Significant))
}

func TestLogTicksAreReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(1, 1e9).Draw(t, "low")
		high := low * rapid.Float64Range(4, 1e6).Draw(t, "ratio")
		ticks := LogTicks(low, high, number.Span)
		labels := slices.DeleteFunc(slices.Clone(ticks), plot.Tick.IsMinor)
		require.GreaterOrEqual(t, len(labels), 1)
		require.LessOrEqual(t, len(labels), 8)
		for _, tick := range ticks {
			require.GreaterOrEqual(t, tick.Value, low*(1-1e-6))
			require.LessOrEqual(t, tick.Value, high*(1+1e-6))
		}
	})
}

func TestIntegerTicks(t *testing.T) {
	require.Len(t, IntegerTicks(1, 5, 12), 5)
	require.LessOrEqual(t, len(IntegerTicks(0, 100, 12)), 12)
}
