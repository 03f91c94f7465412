package auditor

import (
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
)

// eye is what an observer's client tells what peers show. It finds out who they are, enters
// that in the book, and notes in the journal what changed. Its methods are called in turns.
type eye struct {
	group   *swarm.Group
	book    *book // nil until the torrent is known; then nobody's Field comes
	journal *journal
	shift   protocol.Time // of the book's time against the node's
	open    map[protocol.Conn]link
	byID    map[alias]audit.User
	byPlace map[protocol.Addr]audit.User // where they listen
}

// alias is by what a peer is known again: its id, at a host. Without the host, others could
// speak in its name.
type alias struct {
	host protocol.Addr
	id   [20]byte
}

type link struct {
	who   swarm.Remote
	user  audit.User
	known bool // the peer has said what it has, and is entered as user
}

func newEye() *eye {
	return &eye{open: make(map[protocol.Conn]link),
		byID: make(map[alias]audit.User), byPlace: make(map[protocol.Addr]audit.User)}
}

// begin gives the eye its book, in which there may be peers from before.
func (e *eye) begin(book *book, j *journal, shift protocol.Time) {
	e.book, e.journal, e.shift = book, j, shift
	for u := range book.users {
		e.remember(audit.User(u))
	}
}

// remember makes a user known by the id and the place that the book has of it.
func (e *eye) remember(u audit.User) {
	p := &e.book.users[u]
	e.byID[alias{p.addr.WithPort(0), p.id}] = u
	if p.listens {
		e.byPlace[p.addr] = u
	}
}

// forget ends that, before it has others: who comes under ever new ones takes no memory.
func (e *eye) forget(u audit.User) {
	p := &e.book.users[u]
	if name := (alias{p.addr.WithPort(0), p.id}); e.byID[name] == u {
		delete(e.byID, name)
	}
	if e.byPlace[p.addr] == u {
		delete(e.byPlace, p.addr)
	}
}

// enter enters a sighting, and keeps it if it matters.
func (e *eye) enter(s *glimpse, t *protocol.Turn) bool {
	s.at = t.Now + e.shift
	changed := e.book.add(s)
	if changed {
		e.journal.note(s)
	}
	return changed
}

// Met implements swarm.Watcher.
func (e *eye) Met(
	_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, who swarm.Remote,
) {
	e.open[c] = link{who: who}
}

// Field implements swarm.Watcher.
func (e *eye) Field(i uint32, t *protocol.Turn, _ uint32, c protocol.Conn, field []byte) {
	conn := e.open[c]
	place, listens := e.group.Listens(i, c)
	if !listens {
		place = conn.who.Addr
	}
	s := &glimpse{what: sawPeer, peer: contact{place, listens, conn.who.ID}, field: field}
	s.user = e.identify(&s.peer)
	conn.user, conn.known = s.user, e.arrive(s, t)
	e.open[c] = conn
}

// arrive enters a connection of a user, who may be new, under another id or at another place.
func (e *eye) arrive(s *glimpse, t *protocol.Turn) (known bool) {
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
func (e *eye) identify(p *contact) audit.User {
	u, ok := e.byID[alias{p.addr.WithPort(0), p.id}]
	if ok && !e.book.users[u].there {
		return u
	}
	if u, ok = e.byPlace[p.addr]; ok && p.listens && !e.book.users[u].there {
		return u
	}
	return audit.User(len(e.book.users))
}

// Have implements swarm.Watcher.
func (e *eye) Have(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawHave, user: conn.user, piece: piece}, t)
	}
}

// Lacks implements swarm.Watcher.
func (e *eye) Lacks(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawLacks, user: conn.user, piece: piece}, t)
	}
}

// Gone implements swarm.Watcher.
func (e *eye) Gone(_ uint32, t *protocol.Turn, _ uint32, c protocol.Conn) {
	if conn := e.open[c]; conn.known {
		e.enter(&glimpse{what: sawGone, user: conn.user}, t)
	}
	delete(e.open, c)
}

// tick notes that time has passed, and returns what is to be written to the journal.
func (e *eye) tick(t *protocol.Turn) []byte {
	e.enter(&glimpse{what: sawTick}, t)
	return e.journal.take()
}

// silent counts the connections whose peers have said nothing.
func (e *eye) silent() (n int) {
	for _, c := range e.open {
		if !c.known {
			n++
		}
	}
	return n
}
