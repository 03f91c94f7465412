package swarm

import (
	"time"

	"swarmlab/protocol"
)

// Progress is how far a core has come with a torrent.
type Progress struct {
	Known    bool          // the metadata is there
	Pieces   uint32        // of the torrent
	Have     uint32        // verified pieces
	Left     uint64        // bytes of the pieces that are missing
	Added    protocol.Time // when the core began
	Finished protocol.Time // when everything was there; Never until then
	Conns    int           // connections past the handshakes
	Unchoked int           // of them unchoked by this core
	Peers    int           // addresses known
}

// Progress returns how far core i has come with a torrent. ok is false if it takes no part in it.
func (g *Group) Progress(i, torrent uint32) (p Progress, ok bool) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return p, false
	}
	p = Progress{Known: m.known, Added: m.started, Finished: m.finished, Conns: len(m.conns),
		Peers: len(m.peers.list)}
	for _, c := range m.conns {
		if !c.choked {
			p.Unchoked++
		}
	}
	if m.known {
		p.Pieces, p.Have, p.Left = m.geo.Pieces(), m.picker.complete, m.picker.left()
	}
	return p, true
}

// Has says whether core i has a piece of a torrent, verified.
func (g *Group) Has(i, torrent, piece uint32) bool {
	m := g.cores[i].find(torrent)
	return m != nil && m.known && piece < m.geo.Pieces() && m.has(piece)
}

// AppendBitfield appends the verified pieces of core i, as a bitfield of the wire. It is what
// Entry.Have takes.
func (g *Group) AppendBitfield(dst []byte, i, torrent uint32) []byte {
	m := g.cores[i].find(torrent)
	if m == nil || !m.known {
		return dst
	}
	return m.picker.have.appendWire(dst, m.geo.Pieces())
}

// AppendAvailability appends for every piece of a torrent how many of the peers that core i is
// connected with have it.
func (g *Group) AppendAvailability(dst []uint32, i, torrent uint32) []uint32 {
	m := g.cores[i].find(torrent)
	if m == nil || !m.known {
		return dst
	}
	for p := range m.geo.Pieces() {
		dst = append(dst, m.picker.copies(p))
	}
	return dst
}

// Metadata returns the info dictionary that core i has of a torrent, nil if it has none. It is not
// to be changed.
func (g *Group) Metadata(i, torrent uint32) []byte {
	if m := g.cores[i].find(torrent); m != nil {
		return m.metadata
	}
	return nil
}

// ConnView is a connection as a core sees it. It is valid during the call only.
type ConnView struct {
	Addr       protocol.Addr // where it comes from or goes to
	Listens    protocol.Addr // where the peer listens, as far as known; otherwise Addr
	PeerID     [20]byte
	Dialed     bool // by this end
	Since      protocol.Time
	Fast       bool // both ends speak BEP 6
	Interested bool // this end is
	Wanted     bool // the other end is
	Choked     bool // by this end
	Optimistic bool // unchoked by this end to see what it gives
	Choking    bool // it chokes this end
	Snubbed    bool // it was asked and does not answer
	Seed       bool // it has everything
	UploadOnly bool // it says so (BEP 21)
	Held       uint32
	DownRate   uint64 // bytes per second, payload, of the last 20 seconds
	UpRate     uint64
	Asked      int // requests of this end without answer
	Queued     int // requests of the other end without answer
	Tally      Tally

	m *member
	s slot
}

// Has says whether the peer has said that it has a piece.
func (v *ConnView) Has(piece uint32) bool {
	return v.m.known && piece < v.m.geo.Pieces() && v.m.picker.has(v.s, piece)
}

// EachConn shows the connections that core i has for a torrent, oldest first.
func (g *Group) EachConn(i, torrent uint32, now protocol.Time, visit func(*ConnView)) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return
	}
	var v ConnView
	for _, c := range m.conns {
		v = ConnView{Addr: c.addr, Listens: c.addr, PeerID: c.id, Dialed: c.dialed,
			Since: c.opened, Fast: c.fast, Interested: c.interested, Wanted: c.wanted,
			Choked: c.choked, Choking: c.choking, Snubbed: c.snubbed, UploadOnly: c.uploadOnly,
			DownRate: c.down.perSecond(now, c.opened), UpRate: c.up.perSecond(now, c.opened),
			Asked: int(c.asked.n - c.voided), Queued: int(c.wants.n), Tally: c.sofar(now),
			m: m, s: c.slot}
		if c.peer != nilIndex {
			v.Listens = m.peers.list[c.peer].addr
		}
		if m.known {
			v.Optimistic = !c.choked && m.choker.optimistic(c.slot)
			v.Seed, v.Held = m.picker.isSeed(c.slot), m.picker.held(c.slot)
		}
		visit(&v)
	}
}

// sofar returns the tally of a connection with the times that are running.
func (c *conn) sofar(now protocol.Time) Tally {
	a := c.tally
	for _, s := range []struct {
		at span
		d  *time.Duration
	}{
		{c.interestedAt, &a.Interested}, {c.wantedAt, &a.Wanted}, {c.chokingAt, &a.Unchoked},
		{c.regularAt, &a.Regular}, {c.optimisticAt, &a.Optimistic}, {span(c.opened), &a.Connected},
	} {
		*s.d += s.at.sofar(now)
	}
	return a
}

// Tally returns what core i counted of a torrent, with all peers.
func (g *Group) Tally(i, torrent uint32, now protocol.Time) (a Tally) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return a
	}
	a = m.ended
	for _, c := range m.conns {
		b := c.sofar(now)
		a.Add(&b)
	}
	return a
}

// Tallies shows what core i counted of a torrent with every peer that it was ever connected with,
// by the address that the peer listens on, in no order that means anything; at last, under the
// zero address, those that are not remembered any more.
func (g *Group) Tallies(i, torrent uint32, now protocol.Time,
	visit func(peer protocol.Addr, a *Tally)) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return
	}
	var a Tally
	for n := range m.peers.list {
		p := &m.peers.list[n]
		a = Tally{}
		if p.past != nil {
			a = *p.past
		}
		for _, c := range m.conns {
			if p.links > 0 && c.peer == uint32(n) {
				b := c.sofar(now)
				a.Add(&b)
			}
		}
		if a != (Tally{}) {
			visit(p.addr, &a)
		}
	}
	a = m.forgotten
	for _, c := range m.conns {
		if c.peer == nilIndex {
			b := c.sofar(now)
			a.Add(&b)
		}
	}
	if a != (Tally{}) {
		visit(protocol.Addr{}, &a)
	}
}
