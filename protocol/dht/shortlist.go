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

// enter adds a contact, unless it is known, or the list is full and the contact is farther than
// everything in it. It reports the contact's position, or -1.
func (g *Group) enter(l *lookup, r Ref, id krpc.ID, a protocol.Addr, depth uint8) int {
	c := candidate{dist: id.Hi ^ l.target.Hi, ref: r, addr: uint32(a.Hash()), depth: depth}
	p := len(l.list)
	for p > 0 && g.nearer(ranked{c.dist, r}, ranked{l.list[p-1].dist, l.list[p-1].ref}, l.target) {
		p--
	}
	for n := range l.list {
		k := &l.list[n]
		if k.ref == r || k.addr == c.addr || k.dist == c.dist && g.sameID(k.ref, id) {
			return -1
		}
	}
	if p == g.searches.bound {
		return -1
	}
	if len(l.list) < g.searches.bound {
		l.list = append(l.list, candidate{})
	}
	copy(l.list[p+1:], l.list[p:])
	l.list[p] = c
	return p
}

func (g *Group) sameID(r Ref, id krpc.ID) bool {
	have, _ := g.env.Directory.Contact(r)
	return have == id
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
