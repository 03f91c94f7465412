package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// Source is where an address came from.
type Source uint8

// The sources, as bits.
const (
	FromTracker Source = 1 << iota
	FromDHT
	FromPEX
	FromIncoming // it connected to us
	FromManual   // the user, or a file
)

// peer is an address at which somebody takes part in a torrent.
type peer struct {
	addr     protocol.Addr
	next     protocol.Time // not to be dialed before
	past     *Tally        // of its connections that are no more; nil if it had none
	priority uint32        // BEP 40: higher is better
	sources  Source
	first    Source // that named it first
	fails    uint8
	links    uint8 // connections with it, or on their way
	deaf     bool  // the address is not one it listens on
	banned   bool
	seed     bool // it has everything, or wants nothing more
}

// peers are those of one torrent that a core knows.
type peers struct {
	list  []peer
	place map[protocol.Addr]uint32
	sound bool // nobody can make room for a newcomer: not before a connection has ended
}

// find returns the place of an address, nilIndex if it is not known.
func (p *peers) find(a protocol.Addr) uint32 {
	if at, ok := p.place[a]; ok {
		return at
	}
	return nilIndex
}

// dialable says whether a peer may be dialed, now or later.
func (p *peer) dialable(limit uint8, seed bool) bool {
	return p.links == 0 && !p.deaf && !p.banned && p.fails < limit && !(seed && p.seed)
}

// best returns the place of the peer to be dialed, nilIndex if there is none now, and when the
// next one may be.
func (p *peers) best(now protocol.Time, limit uint8, seed bool) (at uint32, next protocol.Time) {
	at, next = nilIndex, protocol.Never
	for n := range p.list {
		c := &p.list[n]
		if !c.dialable(limit, seed) {
			continue
		}
		if c.next > now {
			next = min(next, c.next)
			continue
		}
		if at == nilIndex || c.before(&p.list[at]) {
			at = uint32(n)
		}
	}
	return at, next
}

// before says whether a peer is to be dialed before another: the order of libtorrent. Those who
// were not tried yet come before those who were, for of these many will have left.
func (p *peer) before(q *peer) bool {
	if p.fails != q.fails {
		return p.fails < q.fails
	}
	if p.next != q.next {
		return p.next < q.next
	}
	if a, b := p.sources.standing(), q.sources.standing(); a != b {
		return a > b
	}
	return p.priority > q.priority
}

// standing ranks what is known of an address: a tracker heard from it itself, the DHT may have
// done so long ago, and others only tell of it (libtorrent).
func (s Source) standing() int {
	switch {
	case s&(FromManual|FromTracker) != 0:
		return 3
	case s&FromDHT != 0:
		return 2
	case s&FromPEX != 0:
		return 1
	}
	return 0
}

// untried returns how many peers were never connected and have not failed.
func (p *peers) untried() (n int) {
	for x := range p.list {
		c := &p.list[x]
		if c.past == nil && c.links == 0 && !c.deaf && !c.banned && c.fails == 0 {
			n++
		}
	}
	return n
}

// learn remembers an address and returns its place, nilIndex if it is not remembered.
func (x *turn) learn(m *member, a protocol.Addr, from Source) uint32 {
	hi, lo := a.IP16()
	unusable := a.Port() == 0 || hi == 0 && uint32(lo) == 0 || a == x.core.addr
	foreign := m.private && from&(FromDHT|FromPEX) != 0
	if unusable || foreign {
		x.g.counters.Ignored++
		return nilIndex
	}
	if at := m.peers.find(a); at != nilIndex {
		p := &m.peers.list[at]
		p.sources |= from
		if from == FromManual { // the user's word
			p.next = min(p.next, x.Now)
		}
		if from == FromTracker && p.links == 0 && p.next <= x.Now { // it is there: as if untried
			p.next, p.fails = 0, 0
		}
		if from != FromIncoming {
			p.deaf = false
			if from != FromDHT && p.fails > 0 { // somebody could connect to it
				p.fails--
			}
		}
		return at
	}
	p := peer{addr: a, sources: from, first: from, deaf: from == FromIncoming}
	if x.core.addr != (protocol.Addr{}) {
		p.priority = peerwire.Priority(x.core.addr, a)
	}
	return x.remember(m, p)
}

// remember adds a peer to the list, in the place of a worse one if that is full.
func (x *turn) remember(m *member, p peer) uint32 {
	if p.first != FromIncoming && m.found == protocol.Never {
		m.found = x.Now
	}
	list := m.peers.list
	if len(list) < x.g.cfg.MaxPeers {
		if m.peers.place == nil {
			m.peers.place = make(map[protocol.Addr]uint32)
		}
		m.peers.list = append(list, p)
		m.peers.place[p.addr] = uint32(len(list))
		return uint32(len(list))
	}
	x.g.counters.Forgotten++
	if m.peers.sound {
		return nilIndex
	}
	worst := m.peers.worst(&p)
	if worst == nilIndex || list[worst].worth() >= p.worth() {
		m.peers.sound = !p.deaf // who listens could take any place that others could
		return nilIndex
	}
	delete(m.peers.place, list[worst].addr)
	if past := list[worst].past; past != nil {
		m.forgotten.Add(past)
	}
	list[worst] = p
	m.peers.place[p.addr] = worst
	return worst
}

// worst returns the place of the first peer to be forgotten for another, nilIndex if there is none.
func (p *peers) worst(other *peer) uint32 {
	worst := nilIndex
	for n := range p.list {
		q := &p.list[n]
		if q.links > 0 || q.banned || q.fails == 0 && !q.deaf && other.deaf {
			continue
		}
		if worst == nilIndex || q.worth() < p.list[worst].worth() {
			worst = uint32(n)
		}
	}
	return worst
}

// worth ranks peers for remember. Who took part in an exchange is remembered, unless it is gone: a
// list full of those who left would have no place for anybody who came since.
func (p *peer) worth() int {
	w := -int(p.fails)
	if p.past != nil && p.fails == 0 {
		w += 300
	}
	if p.deaf {
		w -= 600
	}
	return w
}

// ban closes the door to a peer for good.
func (x *turn) ban(c *conn, why Drop) {
	if c.peer != nilIndex {
		c.member.peers.list[c.peer].banned = true
		x.g.counters.Bans++
	}
	x.close(c, why)
}

// banned says whether an address, or the host of an incoming one, is banned.
func (m *member) banned(a protocol.Addr) bool {
	at := m.peers.find(a)
	return at != nilIndex && m.peers.list[at].banned
}
