package dht

import (
	"math/bits"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// distrustAfter: where an address changed its id, the others in the bucket are asked again soon
// unless they were asked within this time (libtorrent).
const distrustAfter = 5 * time.Minute

// networkOf stands for the network of an address that is taken for one owner's: a /24 (IPv4) or a
// /64 (IPv6).
func networkOf(a protocol.Addr) uint64 {
	if a.Is4() {
		return uint64(a.IP4() >> 8) // no IPv6 network of hosts is that low
	}
	hi, _ := a.IP16()
	return hi
}

// diverse reports whether nobody of an address's network is in a bucket or its reserve.
func (g *Group) diverse(i uint32, b int, a protocol.Addr) bool {
	if g.inNet(g.bucket(i, b), a) {
		return false
	}
	return g.cfg.Replacements == 0 || !g.inNet(g.reserve(i, b), a)
}

// inNet reports whether somebody of an address's network is among some slots.
func (g *Group) inNet(bucket []slot, a protocol.Addr) bool {
	network := networkOf(a)
	for _, s := range bucket {
		if !s.used() {
			break
		}
		if _, have := g.env.Directory.Contact(s.ref); networkOf(have) == network {
			return true
		}
	}
	return false
}

// loneAddress reports whether no contact in a bucket has a newcomer's IP address. One at the very
// same port with another id is expelled: neither of the two ids is to be trusted.
func (g *Group) loneAddress(i uint32, t *protocol.Turn, a protocol.Addr) bool {
	b, r := g.holder(i, a)
	if r == NoRef {
		return true
	}
	if _, have := g.env.Directory.Contact(r); have == a {
		g.expel(i, t, b, r)
	}
	return false
}

// holder returns the contact in a bucket that has an IP address, and its bucket, or NoRef.
func (g *Group) holder(i uint32, a protocol.Addr) (bucket int, r Ref) {
	for b := range int(g.nodes[i].depth) {
		for _, s := range g.bucket(i, b) {
			if !s.used() {
				break
			}
			if _, have := g.env.Directory.Contact(s.ref); have.SameIP(a) {
				return b, s.ref
			}
		}
	}
	return 0, NoRef
}

// expel removes a contact whose address answered under another id, and has upkeep ask the others
// in its bucket soon.
func (g *Group) expel(i uint32, t *protocol.Turn, b int, r Ref) {
	bucket := g.bucket(i, b)
	if p := find(bucket, r); p >= 0 {
		remove(bucket, p)
		g.promote(i, t, b)
	}
	if g.cfg.Upkeep != UpkeepProbe {
		return
	}
	for p := range bucket {
		if bucket[p].used() && bucket[p].silentFor(t.Now) > uint32(distrustAfter/time.Second) {
			bucket[p].meta &= 1<<seenShift - 1
		}
	}
}

// spread returns the part of the range of bucket b that an id is in, of as many equal parts as the
// bucket has places: the next three bits in a bucket of eight. The last bucket in use also has
// contacts of the node's own half.
func (g *Group) spread(i uint32, b int, id krpc.ID) uint64 {
	first, parts := b+1, bits.Len(uint(g.cfg.bucketSize(b)))-1
	if b == int(g.nodes[i].depth)-1 {
		first = b
	}
	part := uint64(0)
	for n := range parts {
		part = part<<1 | uint64(id.Bit(min(first+n, krpc.IDBits-1)))
	}
	return part
}

// redundant returns the position in a full bucket of a contact that the spread of ids can do
// without in favour of a newcomer, or -1. If nobody is in the newcomer's part of the range, that is
// one of those that share theirs. libtorrent takes the slowest one; round trips are not kept here.
func (g *Group) redundant(i uint32, b int, id krpc.ID) int {
	var taken [MaxK]uint8 // contacts by part
	bucket := g.bucket(i, b)
	for _, s := range bucket {
		have, _ := g.env.Directory.Contact(s.ref)
		taken[g.spread(i, b, have)]++
	}
	if taken[g.spread(i, b, id)] > 0 {
		return -1
	}
	for p, s := range bucket {
		have, _ := g.env.Directory.Contact(s.ref)
		if taken[g.spread(i, b, have)] > 1 {
			return p
		}
	}
	return -1
}
