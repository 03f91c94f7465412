package dht

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

type purpose uint8

const (
	purposePing    purpose = iota // is the contact alive?
	purposeVerify                 // is there a node? Of these there are at most verifyingMax
	purposeLookup                 // one step of a lookup
	purposeStore                  // announce_peer or put at the end of a lookup
	purposeUser                   // a lookup that the owner asked for
	purposeJoin                   // a lookup of the own id
	purposeRefresh                // a lookup of a random id in a bucket
	purposeProbe                  // upkeep: a query for the contacts in its answer
	purposeCheck                  // upkeep: a ping that is repeated
)

// query is a query in flight. It is answered by the address it was sent to, with its transaction
// id, or by nobody.
type query struct {
	sent     protocol.Time
	addr     protocol.Addr
	ref      Ref    // who was asked; NoRef for a seed, whose id is not known
	newcomer Ref    // ping: who gets the place if there is no answer; NoRef for none
	next     uint32 // in the node's list, in order of sending and so of timing out
	lookup   uint32 // lookup, store: for which; nilIndex if that has ended
	wave     uint16 // lookup: of the query, counted from 1; challenge: likewise, for a newcomer
	tid      uint16
	purpose  purpose
	tries    uint8
	slow     bool // lookup: in flight for longer than SoftTimeout
}

// fifo is a list of a node's queries through their next fields.
type fifo struct{ head, tail uint32 }

var emptyFifo = fifo{nilIndex, nilIndex}

// send takes a transaction id for q, notes it as in flight and returns the id for the packet.
func (g *Group) send(i uint32, t *protocol.Turn, q query) (tid [2]byte) {
	n := &g.nodes[i]
	q.tid = g.freshTID(n, t, q.addr)
	g.launch(n, t.Now, q)
	binary.BigEndian.PutUint16(tid[:], q.tid)
	return tid
}

// launch notes a query as in flight from now on.
func (g *Group) launch(n *node, now protocol.Time, q query) {
	q.sent, q.next = now, nilIndex
	x := g.pending.take()
	*g.pending.at(x) = q
	if n.queries.head == nilIndex {
		n.queries.head = x
	} else {
		g.pending.at(n.queries.tail).next = x
	}
	n.queries.tail = x
	if q.purpose == purposeVerify {
		n.verifying++
	}
}

// freshTID draws a transaction id that no other query in flight to that address has.
func (g *Group) freshTID(n *node, t *protocol.Turn, a protocol.Addr) uint16 {
	for {
		tid := uint16(t.Rand.Uint64())
		if x, _ := g.inFlight(n, a, tid); x == nilIndex {
			return tid
		}
	}
}

// inFlight finds the query with that address and transaction id, and its predecessor.
func (g *Group) inFlight(n *node, a protocol.Addr, tid uint16) (x, before uint32) {
	before = nilIndex
	for x = n.queries.head; x != nilIndex; x = g.pending.at(x).next {
		if q := g.pending.at(x); q.tid == tid && q.addr == a {
			return x, before
		}
		before = x
	}
	return nilIndex, nilIndex
}

// land takes a query out of the air.
func (g *Group) land(n *node, x, before uint32) query {
	q := *g.pending.at(x)
	if before == nilIndex {
		n.queries.head = q.next
	} else {
		g.pending.at(before).next = q.next
	}
	if n.queries.tail == x {
		n.queries.tail = before
	}
	if q.purpose == purposeVerify {
		n.verifying--
	}
	g.pending.release(x)
	return q
}

// expire gives up the queries that have waited for too long. They are in order of sending, so
// only the first ones can be due.
func (g *Group) expire(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	for n.queries.head != nilIndex {
		x := n.queries.head
		if g.pending.at(x).sent.Add(g.cfg.QueryTimeout) > t.Now {
			break
		}
		q := g.land(n, x, nilIndex)
		g.counters[TimedOut]++
		g.failed(i, t, q.ref)
		if !g.repeat(i, t, q) {
			g.unanswered(i, t, q, true)
		}
	}
	if g.cfg.SoftTimeout != 0 && n.lookups != nilIndex {
		g.overtake(i, t)
	}
}

// unanswered tells whoever waits for q that there is no answer, by timeout or by a useless one. The
// caller has counted that against the contact, or not.
func (g *Group) unanswered(i uint32, t *protocol.Turn, q query, timeout bool) {
	switch {
	case q.purpose == purposePing && q.newcomer != NoRef:
		g.challenged(i, t, q, false)
	case q.purpose == purposeCheck && q.tries < checkTries:
		g.pingAgain(i, t, q)
	case q.lookup != nilIndex:
		g.missed(i, t, q, timeout)
	}
}

// pinging reports whether a ping to r is in flight.
func (g *Group) pinging(n *node, r Ref) bool {
	for x := n.queries.head; x != nilIndex; x = g.pending.at(x).next {
		if q := g.pending.at(x); q.ref == r &&
			(q.purpose == purposePing || q.purpose == purposeVerify) {
			return true
		}
	}
	return false
}

// verifyingMax bounds the pings that strangers and hearsay can make a node have in flight. Without
// it, a flood of queries with forged ids would fill the pool and, from one address, use up all
// transaction ids.
const verifyingMax = 255

// verify pings a contact that has to prove itself, unless it is being pinged or too many are, and
// reports whether it did. Under a flood the bound is what decides, and costs nothing to find out.
func (g *Group) verify(i uint32, t *protocol.Turn, r Ref) bool {
	n := &g.nodes[i]
	if n.verifying == verifyingMax || g.pinging(n, r) {
		return false
	}
	g.ping(i, t, r, purposeVerify)
	return true
}

func (g *Group) ping(i uint32, t *protocol.Turn, r Ref, why purpose) {
	_, addr := g.env.Directory.Contact(r)
	g.pingAgain(i, t, query{addr: addr, ref: r, newcomer: NoRef, lookup: nilIndex, purpose: why})
}

func (g *Group) pingAgain(i uint32, t *protocol.Turn, q query) {
	q.tries++
	tid := g.send(i, t, q)
	g.scratch.packet = g.writer.Ping(g.scratch.packet[:0], tid[:], g.nodes[i].id)
	t.Out.SendTo(q.addr, g.scratch.packet)
}

// response handles a response or an error, usable or not (fault).
func (g *Group) response(
	i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message, fault krpc.Fault,
) {
	n := &g.nodes[i]
	x, before := nilIndex, nilIndex
	if len(m.T) == 2 {
		x, before = g.inFlight(n, from, binary.BigEndian.Uint16(m.T))
	}
	if x == nilIndex {
		g.counters[Unmatched]++
		return
	}
	q := g.land(n, x, before)
	switch {
	case fault != krpc.OK:
		g.counters[NoID]++
		g.refused(i, t, q)
	case m.Kind == krpc.Error:
		g.counters[Matched]++
		if q.purpose == purposeStore && q.lookup != nilIndex {
			g.searches.at(q.lookup).refusedBy(m)
		}
		g.refused(i, t, q)
	default:
		g.matched(i, t, q, m)
	}
}

// refused handles an error, or a response without an id. To upkeep that is as good as silence.
func (g *Group) refused(i uint32, t *protocol.Turn, q query) {
	switch q.purpose {
	case purposePing, purposeVerify, purposeProbe, purposeCheck:
		g.failed(i, t, q.ref)
	}
	g.unanswered(i, t, q, false)
}

// matched handles the response to one of our queries.
func (g *Group) matched(i uint32, t *protocol.Turn, q query, m *krpc.Message) {
	ref, wrong := NoRef, OwnID
	if m.ID != g.nodes[i].id {
		ref, wrong = g.env.Directory.Ref(m.ID, q.addr), IDMismatch
	}
	if ref == NoRef || q.ref != NoRef && q.ref != ref {
		g.counters[wrong]++
		g.renamed(i, t, q.ref)
		g.unanswered(i, t, q, false)
		return
	}
	g.counters[Matched]++
	g.answered(i, t, ref, m.ID)
	if g.listens {
		g.overhear(i, t, q.addr, m)
	}
	switch {
	case q.purpose == purposePing && q.newcomer != NoRef:
		g.challenged(i, t, q, true)
	case q.lookup == nilIndex:
	case q.purpose == purposeStore:
		g.stored(i, t, q)
	case q.purpose == purposeLookup:
		g.learned(i, t, q, ref, m)
	}
	if g.twin != nil && (q.purpose == purposeLookup || q.purpose == purposeProbe) {
		g.tellTwin(i, t, m)
	}
	if g.polling {
		g.voted(i, t, q.addr, m.IP)
	}
}
