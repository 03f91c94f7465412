package dht

import (
	"encoding/binary"
	"math/bits"
)

// Where the ids stand in the usual packets: behind these words at the start.
const (
	queryStart    = "d1:ad2:id20:"
	targetStart   = "6:target20:"
	infoHashStart = "9:info_hash20:"
	replyStart    = "d2:ip6:......1:rd2:id20:"
	idLen         = 20
)

// Foresee implements protocol.Foreseer: it reads the header of a node, and of its table the
// buckets of the sender and of the target, as far as they can be guessed.
func (g *Group) Foresee(i uint32, p []byte) uint64 {
	n := &g.nodes[i]
	if p == nil || n.depth == 0 {
		return uint64(n.depth)
	}
	var at int
	warmth := uint64(0)
	switch {
	case len(p) < 80:
		return 0
	case p[1] == queryStart[1]:
		at = len(queryStart)
		target := at + idLen + len(targetStart)
		if p[at+idLen] == infoHashStart[0] {
			target = at + idLen + len(infoHashStart)
		}
		warmth = g.foreseeBucket(i, n, p[target:])
	case p[1] == replyStart[1]:
		at = len(replyStart)
	default:
		return 0
	}
	return warmth + g.foreseeBucket(i, n, p[at:])
}

func (g *Group) foreseeBucket(i uint32, n *node, id []byte) uint64 {
	shared := bits.LeadingZeros64(n.id.Hi ^ binary.BigEndian.Uint64(id))
	return uint64(g.bucket(i, min(shared, int(n.depth)-1))[0].meta)
}
