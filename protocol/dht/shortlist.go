package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

type candidateState uint8

const (
	fresh candidateState = iota
	inFlight
	slow // in flight for longer than SoftTimeout
	responded
	dead
)

// candidate is a contact that a lookup has heard of: 32 bytes, with the distance to the target in
// three words.
type candidate struct {
	hi, mid uint64
	lo      uint32
	ref     Ref
	addr    uint32 // hash of the address, to notice one address under two ids
	token   uint16 // index into the lookup's tokens, plus 1; or barred
	depth   uint8  // hops from the asking node: 1 if it was in its own table
	state   candidateState
}

// barred stands in place of a token, which would be ignored: the contact's id is not bound to its
// address, so it is asked, but it is not among the closest that the lookup finds (BEP 42).
const barred = ^uint16(0)

func (c *candidate) waiting() bool { return c.state == inFlight || c.state == slow }

// cmp compares the candidate's distance with another one.
func (c *candidate) cmp(d krpc.ID) int {
	if c.hi != d.Hi { // nearly always
		if c.hi < d.Hi {
			return -1
		}
		return 1
	}
	return krpc.ID{Hi: c.hi, Mid: c.mid, Lo: c.lo}.Cmp(d)
}

// candidateBound is how many candidates a lookup remembers: enough to replace several times the k
// that it seeks if those are dead. libtorrent keeps 100 for k = 8.
func (c *Config) candidateBound() int {
	if c.Candidates == 0 {
		return 8*c.K + 64
	}
	return max(c.K, c.Candidates)
}

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
func (g *Group) enter(l *lookup, id krpc.ID, a protocol.Addr, depth uint8) int {
	d := id.Xor(l.target)
	p := 0
	for p < len(l.list) {
		order := l.list[p].cmp(d)
		if order == 0 {
			return -1
		}
		if order > 0 {
			break
		}
		p++
	}
	hash := uint32(a.Hash())
	if p == g.searches.bound || l.heardOf.add(hash) && l.list.hasAddr(hash) {
		return -1
	}
	if l.found != nil && l.found.askedBefore(a) {
		return -1
	}
	if g.cfg.Diverse && depth > 1 && !l.newNetwork(a) {
		return -1
	}
	if len(l.list) < g.searches.bound {
		l.list = append(l.list, candidate{})
	}
	copy(l.list[p+1:], l.list[p:])
	l.list[p] = candidate{
		hi: d.Hi, mid: d.Mid, lo: d.Lo, ref: g.env.Directory.Ref(id, a), addr: hash, depth: depth,
	}
	if g.cfg.SecureIDs == SecureIDsEnforced && !krpc.ValidID(id, a) {
		l.list[p].token = barred
	}
	return p
}

// newNetwork notes the network of a contact that an answer told of, and reports whether it is the
// first one from there. Who controls one network can offer any number
// of contacts near a target. libtorrent does the same, and also spares those of the own table.
func (l *lookup) newNetwork(a protocol.Addr) bool {
	network := networkOf(a)
	if _, have := l.networks[network]; have {
		return false
	}
	if l.networks == nil {
		l.networks = make(map[uint64]struct{})
	}
	l.networks[network] = struct{}{}
	return true
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

// leads reports whether a candidate is the closest of those that answered and are not barred.
func (l shortlist) leads(p int) bool {
	for n := range l[:p] {
		if l[n].state == responded && l[n].token != barred {
			return false
		}
	}
	return l[p].state == responded && l[p].token != barred
}
