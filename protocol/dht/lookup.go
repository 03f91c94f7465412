package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Request is what the owner of a node asks it to look up.
type Request struct {
	Method  krpc.Method // FindNode, GetPeers, or AnnouncePeer: get_peers, then announce
	Target  krpc.ID     // node id or infohash
	Port    uint16      // AnnouncePeer: of the peer
	Implied bool        // AnnouncePeer: let the others take the port from our datagrams
	Tag     uint64      // given back with the result
}

// lookup is an iterative lookup: Kademlia's, as section 2.3 of Maymounkov and Mazieres (2002) and
// BEP 5 describe it. Queries go to the closest candidates; it ends when the k closest ones that
// are not dead have all answered. Peers found do not end it.
type lookup struct {
	Request
	target   krpc.ID // of Request, or the node's own id, or a random one
	purpose  purpose
	k        int  // closest contacts to be found
	filling  bool // refresh of a bucket that may lack contacts: which one, and how many it had
	bucket   int
	had      int
	started  protocol.Time
	next     uint32 // in the node's list
	index    uint32 // in the pool
	inFlight int
	sent     int
	timeouts int
	answers  int
	stored   int    // announce_peer: acknowledged
	storing  bool   // the search has ended, announces are in flight
	wave     uint16 // of the latest query that came to its end
	waves    uint16 // of the latest query sent
	value    uint8  // depth of the first contact that knew peers
	list     shortlist
	heardOf  filter
	tokens   [][]byte
	peers    []protocol.Addr
	known    map[protocol.Addr]struct{} // the peers, to tell which are new
}

const (
	maxFoundPeers = 2048
	maxToken      = 64
)

// lookupPool keeps ended lookups for the next ones. Unlike those of a pool, its entries stay
// where they are: a lookup may start another one.
type lookupPool struct {
	items []*lookup
	free  []uint32
	bound int // of the shortlists
}

func (p *lookupPool) at(x uint32) *lookup { return p.items[x] }

func (p *lookupPool) take() *lookup {
	if n := len(p.free); n > 0 {
		l := p.items[p.free[n-1]]
		p.free = p.free[:n-1]
		*l = lookup{index: l.index, list: l.list[:0], tokens: l.tokens[:0], peers: l.peers[:0],
			known: l.known}
		clear(l.known)
		return l
	}
	l := &lookup{index: uint32(len(p.items)), list: make(shortlist, 0, p.bound)}
	p.items = append(p.items, l)
	return l
}

func (p *lookupPool) release(x uint32) { p.free = append(p.free, x) }

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
	l.inFlight++
	l.sent++
	l.waves = l.wave + 1
	tid := g.send(i, t, query{addr: to, ref: r, newcomer: NoRef, lookup: l.index,
		wave: l.waves, purpose: purposeLookup})
	b, id, w := g.scratch.packet[:0], g.nodes[i].id, g.asker(i, t, l.target)
	if l.Method == krpc.FindNode {
		b = w.FindNode(b, tid[:], id, l.target)
	} else {
		b = w.GetPeers(b, tid[:], id, l.target)
	}
	t.Out.SendTo(to, b)
	g.scratch.packet = b
}

// step sends the queries that may be sent now, or ends the lookup.
func (g *Group) step(i uint32, t *protocol.Turn, l *lookup) {
	if g.cfg.Rounds && l.inFlight > 0 {
		return
	}
	if g.gained(i, l) {
		g.searched(i, t, l)
		return
	}
	open, live := false, 0
	for p := 0; p < len(l.list) && live < l.k; p++ {
		c := &l.list[p]
		if c.state == dead {
			continue
		}
		live++
		if c.state == fresh && l.inFlight < g.cfg.Alpha {
			_, addr := g.env.Directory.Contact(c.ref)
			c.state = inFlight
			g.ask(i, t, l, c.ref, addr)
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
	l.inFlight--
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
		if l.Method == krpc.AnnouncePeer && len(m.Token) > 0 && len(m.Token) <= maxToken {
			c.token = l.keepToken(m.Token)
		}
	}
	if m.NumValues > 0 {
		g.collect(l, m, depth)
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

// collect keeps the peers of an answer that are new.
func (g *Group) collect(l *lookup, m *krpc.Message, depth uint8) {
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
			l.value = depth
		}
		if _, have := l.known[a]; !have && a.Port() != 0 {
			l.known[a] = struct{}{}
			l.peers = append(l.peers, a)
		}
	}
}

// missed handles a query of a lookup that got no answer, or none of use.
func (g *Group) missed(i uint32, t *protocol.Turn, q query, timeout bool) {
	l := g.searches.at(q.lookup)
	l.inFlight--
	if timeout {
		l.timeouts++
	}
	if q.purpose == purposeStore {
		g.storedAll(i, t, l)
		return
	}
	l.wave = max(l.wave, q.wave)
	if q.ref != NoRef {
		if p := l.list.position(q.ref); p >= 0 && l.list[p].state == inFlight {
			l.list[p].state = dead
		}
	}
	g.step(i, t, l)
}

// searched ends the search; an announcing lookup goes on to announce.
func (g *Group) searched(i uint32, t *protocol.Turn, l *lookup) {
	g.detach(i, l)
	if l.Method == krpc.AnnouncePeer {
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
