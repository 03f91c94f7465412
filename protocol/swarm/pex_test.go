package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// TestGossip: whoever is told now and then, at random, knows in the end who is connected; and no
// message says more than it may, names anybody twice, or takes back what was never said.
func TestGossip(t *testing.T) {
	messages, full := 0, 0
	for seed := range uint64(200) {
		rand := protocol.NewRand(seed, 3, 3)
		m := &member{}
		x := &turn{}
		c := &conn{member: m, peer: nilIndex, addr: soloAddr(7)}
		m.conns = append(m.conns, c)
		c.pexAt = 0
		connected, known := map[protocol.Addr]bool{}, map[protocol.Addr]bool{}
		hear := func() (any bool) {
			var p peerwire.PEX
			x.news(c, &p)
			require.LessOrEqual(t, p.AddedCount(), peerwire.PEXAdded)
			require.LessOrEqual(t, p.DroppedCount(), peerwire.PEXDropped)
			named := map[protocol.Addr]bool{soloAddr(7): true}
			for n := range p.AddedCount() {
				a, _ := p.AddedAt(n)
				require.False(t, named[a] || known[a], "it is told twice")
				named[a], known[a] = true, true
			}
			for n := range p.DroppedCount() {
				a := p.DroppedAt(n)
				require.True(t, known[a] && !named[a], "it was never told")
				named[a] = true
				delete(known, a)
			}
			messages++
			if p.AddedCount() > 40 {
				full++
			}
			return len(named) > 1
		}
		for range 600 {
			a := soloAddr(uint32(rand.Intn(200)))
			gone := connected[a]
			if gone {
				delete(connected, a)
			} else {
				connected[a] = true
			}
			x.tell(m, rumour{addr: a, gone: gone})
			if rand.Intn(150) == 0 {
				hear()
			}
		}
		for c.pexSeen < m.gossip.end() {
			hear()
		}
		delete(connected, soloAddr(7))
		require.Equal(t, connected, known)
	}
	require.Greater(t, messages, 1000)
	require.Positive(t, full)
}
