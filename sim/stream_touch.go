package sim

import "swarmlab/protocol"

// touchEnds is from how many ends of connections on it pays to look ahead.
const touchEnds = 1 << 11

// prospect is an event on a connection that is near.
type prospect struct {
	node  uint32
	end   uint32 // that it is for, or 0
	other uint32 // of the same node, that sends next; or 0
	first uint32 // item that comes
	fore  uint32 // item that the other sends
	conn  protocol.Conn
}

// touchStreams is World.touch for events on connections. What each needs is found in a chain of
// pointers: every pass follows all of them by one, and waits for many memories at a time.
func (w *World) touchStreams(events []event) (warmth uint64) {
	list := w.streams.approach(events)
	for i := range list {
		warmth += w.streams.touchEnd(&list[i])
	}
	for i := range list {
		if p := &list[i]; p.fore != 0 {
			warmth += uint64(w.streams.items.at(p.fore).size)
		}
	}
	ahead := w.ahead[:0]
	for i := range list {
		if p := &list[i]; p.end != 0 {
			head := w.streams.peek(p.first)
			ahead = append(ahead, protocol.Prospect{Core: p.node, Conn: p.conn, Head: head})
		}
	}
	return warmth + w.foresee(ahead, (*population).foreseeStreams)
}

// approach lists the events on connections, of some that are ahead.
func (s *streams) approach(events []event) []prospect {
	list := s.near[:0]
	for i := range events {
		e := &events[i]
		if e.kind() != kindStream {
			continue
		}
		p := prospect{node: e.target}
		if q := s.packetOf(e); q != nil {
			p.end, p.first = q.end, q.first
		} else {
			p.end = uint32(e.handle() >> 1)
			h := &s.hosts[e.target]
			if p.other = h.fresh.head; p.other == 0 {
				p.other = h.old.head
			}
		}
		list = append(list, p)
	}
	return list
}

func (s *streams) touchEnd(p *prospect) (warmth uint64) {
	if p.end != 0 {
		e := s.ends.at(p.end)
		p.conn = e.conn
		warmth += uint64(e.flight)
	}
	if p.first != 0 {
		warmth += uint64(s.items.at(p.first).size)
	}
	if p.other != 0 {
		e := s.ends.at(p.other)
		p.fore = e.first
		warmth += uint64(e.flight)
	}
	return warmth
}

// peek returns the bytes of an item, if there is one and they are few.
func (s *streams) peek(number uint32) []byte {
	if number == 0 {
		return nil
	}
	it := s.items.at(number)
	return it.short[:min(it.size, itemShort)]
}
