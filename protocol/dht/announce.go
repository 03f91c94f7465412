package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// keepToken remembers a token for the announce or put and returns its index, plus 1.
func (l *lookup) keepToken(token []byte) uint16 {
	n := len(l.tokens)
	if n < cap(l.tokens) {
		l.tokens = l.tokens[:n+1]
	} else {
		l.tokens = append(l.tokens, nil)
	}
	l.tokens[n] = append(l.tokens[n][:0], token...)
	return uint16(n + 1)
}

// announce sends announce_peer or put to the k closest contacts that answered with a token.
func (g *Group) announce(i uint32, t *protocol.Turn, l *lookup) {
	l.storing = true
	left := l.k
	for p := range l.list {
		c := &l.list[p]
		if c.state != responded || c.token == 0 || c.token == barred || left == 0 {
			continue
		}
		left--
		l.inFlight++
		_, addr := g.env.Directory.Contact(c.ref)
		tid := g.send(i, t, query{addr: addr, ref: c.ref, newcomer: NoRef, lookup: l.index,
			purpose: purposeStore})
		b := g.appendStore(g.scratch.packet[:0], tid[:], g.nodes[i].id, l, c)
		t.Out.SendTo(addr, b)
		g.scratch.packet = b
	}
	g.storedAll(i, t, l)
}

// stored handles the answer to announce_peer or put.
func (g *Group) stored(i uint32, t *protocol.Turn, q query) {
	l := g.searches.at(q.lookup)
	l.inFlight--
	l.stored++
	g.storedAll(i, t, l)
}

// maxRefusal is how much is kept of the text of an error.
const maxRefusal = 100

// refusedBy notes that a contact refused to store, and why.
func (l *lookup) refusedBy(m *krpc.Message) {
	l.refused++
	l.code = m.Code
	l.text = append(l.text[:0], m.Text[:min(len(m.Text), maxRefusal)]...)
}

func (g *Group) storedAll(i uint32, t *protocol.Turn, l *lookup) {
	if l.inFlight == 0 {
		g.done(i, t, l)
	}
}
