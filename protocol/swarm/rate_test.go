package swarm

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

const second = protocol.Time(time.Second)

// TestRateAgainstAllThatCame holds the window against every single transfer. What the steps cannot
// know is when within five seconds bytes came: the error is at most the oldest step.
func TestRateAgainstAllThatCame(t *testing.T) {
	type transfer struct {
		at protocol.Time
		n  uint64
	}
	r := protocol.NewRand(4, 5, 6)
	for range 20 {
		var k rate
		var all []transfer
		now := protocol.Time(r.Uint64n(1 << 40))
		for range 2000 {
			now += protocol.Time(r.Uint64n(uint64(second) / uint64(1+r.Intn(20))))
			if r.Intn(100) == 0 {
				now += protocol.Time(r.Intn(60)) * second
			}
			n := r.Uint64n(BlockSize) + 1
			k.add(now, uint32(n))
			all = append(all, transfer{now, n})
			low, high := uint64(0), uint64(0)
			for _, x := range all {
				step := x.at / protocol.Time(rateStep)
				switch newest := now / protocol.Time(rateStep); {
				case newest-step < rateSteps:
					low += x.n
					high += x.n
				case newest-step == rateSteps:
					high += x.n
				}
			}
			got := k.inWindow(now)
			require.True(t, low <= got && got <= high, "%d <= %d <= %d", low, got, high)
		}
		require.Zero(t, k.inWindow(now+26*second))
	}
}

func TestSteadyRateIsExact(t *testing.T) {
	var k rate
	for ms := range protocol.Time(60_000) {
		k.add(ms*second/1000, 100)
	}
	for ms := protocol.Time(60_000); ms < 65_000; ms++ {
		k.add(ms*second/1000, 100)
		require.InDelta(t, 2_000_000, float64(k.inWindow(ms*second/1000)), 200)
		require.InDelta(t, 100_000, float64(k.perSecond(ms*second/1000, 0)), 10)
	}
}

func TestRateOfTheYoung(t *testing.T) {
	var k rate
	k.add(100*second, 50_000)
	require.Equal(t, uint64(50_000), k.perSecond(100*second, 100*second), "a second at least")
	require.Equal(t, uint64(12_500), k.perSecond(104*second, 100*second))
	require.Equal(t, uint64(2_500), k.perSecond(115*second, 90*second))
	var full rate
	full.add(101*second, 5)
	full.add(102*second, 1<<32-1)
	require.Equal(t, uint64(1<<32-1), full.inWindow(102*second), "it does not wrap")
	require.Equal(t, uintptr(24), unsafe.Sizeof(k), "three words a direction of a connection")
}
