package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The upkeep of jech/dht as Transmission has it (dht_periodic, bucket_maintenance,
// neighbourhood_maintenance).
const (
	askSoonMin, askSoonMax = 5 * time.Second, 15 * time.Second // after something was sent
	askIdleMin, askIdleMax = time.Minute, 3 * time.Minute
	askGrowing             = 150 * time.Second // the own bucket has grown within this time

	confirmMost  = 600 // seconds without an answer after which a bucket of 8 asks
	confirmLeast = 30
	elsewhere    = 8 // one time in so many, somebody in the bucket beside it is asked
)

// confirmAge returns the seconds without an answer after which a bucket asks: the larger it is, the
// sooner.
func (g *Group) confirmAge(b int) uint32 {
	return uint32(max(confirmMost*8/max(g.cfg.bucketSize(b), 8), confirmLeast))
}

// askAround has a bucket without news, or else the own one while it grows, ask somebody.
func (g *Group) askAround(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	if g.deserted(i) {
		g.rejoin(i, t)
		return
	}
	grown := seconds(t.Now)-g.vigils[i].since <= uint32(askGrowing/time.Second)
	if g.askBucket(i, t) || grown && g.askNeighbourhood(i, t) {
		n.maintain = within(t, askSoonMin, askSoonMax)
		return
	}
	n.maintain = within(t, askIdleMin, askIdleMax)
}

// askBucket asks a random member of the first bucket that is due for a random id in its range, and
// reports whether there was one.
func (g *Group) askBucket(i uint32, t *protocol.Turn) bool {
	for b := range int(g.nodes[i].depth) {
		if g.dues(i)[b] > seconds(t.Now) {
			continue
		}
		if g.askSomebody(i, t, b, g.randomIn(i, t, b)) {
			return true
		}
	}
	return false
}

// askNeighbourhood asks a random member of the own bucket for ids next to the own one.
func (g *Group) askNeighbourhood(i uint32, t *protocol.Turn) bool {
	n := &g.nodes[i]
	target := n.id
	target.Lo = target.Lo&^0xff | uint32(t.Rand.Uint64n(256))
	return g.askSomebody(i, t, int(n.depth)-1, target)
}

// askSomebody asks a random member of a bucket; now and then, and where it is empty, one of the
// bucket beside it. That is how a bucket of broken contacts recovers.
func (g *Group) askSomebody(i uint32, t *protocol.Turn, b int, target krpc.ID) bool {
	below, above := g.nodes[i].beside(b)
	from := g.bucket(i, b)
	for _, other := range [...]int{above, below} {
		if other >= 0 && (!from[0].used() || t.Rand.Uint64n(elsewhere) == 0) &&
			g.bucket(i, other)[0].used() {
			from = g.bucket(i, other)
		}
	}
	if !from[0].used() {
		return false
	}
	s := from[t.Rand.Intn(used(from))]
	g.inquire(i, t, s.ref, krpc.FindNode, target)
	return true
}
