package tracker

// none is the index of nothing.
const none = ^uint32(0)

// slab holds values that are taken and released, and told apart by their indexes.
type slab[T any] struct {
	all  []T
	free []uint32
}

// take returns the index of a zero value. It may move all others.
func (s *slab[T]) take() uint32 {
	if n := len(s.free); n > 0 {
		x := s.free[n-1]
		s.free = s.free[:n-1]
		return x
	}
	var zero T
	s.all = append(s.all, zero)
	return uint32(len(s.all) - 1)
}

// at returns a value. The pointer is good until the next take.
func (s *slab[T]) at(x uint32) *T { return &s.all[x] }

// release gives an index back; what was there is set to nothing, but for what it keeps.
func (s *slab[T]) release(x uint32, keep T) {
	s.all[x] = keep
	s.free = append(s.free, x)
}

// len returns how many are taken.
func (s *slab[T]) len() int { return len(s.all) - len(s.free) }
