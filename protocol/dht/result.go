package dht

import (
	"swarmlab/protocol"
)

// Result is what a lookup of the owner found and what it cost. All slices are valid during the
// call of the observer only.
type Result struct {
	Request
	Started  protocol.Time
	Hops     Hops
	Rounds   int       // waves of queries, each sent after the one before had its first end
	Messages int       // queries sent, without announces
	Timeouts int       // queries without an answer, announces included
	Answers  int       // contacts that answered
	Closest  []Contact // at most k that answered, nearest first
	Peers    []protocol.Addr
	Stored   int // announces that were acknowledged
}

// Hops are the four lengths of a lookup that the literature calls its hop count. A contact that
// was in the asking node's table is at depth 1; one that a contact at depth d told of is at d+1.
// 0: does not apply.
type Hops struct {
	Contact    int // depth of the closest contact found (Roos, Salah, Strufe 2013)
	FirstValue int // depth of the first contact that knew peers (IPFS RFM7)
	DiscoverK  int // smallest depth at which all k closest had been seen (IPFS RFM17)
	Total      int // greatest depth of a contact that answered (IPFS RFM17, total hops)
}

func (g *Group) result(l *lookup) *Result {
	r := &g.scratch.result
	*r = Result{
		Request: l.Request, Started: l.started, Rounds: int(l.waves), Messages: l.sent,
		Timeouts: l.timeouts, Answers: l.answers, Closest: r.Closest[:0], Peers: l.peers,
		Stored: l.stored,
	}
	r.Hops.FirstValue = int(l.value)
	for _, c := range l.list {
		if c.state != responded {
			continue
		}
		if r.Hops.Contact == 0 {
			r.Hops.Contact = int(c.depth)
		}
		if len(r.Closest) < l.k {
			id, addr := g.env.Directory.Contact(c.ref)
			r.Closest = append(r.Closest, Contact{id, addr})
			r.Hops.DiscoverK = max(r.Hops.DiscoverK, int(c.depth))
		}
		r.Hops.Total = max(r.Hops.Total, int(c.depth))
	}
	return r
}
