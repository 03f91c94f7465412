package main

import (
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
)

// auditEye is what an observer's client tells what peers show. It finds out who they are, enters
// that in the book, and notes in the journal what changed. Its methods are called in turns.
type auditEye struct {
	group   *swarm.Group
	book    *auditBook // nil until the torrent is known; then nobody's Field comes
	journal *auditJournal
	shift   protocol.Time // of the book's time against the node's
	open    map[protocol.Conn]auditConn
	byID    map[auditName]audit.User
	byPlace map[protocol.Addr]audit.User // where they listen
}

// auditName is by what a peer is known again: its id, at a host. Without the host, others could
// speak in its name.
type auditName struct {
	host protocol.Addr
	id   [20]byte
}

type auditConn struct {
	who   swarm.Remote
	user  audit.User
	known bool // the peer has said what it has, and is entered as user
}

func newAuditEye() *auditEye {
	return &auditEye{open: make(map[protocol.Conn]auditConn),
		byID: make(map[auditName]audit.User), byPlace: make(map[protocol.Addr]audit.User)}
}

// begin gives the eye its book, in which there may be peers from before.
func (e *auditEye) begin(book *auditBook, j *auditJournal, shift protocol.Time) {
	e.book, e.journal, e.shift = book, j, shift
	for u := range book.users {
		e.remember(audit.User(u))
	}
}

// remember makes a user known by the id and the place that the book has of it.
func (e *auditEye) remember(u audit.User) {
	p := &e.book.users[u]
	e.byID[auditName{p.addr.WithPort(0), p.id}] = u
	if p.listens {
		e.byPlace[p.addr] = u
	}
}

// forget ends that, before it has others: who comes under ever new ones takes no memory.
func (e *auditEye) forget(u audit.User) {
	p := &e.book.users[u]
	if name := (auditName{p.addr.WithPort(0), p.id}); e.byID[name] == u {
		delete(e.byID, name)
	}
	if e.byPlace[p.addr] == u {
		delete(e.byPlace, p.addr)
	}
}

// enter enters a sighting, and keeps it if it matters.
func (e *auditEye) enter(s *glimpse, t *protocol.Turn) bool {
	s.at = t.Now + e.shift
	changed := e.book.add(s)
	if changed {
		e.journal.note(s)
	}
	return changed
}

// Met implements swarm.Watcher.
func (e *auditEye) Met(
	_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, who swarm.Remote,
) {
	e.open[c] = auditConn{who: who}
}

// Field implements swarm.Watcher.
func (e *auditEye) Field(i uint32, t *protocol.Turn, _ uint32, c protocol.Conn, field []byte) {
	conn := e.open[c]
	place, listens := e.group.Listens(i, c)
	if !listens {
		place = conn.who.Addr
	}
	s := &glimpse{what: sawPeer, peer: auditPeer{place, listens, conn.who.ID}, field: field}
	s.user = e.identify(&s.peer)
	conn.user, conn.known = s.user, e.arrive(s, t)
	e.open[c] = conn
}

// arrive enters a connection of a user, who may be new, under another id or at another place.
func (e *auditEye) arrive(s *glimpse, t *protocol.Turn) (known bool) {
	if int(s.user) < len(e.book.users) {
		e.forget(s.user)
	}
	known = e.enter(s, t)
	if int(s.user) < len(e.book.users) {
		e.remember(s.user)
	}
	return known
}

// identify returns which user a peer is: one that was here before, by its id or by where it
// listens, or a new one. Nobody is at two connections.
func (e *auditEye) identify(p *auditPeer) audit.User {
	u, ok := e.byID[auditName{p.addr.WithPort(0), p.id}]
	if ok && !e.book.users[u].there {
		return u
	}
	if u, ok = e.byPlace[p.addr]; ok && p.listens && !e.book.users[u].there {
		return u
	}
	return audit.User(len(e.book.users))
}

// Have implements swarm.Watcher.
func (e *auditEye) Have(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawHave, user: conn.user, piece: piece}, t)
	}
}

// Lacks implements swarm.Watcher.
func (e *auditEye) Lacks(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawLacks, user: conn.user, piece: piece}, t)
	}
}

// Gone implements swarm.Watcher.
func (e *auditEye) Gone(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawGone, user: conn.user}, t)
	}
	delete(e.open, c)
}

// tick notes that time has passed, and returns what is to be written to the journal.
func (e *auditEye) tick(t *protocol.Turn) []byte {
	e.enter(&glimpse{what: sawTick}, t)
	return e.journal.take()
}

// silent counts the connections whose peers have said nothing.
func (e *auditEye) silent() (n int) {
	for _, c := range e.open {
		if !c.known {
			n++
		}
	}
	return n
}
