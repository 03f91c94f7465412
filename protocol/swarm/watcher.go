package swarm

import (
	"slices"

	"swarmlab/protocol"
)

// Watcher is told what the peers of a torrent show of what they have, which is all that a passive
// observer sees (method M6 of package audit). It may look at the group, by its views, but must not
// act on it.
//
// A connection is Met, says with its Field what the peer has, and then what it gains and loses,
// until it is Gone. Before the metadata of a magnet link is there, nobody's Field is known; what
// peers have said until then is in it when it comes. A peer that says nothing at all has no Field.
// Drop is a crash: nothing is Gone.
type Watcher interface {
	// Met says that the handshakes with a peer are done.
	Met(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, who Remote)
	// Field is what the peer has, once for each connection: a bitfield as on the wire, also if it
	// came as have all or have none, or not at all. It is valid during the call.
	Field(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, field []byte)
	// Have says that the peer has a piece, of which it may have said so before.
	Have(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, piece uint32)
	// Lacks says that the peer has a piece no longer (BEP 54).
	Lacks(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, piece uint32)
	// Gone says that the connection has ended. The number may be used again.
	Gone(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn)
}

// Remote is who is at the other end of a connection.
type Remote struct {
	ID     [20]byte
	Addr   protocol.Addr // where it comes from, or was dialed
	Dialed bool          // by this end, so that Addr is where it listens
}

// Listens returns the address that the peer of a connection of core i listens on. ok is false while
// it is not known: until its extension handshake, if it was the peer that dialed.
func (g *Group) Listens(i uint32, c protocol.Conn) (a protocol.Addr, ok bool) {
	conns := g.cores[i].conns
	if int(c) >= len(conns) || conns[c] == nil || conns[c].peer == nilIndex {
		return a, false
	}
	p := &conns[c].member.peers.list[conns[c].peer]
	return p.addr, !p.deaf
}

// met tells the watcher of a new connection.
func (x *turn) met(c *conn) {
	if w := x.g.env.Watcher; w != nil {
		w.Met(x.i, x.Turn, c.member.index, c.number, Remote{c.id, c.addr, c.dialed})
	}
}

// shows tells the watcher what a peer has said that it has: a bitfield whose form is right.
func (x *turn) shows(c *conn, field []byte) {
	if w := x.g.env.Watcher; w != nil {
		w.Field(x.i, x.Turn, c.member.index, c.number, field)
	}
}

// showsSame tells the watcher that a peer has everything, or nothing.
func (x *turn) showsSame(c *conn, everything bool) {
	if x.g.env.Watcher == nil {
		return
	}
	s, n := &x.g.scratch, c.member.geo.Pieces()
	s.set = slices.Grow(s.set[:0], words(n))[:words(n)]
	clear(s.set)
	if everything {
		s.set.setAll(n)
	}
	s.greet.bits = s.set.appendWire(s.greet.bits[:0], n)
	x.shows(c, s.greet.bits)
}
