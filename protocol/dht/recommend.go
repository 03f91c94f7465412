package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// recommended collects the contacts of node i that a reply about a target names, nearest first,
// into scratch memory that the next call overwrites.
func (g *Group) recommended(i uint32, now protocol.Time, target krpc.ID) []ranked {
	n, goodAt := g.cfg.ReplyContacts, anytime
	if g.cfg.ReplyGood {
		goodAt = now
	}
	self := &g.nodes[i]
	if !g.cfg.ReplyNear || self.depth == 0 {
		return g.closestOf(i, target, n, goodAt)
	}
	home := self.bucketOf(target)
	near := g.rankBucket(g.scratch.near[:0], i, home, target, n, goodAt)
	before, after := self.beside(home)
	for _, b := range [...]int{before, after} {
		if b >= 0 {
			near = g.rankBucket(near, i, b, target, n, goodAt)
		}
	}
	g.scratch.near = near[:0]
	return near
}

// beside returns the buckets whose ranges are next to that of bucket b in the order of ids, below
// and above it; -1 for none. The buckets on one side of the own id are those at whose bit it is 1,
// or 0; they are in order of depth, and the last bucket, which has the own id, is in the middle.
func (n *node) beside(b int) (below, above int) {
	last := int(n.depth) - 1
	if b == last {
		return n.sideways(b, -1, 1), n.sideways(b, -1, 0)
	}
	inner, outer := n.sideways(b, 1, n.id.Bit(b)), n.sideways(b, -1, n.id.Bit(b))
	if inner < 0 {
		inner = last
	}
	if n.id.Bit(b) == 1 { // it is below the own id
		return outer, inner
	}
	return inner, outer
}

// sideways returns the next bucket from b in a direction, but for the last one, at whose depth the
// own id has that bit; -1 for none.
func (n *node) sideways(b, step int, bit uint) int {
	for b += step; b >= 0 && b < int(n.depth)-1; b += step {
		if n.id.Bit(b) == bit {
			return b
		}
	}
	return -1
}
