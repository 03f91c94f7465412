package sim

import "swarmlab/netmodel"

const packetBytes = netmodel.StreamPacket

// A host's line sends one segment after the other, and chooses the next one when it is free. It
// does so as RFC 8290 has it: deficit round robin with a quantum, where connections that have just
// got something to send come before those that have more than their share, once; so a short message
// waits for the segment that is being sent and not for a round.
//
// A segment is as much of what waits on a connection as fits into a quantum, but whole bodies and
// at least one item: a block with what stands before it. It is one event where TCP sends a dozen
// packets.
const quantum = 17 << 10

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
	e.place, e.next, e.prev = placeNone, 0, 0
}

// rouse puts an end that may have got something to send into the rings.
func (s *streams) rouse(number uint32, e *end) {
	if e.place == placeNone && e.ready() {
		e.credit = quantum
		s.append(number, e, placeFresh)
	}
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
		was := e.place
		switch {
		case e.credit <= 0:
			e.credit += quantum
			s.rest(number, e)
			s.append(number, e, placeOld)
		case e.ready():
			return number
		default: // one that was fresh must not be so again within this round
			s.rest(number, e)
			if was == placeFresh && h.old.head != 0 {
				s.append(number, e, placeOld)
			}
		}
	}
}

// pump has a node's line send what it can: one segment, or, without a limit, all that windows let.
func (w *World) pump(id uint32) {
	s := w.streams
	h := &s.hosts[id]
	for !h.busy {
		number := s.choose(h)
		if number == 0 {
			return
		}
		w.emit(id, number)
	}
}

// emit gives the next segment of an end to the line, and to the network when the line is done.
func (w *World) emit(id, number uint32) {
	s := w.streams
	h, e := &s.hosts[id], s.ends.at(number)
	first, bytes := s.cut(e)
	if s.full && !w.materialise(first, number, e) {
		s.discard(first)
		return
	}
	wire := netmodel.StreamWire(bytes)
	departs := w.now
	if s.lines != nil {
		departs = s.lines.Load(w.now, id, wire)
		h.busy = departs > w.now
	}
	e.credit -= int32(min(wire, 1<<30))
	e.flight += uint32(bytes)
	s.enterSent(h, e, first, wire-bytes)
	fin := e.closing && e.first == 0
	e.ended = e.ended || fin
	w.sendSegment(departs, e, number, segment{first, uint32(bytes), fin})
	tell := e.bound && e.leaving == 0
	e.leaving += uint32(bytes)
	if h.busy || tell {
		e.leavingSeq = w.number(id)
		w.queue.push(&event{
			when: max(departs, w.now+1), target: id, source: id, seq: e.leavingSeq,
			data: pack(kindStream, handle(number<<1|1)),
		})
	}
}

// lineFree is when a line is done with a segment: the core hears of it, may have more to write, and
// then the next one is chosen.
func (w *World) lineFree(ev *event) {
	s := w.streams
	number := uint32(ev.handle() >> 1)
	s.hosts[ev.target].busy = false
	w.record(ev, verbLeave)
	e := s.ends.at(number)
	if e.node == ev.target && e.leavingSeq == ev.seq && e.leaving > 0 && e.bound {
		n := int(e.leaving)
		e.leaving = 0
		g := &w.groups[w.nodes[ev.target].group]
		g.streams.Sent(ev.target-g.first, w.begin(ev.target), e.conn, n)
		w.finish(ev.target)
	}
	w.pump(ev.target)
}

// number numbers what a node does.
func (w *World) number(id uint32) uint32 {
	n := &w.nodes[id]
	n.sends++
	return n.sends - 1
}
