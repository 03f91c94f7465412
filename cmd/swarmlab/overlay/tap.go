package overlay

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// tap watches a lookup's queries and their answers from outside, for what its result does not
// tell: how long each contact took to answer, and how far away it was heard of.
type tap struct {
	flights map[flight]protocol.Time
	seen    map[protocol.Addr]sighting
	msg     krpc.Message
}

type flight struct {
	to  protocol.Addr
	tid string
}

// sighting is what was seen of a contact.
type sighting struct {
	hops int           // 1: known from the start; one more for each contact on the way to it
	rtt  time.Duration // 0 until it answers
}

func newTap() tap {
	return tap{make(map[flight]protocol.Time), make(map[protocol.Addr]sighting), krpc.Message{}}
}

// sent notes the queries of a turn.
func (p *tap) sent(t *protocol.Turn) {
	for n := range t.Out.Sends() {
		to, packet := t.Out.Send(n)
		if krpc.Decode(packet, &p.msg) == krpc.OK && p.msg.Kind == krpc.Query {
			p.flights[flight{to, string(p.msg.T)}] = t.Now
		}
	}
}

// arrived notes an answer to one of them, and the contacts that it tells of.
func (p *tap) arrived(now protocol.Time, from protocol.Addr, packet []byte) {
	if krpc.Decode(packet, &p.msg) == krpc.OK && p.msg.Kind == krpc.Response {
		p.answered(now, from, &p.msg)
	}
}

func (p *tap) answered(now protocol.Time, from protocol.Addr, m *krpc.Message) {
	f := flight{from, string(m.T)}
	sent, ours := p.flights[f]
	if !ours {
		return
	}
	delete(p.flights, f)
	s := p.seen[from]
	s.rtt = now.Sub(sent)
	p.seen[from] = s
	for _, nodes := range []krpc.NodeIter{krpc.Nodes4(m.Nodes), krpc.Nodes6(m.Nodes6)} {
		for _, a, more := nodes.Next(); more; _, a, more = nodes.Next() {
			if _, known := p.seen[a]; !known {
				p.seen[a] = sighting{hops: s.hops + 1}
			}
		}
	}
}
