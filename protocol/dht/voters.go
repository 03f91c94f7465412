package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// A node does not know its own address: NATs hide it. Whoever answers its queries says in ip which
// one he sees (BEP 42). One voter may lie, so many must agree, as in libtorrent's ip_voter.
const (
	votesNeeded   = 25 // before anything is decided
	votesMost     = 64 // without a winner, they are counted anew
	votesForFew   = 8  // addresses that are counted at a time
	winsNumerator = 3  // a winner has more than 3/2 of the votes of the second
	winsDenom     = 2
)

// ballot is one election of a node's address and the result of the last one.
type ballot struct {
	agreed protocol.Addr // zero: nothing yet
	votes  uint32        // cast in this election
	voters [votesMost]uint64
	named  [votesForFew]named
}

// named is an address that somebody voted for; the port is what the latest of them saw.
type named struct {
	addr  protocol.Addr
	votes uint32
}

// External returns the address at which the others see node i, if enough of them agree: the port is
// that which the latest of them saw. They are asked only if ids are to fit addresses, or if the
// owner wants to know (Env.Rebound).
func (g *Group) External(i uint32) (protocol.Addr, bool) {
	n := &g.nodes[i]
	if n.guard == nilIndex {
		return protocol.Addr{}, false
	}
	own := g.guards.at(n.guard)
	if own.voters == nilIndex {
		return protocol.Addr{}, false
	}
	agreed := g.ballots.at(own.voters).agreed
	return agreed, agreed != protocol.Addr{}
}

// voted counts the vote in an answer from a voter. When it decides that node i is elsewhere than it
// thought, and BEP 42 does not allow its id there, the node takes another one.
func (g *Group) voted(i uint32, t *protocol.Turn, voter protocol.Addr, ip []byte) {
	a, ok := krpc.ParsePeer(ip)
	if !ok || !usable(a) || a.Is4() != voter.Is4() {
		return
	}
	own := g.guarded(i)
	if own.voters == nilIndex {
		own.voters = g.ballots.take()
		*g.ballots.at(own.voters) = ballot{}
	}
	b := g.ballots.at(own.voters)
	if !b.cast(hostKey(voter), a) {
		return
	}
	winner := b.agreed // the last vote may have been for another
	if g.cfg.SecureIDs == SecureIDsIgnored || krpc.ValidID(g.nodes[i].id, winner) {
		return
	}
	id := krpc.SecureID(winner, byte(t.Rand.Uint64()), t.Rand)
	g.rehome(i, t, id)
	if g.env.Rebound != nil {
		g.env.Rebound(i, id)
	}
}

// cast counts one vote, if it is the voter's first, and reports whether it ended the election with
// a winner.
func (b *ballot) cast(voter uint64, a protocol.Addr) bool {
	for _, have := range b.voters[:b.votes] {
		if have == voter {
			return false
		}
	}
	b.voters[b.votes] = voter
	b.votes++
	b.count(a)
	first, second := b.leaders()
	won := b.votes >= votesNeeded && winsDenom*first.votes > winsNumerator*second.votes
	if won {
		b.agreed = first.addr
	}
	if won || b.votes == votesMost {
		*b = ballot{agreed: b.agreed}
	}
	return won
}

// count adds a vote to an address; one that is new takes an empty place, or that of an address with
// one vote.
func (b *ballot) count(a protocol.Addr) {
	place := -1
	for p := range b.named {
		c := &b.named[p]
		if c.votes > 0 && c.addr.SameIP(a) {
			c.addr = a
			c.votes++
			return
		}
		if c.votes <= 1 && (place < 0 || c.votes < b.named[place].votes) {
			place = p
		}
	}
	if place >= 0 {
		b.named[place] = named{a, 1}
	}
}

func (b *ballot) leaders() (first, second named) {
	for _, c := range b.named {
		switch {
		case c.votes > first.votes:
			first, second = c, first
		case c.votes > second.votes:
			second = c
		}
	}
	return first, second
}
