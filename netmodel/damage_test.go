package netmodel

import (
	"math/bits"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

// TestDamage: one to eight neighbouring bits, each number and each place as often as others.
func TestDamage(t *testing.T) {
	Damage(nil, 5)
	widths, places, cut := [9]int{}, [100]int{}, 0
	r := protocol.NewRand(1, 2, 3)
	const n = 200_000
	for range n {
		p := make([]byte, 100)
		Damage(p, r.Uint64())
		first, count, last := -1, 0, 0
		for i, b := range p {
			count += bits.OnesCount8(b)
			if b != 0 {
				if first < 0 {
					first = 8*i + bits.TrailingZeros8(b)
				}
				last = 8*i + 7 - bits.LeadingZeros8(b)
			}
		}
		if count <= 0 || last-first+1 != count {
			require.Positive(t, count)
			require.Equal(t, last-first+1, count, "neighbours")
		}
		widths[count]++
		places[first/8]++
		cut += index(last == 799)
	}
	for width := 1; width <= 8; width++ {
		require.InDelta(t, n/8, widths[width], 0.03*n/8)
	}
	oracle := distuv.ChiSquared{K: 99}
	statistic := 0.0
	for _, got := range places {
		statistic += float64(got-n/100) * float64(got-n/100) / (n / 100)
	}
	require.Less(t, statistic, oracle.Quantile(0.9999))
	require.Positive(t, cut)
}

// TestFlaws: different datagrams have different flaws, and two faults another one.
func TestFlaws(t *testing.T) {
	f := always(Corrupt)
	f.Share = Certain
	g := f
	g.Draw = 1
	seen := map[uint64]bool{}
	alone, together := weather(t, f), weather(t, f, g)
	for seq := range uint32(10_000) {
		once, _ := trip(alone, 0, 1, 2, seq)
		again, _ := trip(alone, 0, 1, 2, seq)
		require.Equal(t, once, again)
		both, _ := trip(together, 0, 1, 2, seq)
		require.False(t, seen[once.Flaw] || seen[both.Flaw])
		seen[once.Flaw], seen[both.Flaw] = true, true
	}
	require.Len(t, seen, 20_000)
}

// TestFrozen compares with a walk over all pauses, for nodes that started before and after.
func TestFrozen(t *testing.T) {
	r := protocol.NewRand(4, 5, 6)
	var faults []Fault
	for i := range 20 {
		f := always(Pause)
		f.Whom = Whom{Share: percent(20), Draw: uint32(i)}
		f.From = protocol.Time(r.Uint64n(1000))
		f.To = f.From + 1 + protocol.Time(r.Uint64n(300))
		faults = append(faults, f)
	}
	w := weather(t, append(faults, always(Loss), always(Crash))...)
	require.True(t, w.Pauses())
	require.False(t, weather(t, always(Loss), always(Crash)).Pauses())
	frozen := 0
	for range 50_000 {
		now, node := protocol.Time(r.Uint64n(1300)), uint32(r.Uint64n(1000))
		started := protocol.Time(r.Uint64n(uint64(now) + 1))
		want, until := false, protocol.Time(0)
		for i, f := range faults {
			if f.From <= now && now < f.To && started <= f.From && w.Concerns(i, node) {
				want, until = true, max(until, f.To)
			}
		}
		fault, end := w.Frozen(now, node, started)
		require.Equal(t, want, fault >= 0)
		require.Equal(t, until, end)
		if want {
			frozen++
			require.Equal(t, until, w.Fault(fault).To)
			_, hits := trip(w, now, node, 999, 1)
			require.Zero(t, hits[fault], "datagrams are not the weather's to lose")
		}
	}
	require.Greater(t, frozen, 5000)
	forever := always(Pause)
	_, until := weather(t, forever).Frozen(protocol.Time(time.Hour), 0, 0)
	require.Contains(t, []protocol.Time{0, protocol.Never}, until)
}
