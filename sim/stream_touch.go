package sim

// touch is World.touch for events on connections: what each needs is found in three steps, each of
// which waits for many memories at a time.
func (s *streams) touch(events []event) (warmth uint64) {
	for i := range events {
		if e := &events[i]; e.kind() == kindStream {
			warmth += uint64(len(s.hosts[e.target].conns))
			if p := s.packetOf(e); p != nil {
				warmth += uint64(p.first)
			}
		}
	}
	for i := range events {
		if e := &events[i]; e.kind() == kindStream {
			warmth += s.touchEnd(e)
		}
	}
	for i := range events {
		if p := s.packetOf(&events[i]); p != nil && p.first != 0 {
			if it := s.items.at(p.first); it.block != 0 {
				warmth += uint64(s.bytes.block(it.block)[0])
			}
		}
	}
	return warmth
}

func (s *streams) touchEnd(e *event) (warmth uint64) {
	number := uint32(e.handle() >> 1)
	if p := s.packetOf(e); p != nil {
		number = p.end
		if p.first != 0 {
			warmth = uint64(s.items.at(p.first).size)
		}
	}
	if number != 0 {
		end := s.ends.at(number)
		warmth += uint64(end.flight) + uint64(end.books.overhead[outward])
	}
	return warmth
}
