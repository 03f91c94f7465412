package dht

import (
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Result is what a lookup of the owner found and what it cost. What it points to is valid during
// the call of the observer only; Clone lasts.
type Result struct {
	Request
	Started  protocol.Time
	Found    protocol.Time // when the nearest of Closest answered; of no meaning if that is empty
	Valued   protocol.Time // when the first peers came; of no meaning without Hops.FirstValue
	Hops     Hops
	Rounds   int       // waves of queries, each sent after the one before had its first end
	Messages int       // queries sent, repeated ones too, without announces and puts
	Timeouts int       // queries without an answer in time, announces and puts included
	Answers  int       // contacts that answered
	Closest  []Contact // at most k that answered, nearest first; see SecureIDsEnforced
	Peers    []protocol.Addr

	// AnnouncePeer and Put.
	Stored      int    // were acknowledged
	Refused     int    // were refused with an error
	RefusedCode int64  // of the latest error, as those of BEP 5 and 44 in package krpc
	RefusedText []byte // likewise; at most 100 bytes of it, whatever they are

	// Get and Put.
	Item   *krpc.Item // the genuine one with the highest seq, not below the request's; or nil
	Copies int        // answers that had it; if nil, that claimed to have the request's seq

	// GetPeers with Scrape. Peers whose addresses were told are in PeerFilter unless in SeedFilter.
	SeedFilter, PeerFilter *krpc.Filter
	Scraped                int // answers with filters

	// SampleInfohashes.
	Samples []krpc.ID // infohashes, each once, at most 8192
	Sampled int       // answers with samples
	Held    int64     // infohashes that those hold, in sum, as they say
}

// Clone returns a copy that stays valid. The item of the request remains the owner's.
func (r *Result) Clone() Result {
	c := *r
	c.Closest, c.Peers = slices.Clone(r.Closest), slices.Clone(r.Peers)
	c.RefusedText, c.Samples = slices.Clone(r.RefusedText), slices.Clone(r.Samples)
	if r.Item != nil {
		it := *r.Item
		it.V, it.Key = slices.Clone(it.V), slices.Clone(it.Key)
		it.Sig, it.Salt = slices.Clone(it.Sig), slices.Clone(it.Salt)
		c.Item = &it
	}
	if r.SeedFilter != nil {
		seeds, others := *r.SeedFilter, *r.PeerFilter
		c.SeedFilter, c.PeerFilter = &seeds, &others
	}
	return c
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
		Request: l.Request, Started: l.started, Found: l.reached, Valued: l.valued,
		Rounds: int(l.waves), Messages: l.sent, Timeouts: l.timeouts, Answers: l.answers,
		Closest: r.Closest[:0], Peers: l.peers,
		Stored: l.stored, Refused: l.refused, RefusedCode: l.code, RefusedText: l.text,
	}
	if l.found != nil {
		l.found.report(r)
	}
	r.Hops.FirstValue = int(l.value)
	for _, c := range l.list {
		if c.state != responded || c.token == barred {
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

// report enters the findings of a lookup in its result.
func (f *findings) report(r *Result) {
	switch r.Method {
	case krpc.Get, krpc.Put:
		r.Copies = f.copies
		if f.item.V != nil {
			r.Item = &f.item
		}
	case krpc.SampleInfohashes:
		r.Samples, r.Sampled, r.Held = f.samples, f.sampled, f.held
	case krpc.GetPeers:
		f.addPeers(r.Peers)
		r.SeedFilter, r.PeerFilter, r.Scraped = &f.seeds, &f.others, f.scraped
	}
}
