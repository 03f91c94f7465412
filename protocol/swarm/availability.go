package swarm

import "swarmlab/protocol"

// availability counts for every piece the connected peers that have it, and keeps the idle pieces
// in the order of that count. Seeds do not count: they have every piece, and change no order. So
// one more or one less costs a swap or two, and the rarest piece is at the front (the buckets are
// those of libtorrent's picker). Within a bucket the order is random.
type availability struct {
	order []uint32 // idle pieces
	where []uint32 // by piece: where in order; of an open piece, where in the list of these
	ends  []uint32 // by count: where in order the pieces with that count end
	count []uint16 // by piece: base more than the count, modulo 2^16
	base  uint16
}

// reset makes all counts 0.
func (a *availability) reset(pieces uint32, idle bits, r *protocol.Rand) {
	a.count = zeroed(a.count, int(pieces))
	a.where = zeroed(a.where, int(pieces))
	a.order, a.base = a.order[:0], 0
	for piece := range pieces {
		if !idle.has(piece) {
			continue
		}
		at := len(a.order)
		a.order = append(a.order, piece)
		a.where[piece] = uint32(at)
		a.swap(uint32(at), uint32(r.Intn(at+1)))
	}
	a.ends = append(a.ends[:0], uint32(len(a.order)))
}

// of returns the count of a piece.
func (a *availability) of(piece uint32) uint32 { return uint32(a.count[piece] - a.base) }

// start returns where in order the pieces with a count begin.
func (a *availability) start(n uint32) uint32 {
	if n == 0 {
		return 0
	}
	return a.ends[n-1]
}

func (a *availability) swap(i, j uint32) {
	x, y := a.order[i], a.order[j]
	a.order[i], a.order[j] = y, x
	a.where[x], a.where[y] = j, i
}

// more adds one to the count of a piece.
func (a *availability) more(piece uint32, idle bool, r *protocol.Rand) {
	n := a.of(piece)
	a.count[piece]++
	if !idle {
		return
	}
	a.ends[n]--
	at := a.ends[n]
	a.swap(a.where[piece], at)
	a.reach(n + 1)
	a.mingle(at, at, a.ends[n+1], r)
}

// less takes one from the count of a piece, which is not 0.
func (a *availability) less(piece uint32, idle bool, r *protocol.Rand) {
	n := a.of(piece)
	a.count[piece]--
	if !idle {
		return
	}
	at := a.ends[n-1]
	a.ends[n-1]++
	a.swap(a.where[piece], at)
	a.mingle(at, a.start(n-1), at+1, r)
}

// insert puts a piece that became idle into the order.
func (a *availability) insert(piece uint32, r *protocol.Rand) {
	n := a.of(piece)
	a.reach(n)
	hole := uint32(len(a.order))
	a.order = append(a.order, piece)
	for b := uint32(len(a.ends)) - 1; b > n; b-- {
		a.ends[b]++
		hole = a.move(a.ends[b-1], hole)
	}
	a.ends[n]++
	a.order[hole], a.where[piece] = piece, hole
	a.mingle(hole, a.start(n), hole+1, r)
}

// remove takes a piece that is idle no more out of the order.
func (a *availability) remove(piece uint32) {
	hole := a.where[piece]
	for b := a.of(piece); b < uint32(len(a.ends)); b++ {
		a.ends[b]--
		hole = a.move(a.ends[b], hole)
	}
	a.order = a.order[:hole]
}

// move puts the piece at a place into the hole, and returns the place.
func (a *availability) move(from, hole uint32) uint32 {
	if from != hole {
		piece := a.order[from]
		a.order[hole], a.where[piece] = piece, hole
	}
	return from
}

// mingle swaps a piece with a random one from start to end, so that the order stays random.
func (a *availability) mingle(at, start, end uint32, r *protocol.Rand) {
	if end-start > 1 {
		a.swap(at, start+uint32(r.Uint64n(uint64(end-start))))
	}
}

// reach makes a bucket of a count.
func (a *availability) reach(n uint32) {
	for uint32(len(a.ends)) <= n {
		a.ends = append(a.ends, uint32(len(a.order)))
	}
}

// lower takes one from the count of every piece; none is 0. A peer has become a seed.
func (a *availability) lower() {
	a.base++
	if len(a.ends) > 1 {
		a.ends = append(a.ends[:0], a.ends[1:]...)
	}
}

// raise adds one to the count of every piece. A seed has become a peer that lacks something.
func (a *availability) raise() {
	a.base--
	a.ends = append(a.ends, 0)
	copy(a.ends[1:], a.ends)
	a.ends[0] = 0
}
