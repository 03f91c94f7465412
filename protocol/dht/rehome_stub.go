package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// rehome gives a running node another id. Its table is for the old one, so it is emptied, and the
// node joins again.
func (g *Group) rehome(i uint32, t *protocol.Turn, id krpc.ID) {
	n := &g.nodes[i]
	clear(g.table(i))
	clear(g.dues(i))
	n.id, n.depth, n.joined, n.retries, n.misses, n.maintain = id, 1, false, 0, 0, t.Now
}
