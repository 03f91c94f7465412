package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	maxFoundPeers   = 2048
	maxFoundSamples = 1 << 13
	maxHeld         = 1 << 32 // who claims to hold more infohashes is counted as holding as many
)

// findings is what a lookup found besides contacts and peers.
type findings struct {
	// Get and Put.
	item   krpc.Item // the newest one that is genuine; its slices are parts of bytes
	bytes  []byte
	seq    int64 // no older item is of interest
	seqSet bool
	copies int

	// Scrapes.
	seeds, others krpc.Filter
	scraped       int

	// SampleInfohashes.
	samples []krpc.ID
	known   map[krpc.ID]struct{}       // the samples, to tell which are new
	asked   map[protocol.Addr]struct{} // nobody may be asked twice within his interval (BEP 51)
	sampled int
	held    int64
}

// gathers reports whether a lookup needs findings.
func (r *Request) gathers() bool {
	switch r.Method {
	case krpc.Get, krpc.Put, krpc.SampleInfohashes:
		return true
	}
	return r.Method == krpc.GetPeers && r.Scrape
}

// gathering returns findings that are still empty.
func (p *lookupPool) gathering(r *Request) *findings {
	if len(p.findings) == 0 {
		p.findings = append(p.findings, &findings{})
	}
	last := len(p.findings) - 1
	f := p.findings[last]
	p.findings = p.findings[:last]
	*f = findings{bytes: f.bytes[:0], samples: f.samples[:0], known: f.known, asked: f.asked}
	clear(f.known)
	clear(f.asked)
	if r.Method == krpc.SampleInfohashes && f.known == nil {
		f.known, f.asked = make(map[krpc.ID]struct{}), make(map[protocol.Addr]struct{})
	}
	if r.Item != nil {
		f.seq, f.seqSet = r.Item.Seq, r.Item.HasSeq
	}
	return f
}

// askedBefore reports whether the host was asked for samples, perhaps under another id, by a lookup
// that has forgotten it since.
func (f *findings) askedBefore(a protocol.Addr) bool {
	_, asked := f.asked[a]
	return asked
}

// gather keeps what an answer has besides contacts and peers.
func (g *Group) gather(l *lookup, m *krpc.Message) {
	switch l.Method {
	case krpc.Get, krpc.Put:
		g.retrieve(l, m)
	case krpc.SampleInfohashes:
		g.sampled(l.found, &m.Sample)
	case krpc.GetPeers:
		l.found.scrape(m)
	}
}

// collect keeps the peers of an answer that are new.
func (l *lookup) collect(m *krpc.Message, depth uint8, now protocol.Time) {
	if l.known == nil {
		l.known = make(map[protocol.Addr]struct{})
	}
	peers := krpc.Peers(m.Values)
	for len(l.peers) < maxFoundPeers {
		a, ok := peers.Next()
		if !ok {
			return
		}
		if l.value == 0 {
			l.value, l.valued = depth, now
		}
		if _, have := l.known[a]; !have && a.Port() != 0 {
			l.known[a] = struct{}{}
			l.peers = append(l.peers, a)
		}
	}
}

// scrape unites the filters of an answer with those of the others.
func (f *findings) scrape(m *krpc.Message) {
	if m.SeedFilter == nil && m.PeerFilter == nil {
		return
	}
	f.scraped++
	if m.SeedFilter != nil {
		f.seeds.Union((*krpc.Filter)(m.SeedFilter))
	}
	if m.PeerFilter != nil {
		f.others.Union((*krpc.Filter)(m.PeerFilter))
	}
}

// addPeers adds peers that were not told of by a filter but by their addresses. That has to wait
// for the end: only then is it known who is a seed (BEP 33).
func (f *findings) addPeers(peers []protocol.Addr) {
	for _, a := range peers {
		if !f.seeds.Has(a) {
			f.others.Insert(a)
		}
	}
}

// sampled keeps the infohashes of an answer that are new. An answer without samples came from a
// node that took the query for find_node.
func (g *Group) sampled(f *findings, s *krpc.Sample) {
	if s.IDs == nil {
		return
	}
	if len(s.IDs)%krpc.IDSize != 0 {
		g.counters[BadSamples]++
	}
	f.sampled++
	f.held += min(max(0, s.Num), maxHeld)
	for ids := s.IDs; len(ids) >= krpc.IDSize && len(f.samples) < maxFoundSamples; {
		id := krpc.IDFromBytes(ids)
		ids = ids[krpc.IDSize:]
		if _, have := f.known[id]; !have {
			f.known[id] = struct{}{}
			f.samples = append(f.samples, id)
		}
	}
}
