package swarm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// pairs returns what every core counted with every other.
func (r *rig) pairs() map[[2]protocol.Addr]Tally {
	all := map[[2]protocol.Addr]Tally{}
	for _, n := range r.nodes {
		var sum Tally
		n.g.Tallies(n.i, 0, r.now, func(peer protocol.Addr, a *Tally) {
			all[[2]protocol.Addr{n.addr, peer}] = *a
			sum.Add(a)
		})
		require.Equal(r.t, n.g.Tally(n.i, 0, r.now), sum)
	}
	return all
}

// TestTallies: both ends of every pair count the same, and what they count is all that was sent.
func TestTallies(t *testing.T) {
	for name, cfg := range dialects() {
		t.Run(name, func(t *testing.T) {
			r := swarm(t, cfg, 40, nil)
			all := r.pairs()
			require.GreaterOrEqual(t, len(all), 7*8)
			var total Tally
			for pair, a := range all {
				b, ok := all[[2]protocol.Addr{pair[1], pair[0]}]
				require.True(t, ok, "%v", pair)
				require.LessOrEqual(t, b.PayloadDown, a.PayloadUp)
				require.LessOrEqual(t, a.PayloadUp, a.Queued)
				require.LessOrEqual(t, b.OverheadDown, a.OverheadUp)
				require.LessOrEqual(t, b.BlocksDown, a.BlocksUp)
				require.Equal(t, a.PayloadDown, a.Useful+a.Redundant)
				require.InDelta(t, a.Interested, b.Wanted, float64(2*time.Second))
				require.InDelta(t, a.Regular+a.Optimistic, b.Unchoked, float64(2*time.Second))
				require.LessOrEqual(t, a.Interested, a.Connected)
				total.Add(&a)
			}
			require.Equal(t, 7*r.torrent.Geometry.Total, total.Useful)
			require.Equal(t, total.Queued, total.PayloadDown+r.lost)
			require.LessOrEqual(t, r.lost, uint64(7*7*2*BlockSize), "two blocks a connection")
			require.Positive(t, total.Optimistic)
		})
	}
}
