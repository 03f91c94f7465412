package sim

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

const packetBytes = netmodel.StreamPacket

// A host's line sends one segment after the other, and chooses the next one when it is free. It
// does so as RFC 8290 has it: deficit round robin with a quantum, where connections that have just
// got something to send come before those that have more than their share, with one quantum a round
// (here also if that is many short messages); so a short message waits for the segment that is
// being sent and not for a round.
//
// A segment is as much of what waits on a connection as fits into segmentMost, but whole bodies and
// at least one item: a block with what stands before it, which is a quantum. It is one event where
// TCP sends a dozen packets. Of short segments the line is given a packet's worth at a time, as a
// driver fills its ring: what goes to many connections at once is not an event for each.
const (
	quantum     = 16 << 10
	segmentMost = 17 << 10
)

// ring is a list of ends that take turns.
type ring struct{ head, tail uint32 }

// place says which ring an end is in.
type place uint8

const (
	placeNone place = iota
	placeFresh
	placeOld
)

func (h *host) ring(p place) *ring {
	if p == placeFresh {
		return &h.fresh
	}
	return &h.old
}

func (s *streams) append(number uint32, e *end, p place) {
	r := s.hosts[e.node].ring(p)
	e.place, e.next, e.prev = p, 0, r.tail
	if r.tail != 0 {
		s.ends.at(r.tail).next = number
	} else {
		r.head = number
	}
	r.tail = number
}

// rest takes an end out of the rings.
func (s *streams) rest(number uint32, e *end) {
	if e.place == placeNone {
		return
	}
	r := s.hosts[e.node].ring(e.place)
	if e.prev != 0 {
		s.ends.at(e.prev).next = e.next
	} else {
		r.head = e.next
	}
	if e.next != 0 {
		s.ends.at(e.next).prev = e.prev
	} else {
		r.tail = e.prev
	}
	e.place, e.next, e.prev, e.idle = placeNone, 0, 0, false
}

// rouse puts an end that may have got something to send into the rings.
func (s *streams) rouse(number uint32, e *end) {
	if !e.ready() || e.place != placeNone && !e.idle {
		return
	}
	if e.place == placeNone {
		e.credit = quantum
	}
	s.rest(number, e)
	s.append(number, e, placeFresh)
}

// choose returns the end of a host that sends next, or 0.
func (s *streams) choose(h *host) uint32 {
	for {
		number := h.fresh.head
		if number == 0 {
			number = h.old.head
		}
		if number == 0 {
			return 0
		}
		e := s.ends.at(number)
		switch {
		case e.credit <= 0:
			e.credit += quantum
			s.rest(number, e)
			s.append(number, e, placeOld)
		case e.ready():
			return number
		default:
			s.retire(h, number, e)
		}
	}
}

// retire takes an end with nothing to send out of the rings; but one that was fresh waits there for
// its turn in the round, and until then has no more credit than is left.
func (s *streams) retire(h *host, number uint32, e *end) {
	was := e.place
	s.rest(number, e)
	if was == placeFresh && h.old.head != 0 {
		s.append(number, e, placeOld)
		e.idle = true
	}
}

// pump has a node's line send what it can: segments until it has a packet's worth, or, without a
// limit, all that windows let. While the line is busy and somebody waits for it there is an event
// at the end of that.
func (w *World) pump(id uint32) {
	s := w.streams
	h := &s.hosts[id]
	given, free := 0, w.now >= h.busy
	for free && !h.alarm { // who comes at the end of that does not overtake the event
		number := s.choose(h)
		if number == 0 {
			return
		}
		given += w.emit(id, number)
		free = w.now >= h.busy || given < packetBytes
	}
	if !h.alarm && h.fresh.head|h.old.head != 0 {
		w.leave(id, w.number(id), h.busy, 0)
		h.alarm = true
	}
}

// leave has a node wake up when its line has sent a segment of an end, or, with 0, of one that need
// not know.
func (w *World) leave(id, seq uint32, when protocol.Time, number uint32) {
	w.queue.push(&event{
		when: max(when, w.now+1), target: id, source: id, seq: seq,
		data: pack(kindStream, handle(number<<1|1)),
	})
}

// emit gives the next segment of an end to the line, and to the network when the line is done. It
// returns how long it was on the line.
func (w *World) emit(id, number uint32) (wire int) {
	s := w.streams
	h, e := &s.hosts[id], s.ends.at(number)
	seg := s.cut(e)
	if s.full && !w.materialise(seg.first, number, e) {
		s.discard(seg.first)
		return 0
	}
	wire = netmodel.StreamWire(int(seg.bytes))
	departs := w.now
	if s.lines != nil {
		departs = s.lines.Load(w.now, id, wire)
	}
	h.busy = departs
	e.credit -= int32(min(wire, 1<<30))
	e.flight += seg.bytes
	s.enterSent(h, e, seg.first, wire-int(seg.bytes))
	seg.fin = e.closing && e.first == 0
	e.ended = seg.fin
	w.sendSegment(departs, e, number, seg)
	if !e.ready() {
		s.retire(h, number, e)
	}
	e.leaving += seg.bytes
	if e.bound && e.leavingSeq == 0 && (seg.body || e.leaving >= packetBytes) {
		e.leavingSeq = w.number(id)
		w.leave(id, e.leavingSeq, departs, number)
		h.alarm = departs > w.now
	}
	return wire
}

// lineFree is when a line is done with a segment: the core hears of it, may have more to write, and
// then the next one is chosen.
func (w *World) lineFree(ev *event) {
	s := w.streams
	number, h := uint32(ev.handle()>>1), &s.hosts[ev.target]
	h.alarm = h.alarm && w.now < h.busy
	w.record(ev, verbLeave)
	if number != 0 {
		w.tell(ev, s.ends.at(number))
	}
	w.pump(ev.target)
}

// tell says to a core what has left its line, if the event is of an end that there still is.
func (w *World) tell(ev *event, e *end) {
	if e.node != ev.target || e.leavingSeq != ev.seq || !e.bound {
		return
	}
	n := int(e.leaving)
	e.leaving, e.leavingSeq = 0, 0
	g := &w.groups[w.nodes[ev.target].group]
	g.streams.Sent(ev.target-g.first, w.begin(ev.target), e.conn, n)
	w.finish(ev.target)
}

// number numbers what a node does.
func (w *World) number(id uint32) uint32 {
	n := &w.nodes[id]
	n.sends++
	return n.sends - 1
}
