package swarm

// wish says what a call of pick is for.
type wish struct {
	n         int      // at most so many blocks
	choked    bool     // only pieces of fast may be asked for
	snubbed   bool     // common pieces first, so that the slow share one
	whole     bool     // a fast peer: pieces of its own, so that one peer answers for each
	fast      []uint32 // pieces allowed fast (BEP 6)
	suggested []uint32 // pieces that the peer suggests (BEP 6)
}

// pick appends up to w.n blocks to ask a peer for. They count as asked at once.
//
// Open pieces come first, then new ones, then open pieces that better go to others. Who is still
// idle when nothing at all is free gets one block that is asked of others: the endgame. Ask again
// after 5 seconds for an idle peer that got nothing (libtorrent).
func (p *picker) pick(s slot, w wish, dst []block) []block {
	from := len(dst)
	limit := from + w.n
	if p.peers[s].missing == 0 || w.n <= 0 {
		return dst
	}
	if w.choked {
		return p.pickFast(s, &w, limit, dst)
	}
	dst = p.pickOpen(s, &w, false, limit, dst)
	for len(dst) < limit {
		piece, ok := p.choose(s, &w)
		if !ok {
			break
		}
		dst = p.begin(s, &w, piece, limit, dst)
	}
	if len(dst) < limit && (!p.peers[s].parole || p.peers[s].asked == 0) {
		dst = p.pickOpen(s, &w, true, limit, dst)
	}
	if len(dst) == from && p.peers[s].asked == 0 {
		dst = p.pickBusy(s, dst)
	}
	return dst
}

// pickFast picks of a peer that chokes.
func (p *picker) pickFast(s slot, w *wish, limit int, dst []block) []block {
	for _, piece := range w.fast {
		switch {
		case len(dst) >= limit:
			return dst
		case piece >= p.geo.Pieces() || p.have.has(piece) || !p.has(s, piece):
		case p.idle.has(piece):
			dst = p.begin(s, w, piece, limit, dst)
		default:
			if i := int(p.avail.where[piece]); p.mayJoin(s, &p.open.list[i]) {
				dst = p.take(s, i, limit, dst)
			}
		}
	}
	return dst
}

// pickOpen picks of open pieces that the peer has and that suit it, or that it may join: of that
// with the fewest free blocks first, then the rarest, then the one that comes first in the content.
func (p *picker) pickOpen(s slot, w *wish, join bool, limit int, dst []block) []block {
	for len(dst) < limit {
		best := -1
		for i := range p.open.list[:p.open.ready] {
			o := &p.open.list[i]
			ok := p.has(s, o.piece) && (join && p.mayJoin(s, o) || p.suits(s, w, o))
			if ok && (best < 0 || p.before(o, best)) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		dst = p.take(s, best, limit, dst)
	}
	return dst
}

// before says whether an open piece goes before another.
func (p *picker) before(o *openPiece, other int) bool {
	than := &p.open.list[other]
	if o.free != than.free {
		return o.free < than.free
	}
	if x, y := p.avail.of(o.piece), p.avail.of(than.piece); x != y {
		return x < y
	}
	return o.piece < than.piece
}

// suits says whether an open piece is one that the peer should go on with before it begins another.
func (p *picker) suits(s slot, w *wish, o *openPiece) bool {
	switch {
	case o.owner != nobody:
		return o.owner == s
	case p.peers[s].parole || w.whole:
		return false
	}
	return !w.snubbed || o.slow
}

// mayJoin says whether a peer may contribute to an open piece at all. A piece on parole is its
// owner's as long as something of it is asked of the owner; and who is on parole joins, when it has
// nothing else to do, only a piece that nobody is at work on: all may hang on it.
func (p *picker) mayJoin(s slot, o *openPiece) bool {
	if o.owner == s {
		return true
	}
	return !o.alone && !p.peers[s].parole || o.asked() == 0
}

// begin opens a piece and picks of it.
func (p *picker) begin(s slot, w *wish, piece uint32, limit int, dst []block) []block {
	o := p.openUp(piece)
	o.slow, o.alone = w.snubbed, p.peers[s].parole
	if o.alone || w.whole {
		o.owner = s
	}
	return p.take(s, int(p.avail.where[piece]), limit, dst)
}

// take asks a peer for free blocks of an open piece, in order.
func (p *picker) take(s slot, i, limit int, dst []block) []block {
	o := &p.open.list[i]
	cells := p.open.row(o)
	for ; o.free > 0 && len(dst) < limit; o.first++ {
		if c := &cells[o.first]; c.state == blockFree {
			*c = cell{by: s, state: blockAsked}
			o.free--
			p.peers[s].asked++
			dst = append(dst, block{o.piece, o.first})
		}
	}
	p.open.regroup(i, p.avail.where)
	return dst
}

// pickBusy picks one block that is asked of others, of those that are asked of the fewest, when
// there is nowhere a free one: the strict endgame of libtorrent.
func (p *picker) pickBusy(s slot, dst []block) []block {
	if p.cfg.NoEndgame || len(p.avail.order) > 0 || p.open.ready > 0 || p.peers[s].parole {
		return dst
	}
	var best *cell
	var found block
	ties := uint64(0)
	for i := range p.open.list {
		o := &p.open.list[i]
		if o.alone || !p.has(s, o.piece) {
			continue
		}
		cells := p.open.row(o)
		for j := range cells {
			c := &cells[j]
			if c.state != blockAsked || c.twins == 255 || best != nil && c.twins > best.twins {
				continue
			}
			if best == nil || c.twins < best.twins {
				ties = 0
			}
			if ties++; p.rnd.Uint64n(ties) == 0 {
				best, found = c, block{o.piece, uint32(j)}
			}
		}
	}
	if best == nil {
		return dst
	}
	best.twins++
	p.peers[s].asked++
	p.open.twice = append(p.open.twice, twin{found, s})
	return append(dst, found)
}
