package netmodel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestWelcomes: who lets strangers in is who lets in a node that was never sent to, and asking
// changes nothing.
func TestWelcomes(t *testing.T) {
	for c := FullCone; int(c) < classes; c++ {
		_, g := gatesOf(t, 3, all(c))
		const stranger = 2
		same := func(now protocol.Time, want bool) {
			require.Equal(t, want, g.Welcomes(now, 0), "%v at %v", c, now)
			require.Equal(t, want, g.In(now, 0, HomePort, stranger, HomePort), "%v at %v", c, now)
		}
		minute := protocol.Time(time.Minute)
		same(1, false)
		g.Out(minute, 0, 1, HomePort)
		same(minute+1, c == FullCone)
		same(2*minute-1, c == FullCone)
		same(2*minute, false)
	}
	r := all(Open)
	r.Shares[Open], r.Shares[Firewalled] = Certain/2, Certain/2
	n, g := gatesOf(t, 50, r)
	for node := range uint32(50) {
		require.Equal(t, n.Class(node) == Open, g.Welcomes(0, node))
	}
}
