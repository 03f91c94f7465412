package swarms

import "swarmlab/protocol"

// store knows which pieces that peers receive have something wrong in them: bodies that are junk.
type store struct{ wrong map[uint64]bool }

func newStore() store { return store{map[uint64]bool{}} }

func keyOf(i, piece uint32) uint64 { return uint64(i)<<32 | uint64(piece) }

// Write implements swarm.Store.
func (s store) Write(i uint32, content, piece, _ uint32, ch protocol.Chunk) {
	if ch.Body.Content != content {
		s.wrong[keyOf(i, piece)] = true
	}
}

// Verify implements swarm.Store.
func (s store) Verify(i uint32, _, piece uint32) bool {
	if len(s.wrong) == 0 || !s.wrong[keyOf(i, piece)] {
		return true
	}
	delete(s.wrong, keyOf(i, piece))
	return false
}
