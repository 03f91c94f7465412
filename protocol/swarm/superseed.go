package swarm

import "swarmlab/protocol"

// superseed is which pieces a seed that pretends to have nothing has shown to whom (BEP 16).
type superseed struct{}

// reset empties it and keeps its memory.
func (u *superseed) reset(pieces uint32) { panic("todo") }

// assign chooses the next piece to show to a peer, the one that the fewest have and that is not
// being shown to anybody: send the peer a have. ok is false if there is none that it lacks.
func (u *superseed) assign(s slot, p *picker, r *protocol.Rand) (piece uint32, ok bool) {
	panic("todo")
}

// saw says that a peer has a piece now; call it after picker.gain. If it returns a slot, that peer
// passed its piece on and is to be assigned another.
func (u *superseed) saw(s slot, piece uint32, p *picker) (deserves slot, ok bool) { panic("todo") }

// shown says whether a peer may ask for a piece: all others are rejected.
func (u *superseed) shown(s slot, piece uint32) bool { panic("todo") }

// leave forgets a connection.
func (u *superseed) leave(s slot) { panic("todo") }
