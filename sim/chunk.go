package sim

// chunkEvents makes a chunk 1,024 bytes: long enough to stream, short enough that the slots in use
// (a few hundred) do not waste more than half a megabyte on their half-filled last chunks.
const chunkEvents = 42

// chunk is a run of events of one slot, in no order.
type chunk struct {
	next   *chunk
	used   int
	events [chunkEvents]event
}

// shelfChunks is the number of chunks allocated at a time.
const shelfChunks = 32

// shelf holds the chunks that are not in use. Chunks are recycled and never given back, so that a
// queue in its steady state allocates nothing.
type shelf struct {
	spare *chunk
}

// take returns an empty chunk that is followed by next.
func (s *shelf) take(next *chunk) *chunk {
	if s.spare == nil {
		fresh := make([]chunk, shelfChunks)
		for i := range fresh {
			s.put(&fresh[i])
		}
	}
	c := s.spare
	s.spare, c.next = c.next, next
	return c
}

// put takes a chunk back and returns the one that followed it.
func (s *shelf) put(c *chunk) *chunk {
	next := c.next
	c.next, c.used = s.spare, 0
	s.spare = c
	return next
}
