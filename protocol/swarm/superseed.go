package swarm

import "swarmlab/protocol"

// superseed is which pieces a seed that pretends to have nothing has shown to whom (BEP 16): to
// each peer one that few have, and the next when that one is seen at another peer.
type superseed struct {
	words   int
	pieces  uint32
	visible []uint64 // by slot: the pieces that it was shown
	current []uint32 // by slot: the piece that it is to pass on, and one more; 0 for none
	busy    []uint16 // by piece: of how many it is the current one
}

// reset empties it and keeps its memory.
func (u *superseed) reset(pieces uint32) {
	u.words, u.pieces = words(pieces), pieces
	u.visible, u.current = u.visible[:0], u.current[:0]
	u.busy = zeroed(u.busy, int(pieces))
}

// join adds a connection, which was shown nothing.
func (u *superseed) join(s slot) {
	for len(u.current) <= int(s) {
		u.current = append(u.current, 0)
		for range u.words {
			u.visible = append(u.visible, 0)
		}
	}
	u.current[s] = 0
	clear(u.shownTo(s))
}

// leave forgets a connection.
func (u *superseed) leave(s slot) { u.release(s) }

func (u *superseed) shownTo(s slot) bits {
	return u.visible[int(s)*u.words : (int(s)+1)*u.words]
}

// shown says whether a peer may ask for a piece: all others are rejected.
func (u *superseed) shown(s slot, piece uint32) bool { return u.shownTo(s).has(piece) }

// waits says that a peer has what it was shown, and nobody else needs to get it from there. If it
// stays uninterested for 10 seconds it may be assigned another (libtorrent).
func (u *superseed) waits(s slot, p *picker) bool {
	return u.current[s] == 0 || p.has(s, u.current[s]-1)
}

// assign chooses the next piece to show to a peer, of those that it lacks: one that nobody is to
// pass on, of these one that the fewest have, ties at random. The peer is to be sent a have. ok is
// false if it has everything or was shown all that it lacks.
func (u *superseed) assign(s slot, p *picker, r *protocol.Rand) (piece uint32, ok bool) {
	u.release(s)
	visible := u.shownTo(s)
	least, ties := ^uint64(0), uint64(0)
	for i := range u.pieces {
		if visible.has(i) || p.has(s, i) {
			continue
		}
		n := uint64(u.busy[i])<<32 + uint64(p.copies(i))
		if n > least {
			continue
		}
		if n < least {
			least, ties = n, 0
		}
		if ties++; r.Uint64n(ties) == 0 {
			piece, ok = i, true
		}
	}
	if ok {
		visible.set(piece)
		u.current[s] = piece + 1
		u.busy[piece]++
	}
	return piece, ok
}

func (u *superseed) release(s slot) {
	if at := u.current[s]; at > 0 {
		u.busy[at-1]--
		u.current[s] = 0
	}
}

// saw says that a peer has a piece now; call it after picker.gain. It appends the peers that have
// passed their piece on, and are to be assigned another: those that were shown it, if the peer is
// not one of them; or the peer itself, if there is nobody to pass it on to.
func (u *superseed) saw(s slot, piece uint32, p *picker, dst []slot) []slot {
	if u.busy[piece] == 0 {
		return dst
	}
	for i, at := range u.current {
		if at != piece+1 || slot(i) == s && p.wantedBesides(s, piece) {
			continue
		}
		u.release(slot(i))
		dst = append(dst, slot(i))
	}
	return dst
}

// wantedBesides says whether there is a peer besides s that lacks a piece.
func (p *picker) wantedBesides(s slot, piece uint32) bool {
	for i := range p.peers {
		if slot(i) != s && p.peers[i].joined && !p.has(slot(i), piece) {
			return true
		}
	}
	return false
}
