package plots

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"pgregory.net/rapid"
)

func TestNumbersAsText(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1\u00A0000", 10000: "10\u00A0000",
		1234567: "1\u00A0234\u00A0567",
	} {
		require.Equal(t, want, count(n))
	}
	for x, want := range map[float64]string{
		0: "0", 2.899: "2.9", 2.767: "2.77", 0.6412: "0.641", 412.4: "412", 1234: "1234", 20: "20",
		-0.012345: "-0.0123",
	} {
		require.Equal(t, want, significant(x))
	}
	for ns, want := range map[float64]string{
		412.4e6: "412\u00A0ms", 1.923e9: "1.92\u00A0s", 999.9e6: "1\u00A0s", 3e9: "3\u00A0s",
		2500: "2.5\u00A0µs", 7: "7\u00A0ns", 120e9: "120\u00A0s", 0: "0\u00A0ns",
	} {
		require.Equal(t, want, span(ns))
	}
	for share, want := range map[float64]string{
		0: "0\u00A0%", 0.2: "20\u00A0%", 0.8795: "87.95\u00A0%", 0.99999: "99.99\u00A0%",
		1: "100\u00A0%", 0.29: "29\u00A0%",
	} {
		require.Equal(t, want, percent(share))
	}
	require.Equal(t, "1–5, 9, 11–12", seedList([]uint64{9, 1, 2, 3, 4, 5, 12, 11, 1}))
	require.Equal(t, "18446744073709551615", seedList([]uint64{math.MaxUint64}))
	require.Equal(t, "1\u00A0GB", bytesText(1e9))
}

func TestWindows1252(t *testing.T) {
	require.Equal(t, "caf\xe9 \x96 \xa0?", windows1252("café – \u00A0语"))
}

func TestInterval95(t *testing.T) {
	got, ok := interval95([]float64{1, 2, 3, 4, 5})
	require.True(t, ok)
	// t(0.975; 4) = 2.776445, sd = sqrt(2.5): a table's values.
	require.InDelta(t, 3-2.776445*math.Sqrt(2.5/5), got.low, 1e-5)
	require.InDelta(t, 3+2.776445*math.Sqrt(2.5/5), got.high, 1e-5)
	_, ok = interval95([]float64{1})
	require.False(t, ok)
}

func TestLabels(t *testing.T) {
	c := cell{Nodes: 10000, Set: map[string]any{
		"groups.nodes.size": 10000, "groups.a.dht.k": 8, "groups.b.dht.k": 20, "network.loss": "1%",
		"network.nat": "none"}}
	r := &results{Cells: []cell{{Nodes: 1, Set: map[string]any{"network.nat": "none"}}, c}}
	require.Equal(t, "a.dht.k = 8, b.dht.k = 20, 10\u00A0000\u00A0nodes, loss = 1%", r.label(c))
	require.Equal(t, "a.dht.k = 8, b.dht.k = 20, loss = 1%", r.arm(c))
	require.Equal(t, "1\u00A0node", r.label(cell{Nodes: 1}))
	require.Empty(t, r.arm(cell{Nodes: 1}))
	alone := &results{Cells: []cell{c}}
	require.Equal(t, "10\u00A0000\u00A0nodes", alone.label(c))
}

func TestLinearTicksCoverAndStayFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		high := rapid.Float64Range(1e-6, 1e6).Draw(t, "high")
		ticks := linearTicks(high, significant)
		require.LessOrEqual(t, len(ticks), 7)
		require.GreaterOrEqual(t, len(ticks), 3)
		require.Zero(t, ticks[0].Value)
		end := ticks[len(ticks)-1].Value
		require.GreaterOrEqual(t, end, high*(1-1e-6))
		require.LessOrEqual(t, end, 2*high)
	})
	require.NotEmpty(t, linearTicks(0, significant))
}

func TestLogTicksAreReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(1, 1e9).Draw(t, "low")
		high := low * rapid.Float64Range(4, 1e6).Draw(t, "ratio")
		ticks := logTicks(low, high, span)
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
	require.Len(t, integerTicks(1, 5, 12), 5)
	require.LessOrEqual(t, len(integerTicks(0, 100, 12)), 12)
}

func TestWrapAndFit(t *testing.T) {
	lines := wrap("one two three four five", " ", 10, 60)
	require.Greater(t, len(lines), 1)
	for _, line := range lines {
		require.LessOrEqual(t, width(line, 10).Points(), 60.0)
	}
	require.Equal(t, "short", fit("short", 10, 100))
	cut := fit("a label that is far too long", 10, 60)
	require.LessOrEqual(t, width(cut, 10).Points(), 60.0)
	require.Contains(t, cut, "…")
}
