package sim

import "swarmlab/protocol"

// item is a piece of a stream: bytes, and then a body. With full bytes, a body is followed by items
// that are parts of it.
type item struct {
	body  protocol.Body
	short [itemShort]byte // the bytes, if they are few: so that it is a line of a cache
	block handle          // of the bytes, if they are many; or 0
	size  uint32          // of the bytes
	next  uint32
	full  bool // the body comes as bytes
	part  bool // the bytes are of a body
	whole bool // the last such part
}

// itemBytes is the most that an item has: longer ones become several.
const itemBytes = 32 << 10

// itemShort is enough for what peers of most protocols write most: the head of a block, a request.
const itemShort = 32

// len returns how many bytes of the stream an item is.
func (it *item) len() int {
	if it.part {
		return 0
	}
	return int(it.size) + int(it.body.Length)
}

// store makes an item.
func (s *streams) store(p []byte, body protocol.Body) (number uint32, it *item) {
	number = s.items.take()
	it = s.items.at(number)
	*it = item{body: body, size: uint32(len(p))}
	if body.Length == 0 {
		it.body = protocol.Body{}
	}
	if len(p) > itemShort {
		it.block = s.bytes.put(0, p)
	} else {
		copy(it.short[:], p)
	}
	return number, it
}

// load returns the bytes of an item, which are valid until it is dropped.
func (s *streams) load(it *item) []byte {
	if it.block == 0 {
		return it.short[:it.size:it.size]
	}
	_, p := s.bytes.get(it.block)
	return p
}

// drop forgets an item, and returns the next one.
func (s *streams) drop(number uint32) (next uint32) {
	it := s.items.at(number)
	if it.block != 0 {
		s.bytes.drop(it.block)
	}
	s.items.put(number)
	return it.next
}

// discard forgets a list of items.
func (s *streams) discard(first uint32) {
	for first != 0 {
		first = s.drop(first)
	}
}

// queue appends to what an end has to send.
func (s *streams) queue(e *end, ch protocol.Chunk) {
	for len(ch.Bytes) > itemBytes {
		s.link(e, ch.Bytes[:itemBytes], protocol.Body{})
		ch.Bytes = ch.Bytes[itemBytes:]
	}
	s.link(e, ch.Bytes, ch.Body)
}

func (s *streams) link(e *end, p []byte, body protocol.Body) {
	number, _ := s.store(p, body)
	if e.first == 0 {
		e.first = number
	} else {
		s.items.at(e.last).next = number
	}
	e.last = number
}

// cut takes a segment from what an end has to send: the first item, and what else fits.
func (s *streams) cut(e *end) (seg segment) {
	seg.first = e.first
	last := (*item)(nil)
	for e.first != 0 {
		it := s.items.at(e.first)
		if last != nil && int(seg.bytes)+it.len() > segmentMost {
			break
		}
		seg.bytes += uint32(it.len())
		seg.body = seg.body || it.body.Length > 0
		e.first, last = it.next, it
	}
	if last != nil {
		last.next = 0
	}
	return seg
}

// materialise gives all bodies of a segment their bytes. If they cannot be read the connection is
// no more.
func (w *World) materialise(first, number uint32, e *end) bool {
	s := w.streams
	for i := first; i != 0; i = s.items.at(i).next {
		it := s.items.at(i)
		if it.body.Length == 0 || it.full {
			continue
		}
		for len(s.body) < int(it.body.Length) {
			s.body = append(s.body, make([]byte, int(it.body.Length)-len(s.body))...)
		}
		p := s.body[:it.body.Length]
		if err := s.contents.ReadBody(it.body, p); err != nil {
			w.fail(number, e)
			return false
		}
		s.unfold(i, it, p)
	}
	return true
}

// unfold puts the bytes of a body behind its item.
func (s *streams) unfold(number uint32, it *item, p []byte) {
	it.full = true
	rest := it.next
	for len(p) > 0 {
		n := min(len(p), itemBytes)
		next, part := s.store(p[:n], protocol.Body{})
		p = p[n:]
		part.part, part.whole, part.next = true, len(p) == 0, rest
		s.items.at(number).next = next
		number = next
	}
}
