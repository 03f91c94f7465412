package dht

import (
	"encoding/binary"
	"math/bits"

	"swarmlab/protocol"
)

// Where the ids stand in the usual packets: behind these words at the start.
const (
	queryStart    = "d1:ad2:id20:"
	targetStart   = "6:target20:"
	infoHashStart = "9:info_hash20:"
	replyStart    = "d2:ip6:......1:rd2:id20:"
	idLen         = 20
)

// Foresee implements protocol.Foreseer: it reads the headers of nodes, and of their tables the
// buckets of senders and targets, as far as they can be guessed.
func (g *Group) Foresee(list []protocol.Prospect) (warmth uint64) {
	for k := range list {
		warmth += uint64(g.nodes[list[k].Core].depth)
	}
	for k := range list {
		i, p := list[k].Core, list[k].Head
		if n := &g.nodes[i]; n.depth > 0 && len(p) >= 80 {
			warmth += g.foreseeTable(i, n, p)
		}
	}
	return warmth
}

func (g *Group) foreseeTable(i uint32, n *node, p []byte) uint64 {
	switch p[1] {
	case queryStart[1]:
		at := len(queryStart)
		target := at + idLen + len(targetStart)
		if p[at+idLen] == infoHashStart[0] {
			target = at + idLen + len(infoHashStart)
		}
		return g.foreseeBucket(i, n, p[target:]) + g.foreseeBucket(i, n, p[at:])
	case replyStart[1]:
		return g.foreseeBucket(i, n, p[len(replyStart):])
	}
	return 0
}

func (g *Group) foreseeBucket(i uint32, n *node, id []byte) uint64 {
	shared := bits.LeadingZeros64(n.id.Hi ^ binary.BigEndian.Uint64(id))
	return uint64(g.bucket(i, min(shared, int(n.depth)-1))[0].meta)
}
