package dht

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// nextExpiry returns when the first query of a node will have waited for too long, for its lookup
// or at all.
func (g *Group) nextExpiry(n *node) protocol.Time {
	if n.queries.head == nilIndex {
		return protocol.Never
	}
	at := g.pending.at(n.queries.head).sent.Add(g.cfg.QueryTimeout)
	if g.cfg.SoftTimeout != 0 && n.lookups != nilIndex {
		if x := g.firstPunctual(n); x != nilIndex {
			at = min(at, g.pending.at(x).sent.Add(g.cfg.SoftTimeout))
		}
	}
	return at
}

// firstPunctual returns the oldest query of the lookups' searches that is not slow.
func (g *Group) firstPunctual(n *node) uint32 {
	x := n.queries.head
	for ; x != nilIndex; x = g.pending.at(x).next {
		q := g.pending.at(x)
		if q.lookup != nilIndex && q.purpose == purposeLookup && !q.slow {
			break
		}
	}
	return x
}

// overtake lets the lookups go on past queries that have been in flight for SoftTimeout: they count
// no longer among their alpha, nor their contacts among the k, but an answer is still welcome until
// QueryTimeout. libtorrent's short timeout is the model.
func (g *Group) overtake(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	for {
		x := g.firstPunctual(n)
		if x == nilIndex {
			return
		}
		q := g.pending.at(x)
		if q.sent.Add(g.cfg.SoftTimeout) > t.Now {
			return
		}
		q.slow = true
		l := g.searches.at(q.lookup)
		l.slow++
		if p := l.list.position(q.ref); p >= 0 && l.list[p].state == inFlight {
			l.list[p].state = slow
		}
		g.step(i, t, l)
	}
}

// repeat sends a lookup's query that was not answered in time once more, up to Tries in all, and
// reports whether it did. The transaction id remains, so that an answer to any try counts, as in
// jech. A node may not be asked twice for samples within its interval (BEP 51), and it is not known
// which datagram was lost, the query or the answer: those queries are not repeated.
func (g *Group) repeat(i uint32, t *protocol.Turn, q query) bool {
	if q.lookup == nilIndex || int(q.tries)+1 >= g.cfg.Tries {
		return false
	}
	l := g.searches.at(q.lookup)
	if l.Method == krpc.SampleInfohashes {
		return false
	}
	l.timeouts++
	p := l.list.position(q.ref)
	if q.slow {
		l.slow--
		if p >= 0 && l.list[p].state == slow {
			l.list[p].state = inFlight
		}
	}
	q.tries, q.slow = q.tries+1, false
	g.launch(&g.nodes[i], t.Now, q)
	var tid [2]byte
	binary.BigEndian.PutUint16(tid[:], q.tid)
	b, id := g.scratch.packet[:0], g.nodes[i].id
	if q.purpose == purposeStore {
		b = g.appendStore(b, tid[:], id, l, &l.list[p])
	} else {
		l.sent++
		b = appendQuestion(g.asker(i, t, l.target), b, tid[:], id, l)
	}
	t.Out.SendTo(q.addr, b)
	g.scratch.packet = b
	return true
}
