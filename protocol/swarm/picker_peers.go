package swarm

import mathbits "math/bits"

// join adds a connection whose peer has nothing yet. The slot must be free.
func (p *picker) join(s slot) {
	for len(p.peers) <= int(s) {
		p.peers = append(p.peers, party{})
		for range p.have {
			p.theirs = append(p.theirs, 0)
		}
	}
	p.peers[s] = party{joined: true}
	clear(p.bitsOf(s))
}

// leave removes a connection; what was asked of it may be asked of others.
func (p *picker) leave(s slot) {
	p.drop(s)
	p.forget(s)
	p.disown(s)
	p.peers[s] = party{}
}

// forget takes a peer's pieces out of the availability.
func (p *picker) forget(s slot) {
	if p.peers[s].seed {
		p.seeds--
		return
	}
	for i, w := range p.bitsOf(s) {
		for ; w != 0; w &= w - 1 {
			piece := uint32(i*64 + 63 - mathbits.TrailingZeros64(w))
			p.avail.less(piece, p.idle.has(piece), &p.rnd)
		}
	}
}

// disown makes the blocks that a peer sent those of nobody, before its slot is used again.
func (p *picker) disown(s slot) {
	for i := range p.open.list {
		cells := p.open.row(&p.open.list[i])
		for j := range cells {
			if cells[j].by == s {
				cells[j].by = nobody
			}
		}
	}
}

// gain says that a peer has a piece now. It returns false if it had it already.
func (p *picker) gain(s slot, piece uint32) bool {
	e := &p.peers[s]
	word := &p.theirs[int(s)*len(p.have)+int(piece/64)]
	if e.seed || *word&bit(piece) != 0 {
		return false
	}
	*word |= bit(piece)
	p.avail.more(piece, p.idle.has(piece), &p.rnd)
	e.held++
	if !p.have.has(piece) {
		e.missing++
	}
	if e.held == p.geo.Pieces() {
		e.seed = true
		p.seeds++
		p.avail.lower()
	}
	return true
}

// gainBits says what a peer has that had nothing before; b is copied.
func (p *picker) gainBits(s slot, b bits) {
	if b.count() == p.geo.Pieces() {
		p.gainAll(s)
		return
	}
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			p.gain(s, uint32(i*64+63-mathbits.TrailingZeros64(w)))
		}
	}
}

// gainAll says that a peer has everything, whatever it had before.
func (p *picker) gainAll(s slot) {
	e := &p.peers[s]
	if e.seed {
		return
	}
	p.forget(s)
	e.seed, e.held, e.missing = true, p.geo.Pieces(), p.geo.Pieces()-p.complete
	p.seeds++
}

// lose says that a peer does not have a piece any more (BEP 54). What was asked of it there is
// given up; with the Fast extension rejects will follow.
func (p *picker) lose(s slot, piece uint32) {
	if !p.has(s, piece) {
		return
	}
	e := &p.peers[s]
	if e.seed {
		e.seed = false
		p.seeds--
		p.bitsOf(s).setAll(p.geo.Pieces())
		p.avail.raise()
	}
	p.bitsOf(s).clear(piece)
	p.avail.less(piece, p.idle.has(piece), &p.rnd)
	e.held--
	if p.have.has(piece) {
		return
	}
	e.missing--
	for index := range p.geo.Blocks(piece) {
		p.cancel(s, block{piece, index})
	}
}

// isOpen says whether blocks of a piece are asked for or there.
func (p *picker) isOpen(piece uint32) bool { return !p.idle.has(piece) && !p.have.has(piece) }
