package dht

import (
	"time"

	"swarmlab/protocol"
)

// joinSoon is how long a node that has not joined waits for the answer of one it was introduced to.
const joinSoon = time.Second

// Introduce tells node i of an address at which there may be another node, whose id is not known,
// such as that in a peer's message port (BEP 5). It is pinged, and enters the table like anybody
// who answers.
func (g *Group) Introduce(i uint32, t *protocol.Turn, addr protocol.Addr) {
	n := &g.nodes[i]
	if n.depth == 0 || addr.Port() == 0 || !g.reachable(addr) || n.verifying == verifyingMax {
		return
	}
	g.turnBegins()
	g.pingAgain(i, t, query{addr: addr, ref: NoRef, newcomer: NoRef, lookup: nilIndex,
		purpose: purposeVerify})
	if !n.joined && n.maintain != protocol.Never { // it is waiting to try again
		n.maintain = min(n.maintain, t.Now.Add(joinSoon))
	}
	g.turnEnds(i, t)
}
