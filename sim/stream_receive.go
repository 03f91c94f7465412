package sim

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

func wireOf(p *packet) int { return netmodel.StreamWire(int(p.bytes)) }

// receive ends the way of a segment. If there is no end any more that it is for, who sent it hears
// of that, from a host that is up, or finds out.
func (w *World) receive(ev *event, p *packet) {
	s := w.streams
	e := s.current(p)
	if e != nil && e.state == stateFailed {
		s.lose(ev.source, p)
		return
	}
	if e == nil {
		s.lose(ev.source, p)
		if !w.nodes[ev.target].alive {
			w.silence(ev, p)
			return
		}
		w.turnAway(ev, p)
		return
	}
	if e.owed += p.bytes; e.owed >= packetBytes || p.congested || p.fin {
		w.acknowledge(ev, p, e.owed)
		e.owed = 0
	}
	w.handOver(ev, p)
	if !p.fin {
		return
	}
	w.hangsUp(p, protocol.Finished)
}

// handOver gives the core what came, one chunk for each body and one for what is behind. A core
// that closes the connection on the way gets no more of it.
func (w *World) handOver(ev *event, p *packet) {
	s := w.streams
	n := &w.nodes[ev.target]
	if e := s.current(p); e.bound && p.first != 0 {
		n.wireHash = chain(n.wireHash, uint64(ev.when))
		n.wireHash = chain(n.wireHash, uint64(ev.source)<<32|uint64(p.bytes))
	}
	for p.first != 0 {
		e := s.current(p)
		if e == nil || !e.bound {
			s.lose(ev.source, p)
			return
		}
		w.handChunk(ev.target, e, p)
	}
}

// handChunk hands over the first chunk of a segment.
func (w *World) handChunk(id uint32, e *end, p *packet) {
	s := w.streams
	n := &w.nodes[id]
	ch, single := protocol.Chunk{}, uint32(0)
	s.scratch = s.scratch[:0]
	for p.first != 0 {
		it := s.items.at(p.first)
		n.wireHash = hashItem(n.wireHash, it, s.load(it))
		s.enterDelivered(&s.hosts[id], e, it)
		over := it.whole || it.body.Length > 0 && !it.full
		if !it.full {
			ch.Body = it.body
		}
		if single == 0 && len(s.scratch) == 0 && (over || it.next == 0) {
			single, ch.Bytes = p.first, s.load(it) // no need to copy them
			p.first = it.next
			break
		}
		s.scratch = append(s.scratch, s.load(it)...)
		p.first = s.drop(p.first)
		if over {
			break
		}
	}
	if single == 0 {
		ch.Bytes = s.scratch
	}
	g := &w.groups[w.nodes[id].group]
	g.streams.Data(id-g.first, w.begin(id), e.conn, ch)
	if single != 0 {
		s.drop(single)
	}
	w.finish(id)
}

// hashItem adds an item to a hash, the same whether its body came as bytes or not.
func hashItem(h uint64, it *item, p []byte) uint64 {
	if it.part {
		return h
	}
	h = hashBytes(h, p)
	if it.body.Length > 0 {
		h = chain(h, uint64(it.body.Content)<<32|uint64(it.body.Length))
		h = chain(h, it.body.Offset)
	}
	return h
}
