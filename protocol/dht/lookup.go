package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Request is what the owner of a node asks it to look up. AnnouncePeer searches by get_peers, then
// announces; Put searches by get, then puts.
type Request struct {
	Method  krpc.Method // FindNode, GetPeers, AnnouncePeer, Get, Put or SampleInfohashes
	Target  krpc.ID     // node id, infohash, or where an item belongs; of Put, Item tells it
	Port    uint16      // AnnouncePeer: of the peer
	Implied bool        // AnnouncePeer: let the others take the port from our datagrams
	Seed    bool        // AnnouncePeer: the peer has everything (BEP 33)
	NoSeed  bool        // GetPeers: of peers that do not (BEP 33)
	Scrape  bool        // GetPeers: count the peers by filters (BEP 33)
	Tag     uint64      // given back with the result

	// Item is for Put what is to be stored: signed, if it is mutable. For Get it has the Salt of
	// the item that is sought, and, with HasSeq, the Seq of what the owner has already, which need
	// not be sent again; it is nil where there is neither. Neither it nor its bytes may change
	// until the lookup has ended.
	Item *krpc.Item
}

// stores reports whether something is to be stored at the contacts that the search finds.
func (r *Request) stores() bool { return r.Method == krpc.AnnouncePeer || r.Method == krpc.Put }

// lookup is an iterative lookup: Kademlia's, as section 2.3 of Maymounkov and Mazieres (2002) and
// BEP 5 describe it. Queries go to the closest candidates; it ends when the k closest ones that
// are not dead have all answered. Peers found do not end it.
type lookup struct {
	Request
	target   krpc.ID // of Request or its item, or the node's own id, or a random one
	purpose  purpose
	filling  bool  // refresh of a bucket that may lack contacts: which one, and how many it had
	storing  bool  // the search has ended, announces or puts are in flight
	value    uint8 // depth of the first contact that knew peers
	k        int   // closest contacts to be found
	list     shortlist
	inFlight int
	slow     int // of those in flight: longer than SoftTimeout
	sent     int
	timeouts int
	answers  int
	wave     uint16 // of the latest query that came to its end
	waves    uint16 // of the latest query sent
	next     uint32 // in the node's list
	index    uint32 // in the pool
	bucket   int
	had      int
	found    *findings // what it found besides contacts and peers; nil for most lookups
	started  protocol.Time
	reached  protocol.Time // when the closest contact of those that answered did
	valued   protocol.Time // when the first peers came
	heardOf  filter
	tokens   [][]byte
	peers    []protocol.Addr
	known    map[protocol.Addr]struct{} // the peers, to tell which are new
	networks map[uint64]struct{}        // Diverse: of the contacts that answers told of
	stored   int                        // announces or puts that were acknowledged
	refused  int                        // or refused with an error; of the latest one:
	code     int64
	text     []byte
}

const maxToken = 64

// sentMax is how many queries a lookup may send. An honest network needs a few for each of the k
// that are sought, but whoever tells of ever nearer contacts, all his own, would never let it end.
const sentMax = 1 << 11

// lookupPool keeps ended lookups for the next ones. Unlike those of a pool, its entries stay
// where they are: a lookup may start another one.
type lookupPool struct {
	items []*lookup
	free  []uint32
	bound int // of the shortlists

	findings []*findings // not in use
}

func (p *lookupPool) at(x uint32) *lookup { return p.items[x] }

func (p *lookupPool) take() *lookup {
	if n := len(p.free); n > 0 {
		l := p.items[p.free[n-1]]
		p.free = p.free[:n-1]
		*l = lookup{index: l.index, list: l.list[:0], tokens: l.tokens[:0], peers: l.peers[:0],
			known: l.known, networks: l.networks, text: l.text[:0]}
		clear(l.known)
		clear(l.networks)
		return l
	}
	l := &lookup{index: uint32(len(p.items))} // lists grow: most need a part of their bound
	p.items = append(p.items, l)
	return l
}

func (p *lookupPool) release(x uint32) {
	if l := p.items[x]; l.found != nil {
		p.findings = append(p.findings, l.found)
		l.found = nil
	}
	p.free = append(p.free, x)
}

// search starts a lookup.
func (g *Group) search(i uint32, t *protocol.Turn, r Request, why purpose) {
	g.start(i, t, g.prepare(i, t, r, why))
}

// prepare returns a lookup that is entered in the node's list but has no candidates yet.
func (g *Group) prepare(i uint32, t *protocol.Turn, r Request, why purpose) *lookup {
	n := &g.nodes[i]
	l := g.searches.take()
	l.Request, l.target, l.purpose, l.started, l.k = r, r.Target, why, t.Now, g.cfg.K
	l.next, n.lookups = n.lookups, l.index
	g.begun.count(why)
	if r.gathers() {
		l.found = g.searches.gathering(&l.Request)
	}
	if r.Method == krpc.Put {
		l.target = r.Item.Target()
	}
	return l
}

func (g *Group) start(i uint32, t *protocol.Turn, l *lookup) {
	for _, near := range g.closest(i, l.target, g.cfg.K) {
		id, addr := g.env.Directory.Contact(near.ref)
		g.enter(l, id, addr, 1)
	}
	if l.purpose == purposeJoin {
		g.recall(i, t, l)
		g.askSeeds(i, t, l)
	}
	g.step(i, t, l)
}

// askSeeds queries addresses whose ids are not known. They are no candidates until they answer.
func (g *Group) askSeeds(i uint32, t *protocol.Turn, l *lookup) {
	g.scratch.seeds = g.env.Seeds(i, g.scratch.seeds[:0])
	for _, addr := range g.scratch.seeds {
		g.ask(i, t, l, NoRef, addr)
	}
}

// ask sends one query of a lookup.
func (g *Group) ask(i uint32, t *protocol.Turn, l *lookup, r Ref, to protocol.Addr) {
	if l.Method == krpc.SampleInfohashes {
		l.found.asked[to] = struct{}{}
	}
	l.inFlight++
	l.sent++
	l.waves = l.wave + 1
	tid := g.send(i, t, query{addr: to, ref: r, newcomer: NoRef, lookup: l.index,
		wave: l.waves, purpose: purposeLookup})
	w := g.asker(i, t, l.target)
	b := appendQuestion(w, g.scratch.packet[:0], tid[:], g.nodes[i].id, l)
	t.Out.SendTo(to, b)
	g.scratch.packet = b
}

// step sends the queries that may be sent now, or ends the lookup.
func (g *Group) step(i uint32, t *protocol.Turn, l *lookup) {
	if g.cfg.Rounds && l.inFlight > 0 {
		return
	}
	if g.gained(i, l) || l.sent >= sentMax {
		g.searched(i, t, l)
		return
	}
	open, live := false, 0
	for p := 0; p < len(l.list) && live < l.k; p++ {
		c := &l.list[p]
		if c.state == dead {
			continue
		}
		if c.state == fresh && l.inFlight-l.slow < g.cfg.Alpha {
			_, addr := g.env.Directory.Contact(c.ref)
			c.state = inFlight
			g.ask(i, t, l, c.ref, addr)
		}
		if c.token == barred {
			continue
		}
		if c.state != slow { // which others may have to replace
			live++
		}
		open = open || c.state != responded
	}
	// With fewer than k candidates, a seed that has not answered can still make a difference.
	if open || live < l.k && l.inFlight > 0 {
		return
	}
	g.searched(i, t, l)
}

// learned handles the answer to a query of a lookup.
func (g *Group) learned(i uint32, t *protocol.Turn, q query, r Ref, m *krpc.Message) {
	l := g.searches.at(q.lookup)
	l.landed(&q)
	l.answers++
	l.wave = max(l.wave, q.wave)
	p := l.list.position(r)
	if p < 0 && q.ref == NoRef {
		p = g.enter(l, m.ID, q.addr, 1)
	}
	depth := uint8(1)
	if p >= 0 {
		c := &l.list[p]
		c.state, depth = responded, c.depth
		if l.list.leads(p) {
			l.reached = t.Now
		}
		if l.stores() && c.token != barred && len(m.Token) > 0 && len(m.Token) <= maxToken {
			c.token = l.keepToken(m.Token)
		}
	}
	if m.NumValues > 0 {
		l.collect(m, depth, t.Now)
	}
	if l.found != nil {
		g.gather(l, m)
	}
	g.hearAll(i, l, m, depth)
	g.step(i, t, l)
}

// hear enters the contacts of an answer.
func (g *Group) hear(i uint32, l *lookup, nodes krpc.NodeIter, depth uint8) {
	if nodes.Tail() != 0 {
		g.counters[BadContacts]++
	}
	next := min(depth, 254) + 1
	for {
		id, addr, ok := nodes.Next()
		if !ok {
			return
		}
		if id == g.nodes[i].id {
			continue
		}
		if !g.reachable(addr) {
			g.counters[BadContacts]++
			continue
		}
		g.enter(l, id, addr, next)
	}
}

// landed notes that a query is no longer in flight.
func (l *lookup) landed(q *query) {
	l.inFlight--
	if q.slow {
		l.slow--
	}
}

// missed handles a query of a lookup that got no answer, or none of use.
func (g *Group) missed(i uint32, t *protocol.Turn, q query, timeout bool) {
	l := g.searches.at(q.lookup)
	l.landed(&q)
	if timeout {
		l.timeouts++
	}
	if q.purpose == purposeStore {
		g.storedAll(i, t, l)
		return
	}
	l.wave = max(l.wave, q.wave)
	if q.ref != NoRef {
		if p := l.list.position(q.ref); p >= 0 && l.list[p].waiting() {
			l.list[p].state = dead
		}
	}
	g.step(i, t, l)
}

// searched ends the search; an announcing lookup goes on to announce.
func (g *Group) searched(i uint32, t *protocol.Turn, l *lookup) {
	g.detach(i, l)
	if l.stores() {
		g.announce(i, t, l)
		return
	}
	g.done(i, t, l)
}

// detach lets go of the queries that are still in flight to farther candidates. Their answers
// will still be good for the table.
func (g *Group) detach(i uint32, l *lookup) {
	for x := g.nodes[i].queries.head; x != nilIndex && l.inFlight > 0; x = g.pending.at(x).next {
		if q := g.pending.at(x); q.lookup == l.index {
			q.lookup = nilIndex
			l.inFlight--
		}
	}
	l.slow = 0
}

// done reports a lookup and forgets it.
func (g *Group) done(i uint32, t *protocol.Turn, l *lookup) {
	n := &g.nodes[i]
	link := &n.lookups
	for *link != l.index {
		link = &g.searches.at(*link).next
	}
	*link = l.next
	switch l.purpose {
	case purposeJoin:
		g.joinEnded(i, t, l)
	case purposeRefresh:
		g.refreshEnded(i, t, l)
	}
	if l.purpose == purposeUser && g.env.Observer != nil {
		g.env.Observer.Done(i, t, g.result(l))
	}
	g.searches.release(l.index)
}
