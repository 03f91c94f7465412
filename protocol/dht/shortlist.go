package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

type candidateState uint8

const (
	fresh candidateState = iota
	inFlight
	responded
	dead
)

// candidate is a contact that a lookup has heard of.
type candidate struct {
	dist  uint64 // leading bits of the distance to the target
	ref   Ref
	addr  uint32 // hash of the address, to notice one address under two ids
	token uint16 // index into the lookup's tokens, plus 1
	depth uint8  // hops from the asking node: 1 if it was in its own table
	state candidateState
}

// candidateBound is how many candidates a lookup remembers: enough to replace several times the k
// that it seeks if those are dead. libtorrent keeps 100 for k = 8.
func candidateBound(k int) int { return 8*k + 64 }

// shortlist is a lookup's candidates, nearest first. Its length never exceeds its bound.
type shortlist []candidate

// filter remembers which addresses a lookup has heard of; it errs, rarely, by knowing too many.
type filter [16]uint64

// add enters an address by its hash and reports whether it may have been there.
func (f *filter) add(hash uint32) bool {
	word, bit := &f[hash>>6%16], uint64(1)<<(hash&63)
	had := *word&bit != 0
	*word |= bit
	return had
}

// enter adds a contact, unless it is known, or the list is full and the contact is farther than
// everything in it. It reports the contact's position, or -1.
func (g *Group) enter(l *lookup, r Ref, id krpc.ID, a protocol.Addr, depth uint8) int {
	c := candidate{dist: id.Hi ^ l.target.Hi, ref: r, addr: uint32(a.Hash()), depth: depth}
	p := 0
	for p < len(l.list) && l.list[p].dist < c.dist {
		p++
	}
	for p < len(l.list) && l.list[p].dist == c.dist { // nearly always the same contact
		have, _ := g.env.Directory.Contact(l.list[p].ref)
		if have == id {
			return -1
		}
		if id.Xor(l.target).Less(have.Xor(l.target)) {
			break
		}
		p++
	}
	if p == g.searches.bound || l.heardOf.add(c.addr) && l.list.hasAddr(c.addr) {
		return -1
	}
	if len(l.list) < g.searches.bound {
		l.list = append(l.list, candidate{})
	}
	copy(l.list[p+1:], l.list[p:])
	l.list[p] = c
	return p
}

func (l shortlist) hasAddr(hash uint32) bool {
	for p := range l {
		if l[p].addr == hash {
			return true
		}
	}
	return false
}

// position returns where a contact stands in the list, or -1 if it fell off its end.
func (l shortlist) position(r Ref) int {
	for p := range l {
		if l[p].ref == r {
			return p
		}
	}
	return -1
}
