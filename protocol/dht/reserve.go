package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The reserve of a bucket is contacts that are not in it but could be: libtorrent's replacement
// cache, and the one address that jech remembers. Its slots are behind the buckets of the node.

func (g *Group) reserve(i uint32, b int) []slot {
	base := int(i)*g.stride + g.offset[g.cfg.Depth] + b*g.cfg.Replacements
	return g.slots[base : base+g.cfg.Replacements]
}

// consider keeps a contact in reserve that has not answered and is not in its bucket. Whether the
// bucket can have it is found out when it answers: there are many of these, and few are ever asked.
func (g *Group) consider(i uint32, b int, s slot, id krpc.ID) {
	reserve := g.reserve(i, b)
	if find(reserve, s.ref) >= 0 || full(reserve) && g.leastReserved(reserve, s) < 0 {
		return
	}
	_, addr := g.env.Directory.Contact(s.ref)
	if g.insecure(id, addr) {
		if g.cfg.SecureIDs == SecureIDsEnforced {
			return
		}
		s.meta |= flagInsecure
	}
	if !g.cfg.Diverse || !g.inNet(reserve, addr) {
		g.stow(i, b, s)
	}
}

// stow puts a contact into the reserve of a bucket, if there is one and it is worth it. In a full
// reserve whoever never answered gives way, and then, to one who did, the longest silent.
func (g *Group) stow(i uint32, b int, s slot) {
	if g.cfg.Replacements == 0 {
		return
	}
	reserve := g.reserve(i, b)
	p := find(reserve, s.ref)
	if p < 0 {
		p = room(reserve)
	}
	if p < 0 {
		p = g.leastReserved(reserve, s)
	}
	if p >= 0 {
		reserve[p] = s
	}
}

// leastReserved returns the position of whom a newcomer to a full reserve displaces, or -1.
func (g *Group) leastReserved(reserve []slot, s slot) int {
	for p, have := range reserve {
		if !have.proven() {
			if g.cfg.Admission == AdmitMentioned && !s.proven() && s.seen() == 0 {
				return -1 // jech's hearsay displaces nobody
			}
			return p
		}
	}
	if !s.proven() {
		return -1
	}
	return mostStale(reserve)
}

// unstow takes a contact out of a reserve, if it is there.
func (g *Group) unstow(i uint32, b int, r Ref) {
	if p := find(g.reserve(i, b), r); p >= 0 {
		remove(g.reserve(i, b), p)
	}
}

// promote fills a bucket from its reserve with contacts that have answered. jech's has none of
// those: it is pinged, and enters when it answers.
func (g *Group) promote(i uint32, t *protocol.Turn, b int) {
	if g.cfg.Replacements == 0 {
		return
	}
	g.fillFromReserve(i, b)
	reserve := g.reserve(i, b)
	if g.cfg.Admission == AdmitMentioned && reserve[0].used() {
		if g.verify(i, t, reserve[0].ref) {
			remove(reserve, 0)
		}
	}
}

func (g *Group) fillFromReserve(i uint32, b int) {
	bucket, reserve := g.bucket(i, b), g.reserve(i, b)
	for p := 0; p < len(reserve) && reserve[p].used(); {
		to := room(bucket)
		if to < 0 {
			return
		}
		s := reserve[p]
		if !s.proven() {
			p++
			continue
		}
		remove(reserve, p)
		if _, addr := g.env.Directory.Contact(s.ref); g.cfg.Diverse {
			if _, taken := g.holder(i, addr); taken != NoRef {
				continue
			}
		}
		bucket[to] = s
	}
}

// splitReserve moves what belongs deeper after the bucket was split, and fills both halves.
func (g *Group) splitReserve(i uint32, b int) {
	n := &g.nodes[i]
	reserve := g.reserve(i, b)
	for p := 0; p < len(reserve) && reserve[p].used(); {
		id, _ := g.env.Directory.Contact(reserve[p].ref)
		if n.id.SharedBits(id) <= b {
			p++
			continue
		}
		s := reserve[p]
		remove(reserve, p)
		g.stow(i, b+1, s)
	}
	g.fillFromReserve(i, b)
	g.fillFromReserve(i, b+1)
}
