package sim

const slabPiece = 1 << 10

// slab holds values of one kind that come and go. They have numbers from 1, which are used again; 0
// is none. A value does not move. Nothing may depend on which number a value has.
type slab[T any] struct {
	pieces [][]T
	spare  []uint32
	fresh  uint32 // the greatest number ever given
	live   int
}

func (s *slab[T]) at(number uint32) *T { return &s.pieces[number/slabPiece][number%slabPiece] }

// take returns a number whose value is as it was put back, or zero.
func (s *slab[T]) take() uint32 {
	s.live++
	if n := len(s.spare); n > 0 {
		number := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return number
	}
	s.fresh++
	if int(s.fresh/slabPiece) >= len(s.pieces) {
		s.pieces = append(s.pieces, make([]T, slabPiece))
	}
	return s.fresh
}

func (s *slab[T]) put(number uint32) {
	s.live--
	s.spare = append(s.spare, number)
}
