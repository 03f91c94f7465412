package dht

import (
	"time"

	"swarmlab/protocol"
)

// The upkeep of bittorrent-dht (client._setBucketCheckInterval, _pingAll).
const (
	sweepMin, sweepMax = 30 * time.Second, 90 * time.Second
	sweepBatch         = 16 // queries in flight in k-rpc
	sweepPace          = time.Second
)

// sweep pings every contact of a table in which nothing has happened for the refresh time, some at
// a time. vigil.at is the place in the table it has come to, plus 1. A contact that is moved
// meanwhile, because another is removed, may be missed, or pinged twice.
func (g *Group) sweep(i uint32, t *protocol.Turn) {
	n, v := &g.nodes[i], &g.vigils[i]
	if v.at == 0 {
		if g.deserted(i) {
			g.rejoin(i, t)
			return
		}
		n.maintain = within(t, sweepMin, sweepMax)
		if g.refreshSecs == 0 || seconds(t.Now) < g.dues(i)[0] {
			return
		}
		v.at = 1
	}
	slots := g.table(i)[:g.offset[n.depth]]
	pings := 0
	for ; int(v.at) <= len(slots) && pings < sweepBatch; v.at++ {
		if s := slots[v.at-1]; s.used() {
			g.ping(i, t, s.ref, purposePing)
			pings++
		}
	}
	if int(v.at) <= len(slots) {
		n.maintain = t.Now.Add(sweepPace)
		return
	}
	v.at = 0
	n.maintain = within(t, sweepMin, sweepMax)
}
