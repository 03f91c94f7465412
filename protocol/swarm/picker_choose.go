package swarm

import mathbits "math/bits"

// choose returns the idle piece that the peer is to begin, if it has any.
func (p *picker) choose(s slot, w *wish) (piece uint32, ok bool) {
	if len(p.avail.order) == 0 {
		return 0, false
	}
	for _, piece := range w.suggested {
		if piece < p.geo.Pieces() && p.idle.has(piece) && p.has(s, piece) {
			return piece, true
		}
	}
	switch {
	case p.cfg.Picking == Sequential:
		return p.earliest(s)
	case p.cfg.Picking == Random || p.complete < p.cfg.FirstRandom:
		return p.anyPiece(s)
	case p.peers[s].seed:
		return p.extreme(w.snubbed), true
	}
	if piece, ok = p.walk(s, w.snubbed); ok {
		return piece, true
	}
	return p.scan(s, w.snubbed)
}

// common returns the idle pieces of a word that a peer has.
func (p *picker) common(s slot, word int) uint64 {
	if p.peers[s].seed {
		return p.idle[word]
	}
	return p.idle[word] & p.bitsOf(s)[word]
}

// earliest returns the first idle piece of the content that a peer has.
func (p *picker) earliest(s slot) (piece uint32, ok bool) {
	for i := range p.idle {
		if m := p.common(s, i); m != 0 {
			return uint32(i*64 + mathbits.LeadingZeros64(m)), true
		}
	}
	return 0, false
}

// anyPiece returns an idle piece that a peer has, each with the same chance.
func (p *picker) anyPiece(s slot) (piece uint32, ok bool) {
	n := 0
	for i := range p.idle {
		n += mathbits.OnesCount64(p.common(s, i))
	}
	if n == 0 {
		return 0, false
	}
	rank := p.rnd.Intn(n)
	for i := range p.idle {
		m := p.common(s, i)
		if k := mathbits.OnesCount64(m); rank >= k {
			rank -= k
			continue
		}
		for ; rank > 0; rank-- {
			m &^= 1 << 63 >> mathbits.LeadingZeros64(m)
		}
		return uint32(i*64 + mathbits.LeadingZeros64(m)), true
	}
	panic("swarm: fewer pieces than were counted")
}

// extreme returns a rarest idle piece, or a most common one.
func (p *picker) extreme(commonest bool) uint32 {
	at := 0
	if commonest {
		at = len(p.avail.order) - 1
	}
	n := p.avail.of(p.avail.order[at])
	bucket := p.avail.order[p.avail.start(n):p.avail.ends[n]]
	return bucket[p.rnd.Intn(len(bucket))]
}

// walk looks for a rarest idle piece that a peer has, or a most common one, in the order of
// availability. It gives up when reading the peer's bits would have been cheaper: a peer that has
// little has none of what comes first.
func (p *picker) walk(s slot, commonest bool) (piece uint32, ok bool) {
	theirs := bits(p.bitsOf(s))
	steps := uint32(len(theirs)) + p.peers[s].missing
	n, last, step := uint32(1), uint32(len(p.avail.ends)), uint32(1)
	if commonest {
		n, last, step = last-1, 0, ^uint32(0)
	}
	for ; n != last; n += step {
		bucket := p.avail.order[p.avail.start(n):p.avail.ends[n]]
		if len(bucket) == 0 {
			continue
		}
		from := p.rnd.Intn(len(bucket))
		for _, part := range [2][]uint32{bucket[from:], bucket[:from]} {
			for _, piece := range part {
				if theirs.has(piece) {
					return piece, true
				}
				if steps--; steps == 0 {
					return 0, false
				}
			}
		}
	}
	return 0, false
}

// scan looks for the same in the peer's bits.
func (p *picker) scan(s slot, commonest bool) (best uint32, ok bool) {
	least, ties := ^uint32(0), uint64(0)
	for i := range p.idle {
		for m := p.common(s, i); m != 0; m &= m - 1 {
			piece := uint32(i*64 + 63 - mathbits.TrailingZeros64(m))
			n := p.avail.of(piece)
			if commonest {
				n = ^n
			}
			switch {
			case n > least:
				continue
			case n < least:
				least, ties = n, 0
			}
			if ties++; p.rnd.Uint64n(ties) == 0 {
				best, ok = piece, true
			}
		}
	}
	return best, ok
}
