package netmodel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

const billion = 1_000_000_000

func normalBillionths(tail uint64) (low, high int64) {
	z := int64(normalTail(tail).mul(billion<<20) >> 20)
	return -z, z
}

func TestTableOfNormal(t *testing.T) {
	table := NewTable(normalBillionths)
	r := protocol.NewRand(2, 1, 0)
	worst := 0.0
	for range 200_000 {
		u := r.Uint64()
		p := math.Ldexp(float64(u), -64)
		if min(p, 1-p) < 1e-6 {
			continue
		}
		got := float64(table.Sample(u)) / billion
		worst = max(worst, math.Abs(got-distuv.UnitNormal.Quantile(p)))
	}
	require.Less(t, worst, 1e-6)
	require.Greater(t, worst, 1e-9, "interpolation leaves a trace: was anything compared?")
}

func TestTableTails(t *testing.T) {
	table := NewTable(normalBillionths)
	for shift := 1; shift <= octaves; shift++ {
		for _, part := range []uint64{0, 1, 1 << 20, 1<<22 + 12345} {
			tail := uint64(1)<<(63-shift) + part<<40>>shift
			want := float64(normalTail(tail)) * billion / float64(one)
			require.InDelta(t, -want, table.Sample(tail), 1500, "lower 2^-%d", shift)
			require.InDelta(t, want, table.Sample(^tail), 1500, "upper 2^-%d", shift)
		}
	}
	least := -float64(normalTail(1)) * billion / float64(one)
	require.InDelta(t, least, table.Sample(0), 1)
	require.InDelta(t, -least, table.Sample(math.MaxUint64), 1)
	require.Equal(t, table.min(), table.Sample(0))
	require.InDelta(t, 0, table.Sample(1<<63-1), 1)
	require.InDelta(t, 0, table.Sample(1<<63), 1)
}

// Each cell's edge and both of its neighbours: no step back, none beyond the cell.
func TestTableIsMonotone(t *testing.T) {
	table := NewTable(normalBillionths)
	last, steps := int64(math.MinInt64), 0
	check := func(u uint64) {
		value := table.Sample(u)
		require.GreaterOrEqual(t, value, last, "%x", u)
		last = value
		steps++
	}
	var lower []uint64
	for octave := 63 - octaves; octave < 63; octave++ {
		for cell := range uint64(octaveCells) {
			edge := uint64(1)<<octave + cell<<(octave-cellBits)
			lower = append(lower, edge-1, edge, edge+1)
		}
	}
	check(0)
	for _, u := range lower {
		check(u)
	}
	for i := len(lower) - 1; i >= 0; i-- {
		check(^lower[i])
	}
	check(math.MaxUint64)
	require.Equal(t, 2+2*3*octaves*octaveCells, steps)
}

// Other distributions fit the table too: an exponential variable needs only ln.
func TestTableOfExponential(t *testing.T) {
	const mean = 30 * 60 * billion // 30 min in ns
	at := func(p uint64) int64 { return int64(fixed(mean).mul(-ln(p, 64))) }
	table := NewTable(func(tail uint64) (low, high int64) { return at(-tail), at(tail) })
	oracle := distuv.Exponential{Rate: 1.0 / mean}
	for _, p := range []float64{1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-6} {
		want := oracle.Quantile(p)
		require.InEpsilon(t, want, table.Sample(uint64(math.Ldexp(p, 64))), 1e-5, "%g", p)
	}
	r := protocol.NewRand(2, 2, 0)
	requireDistribution(t, oracle.CDF, 200_000, func(int) float64 {
		return float64(table.Sample(r.Uint64()))
	})
}

func BenchmarkTableSample(b *testing.B) {
	table := NewTable(normalBillionths)
	r := protocol.NewRand(2, 3, 0)
	var sum int64
	for b.Loop() {
		sum += table.Sample(r.Uint64())
	}
	require.NotZero(b, sum)
}
