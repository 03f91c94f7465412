package swarm

// fate is what became of a block that came.
type fate uint8

const (
	fresh     fate = iota // it was missing; keep it
	redundant             // it was there already
	stray                 // nobody asked for it, and it has no place
)

// arrival says what a block was that came.
type arrival struct {
	fate  fate
	asked bool // this peer was asked for it (with the Fast extension, close if not)
	full  bool // with it its piece has all blocks: check the hash
}

// got says that a peer sent a block, of the length that it has. It appends the others that were
// asked for the same block and need a cancel: of them it counts as given up.
func (p *picker) got(s slot, b block, dst []slot) (arrival, []slot) {
	var a arrival
	if a.asked = p.askedOf(s, b); a.asked {
		p.peers[s].asked--
	} else {
		a.asked = p.wasVoid(s)
	}
	a.fate = p.judge(s, b, a.asked)
	if a.fate != fresh {
		p.waste.redundant += uint64(p.geo.BlockLength(b.piece, b.index))
		return a, dst
	}
	if p.idle.has(b.piece) {
		p.openUp(b.piece)
	}
	i := int(p.avail.where[b.piece])
	o := &p.open.list[i]
	c := &p.open.row(o)[b.index]
	if c.state == blockFree {
		o.free--
	} else {
		dst = p.relieve(s, b, c, dst)
	}
	*c = cell{by: s, state: blockThere}
	o.got++
	a.full = o.got == o.size
	p.open.regroup(i, p.avail.where)
	return a, dst
}

// judge decides what becomes of a block.
func (p *picker) judge(s slot, b block, asked bool) fate {
	switch {
	case p.have.has(b.piece):
		return redundant
	case p.idle.has(b.piece):
		if asked {
			return fresh
		}
		return stray
	}
	o := &p.open.list[p.avail.where[b.piece]]
	switch {
	case p.open.row(o)[b.index].state == blockThere:
		return redundant
	case !asked && o.alone && o.owner != s:
		return stray
	}
	return fresh
}

// relieve appends everybody but s of whom a block is asked; of them it is given up.
func (p *picker) relieve(s slot, b block, c *cell, dst []slot) []slot {
	if c.by != s {
		dst = p.give(c.by, dst)
	}
	for i := len(p.open.twice) - 1; c.twins > 0 && i >= 0; i-- {
		t := p.open.twice[i]
		if t.block != b {
			continue
		}
		if t.slot != s {
			dst = p.give(t.slot, dst)
		}
		p.open.untwin(i)
		c.twins--
	}
	return dst
}

// give gives up a block that was asked of a peer, which is appended.
func (p *picker) give(s slot, dst []slot) []slot {
	p.peers[s].asked--
	p.avoid(s)
	return append(dst, s)
}

// avoid counts a request that was given up but may be answered.
func (p *picker) avoid(s slot) {
	if p.peers[s].void < ^uint16(0) {
		p.peers[s].void++
	}
}

// wasVoid says whether a peer may be answering what was given up.
func (p *picker) wasVoid(s slot) bool {
	if p.peers[s].void == 0 {
		return false
	}
	p.peers[s].void--
	return true
}

// askedOf says whether a block is asked of a peer.
func (p *picker) askedOf(s slot, b block) bool {
	if !p.isOpen(b.piece) {
		return false
	}
	c := p.open.row(&p.open.list[p.avail.where[b.piece]])[b.index]
	return c.state == blockAsked && (c.by == s || c.twins > 0 && p.open.twinAt(b, s) >= 0)
}

// lost says that a block which was asked of a peer will not come from it: it was rejected. It
// returns false if it was never asked.
func (p *picker) lost(s slot, b block) bool {
	if !p.askedOf(s, b) {
		return p.wasVoid(s)
	}
	i := int(p.avail.where[b.piece])
	p.unask(s, &p.open.list[i], b)
	i = p.open.regroup(i, p.avail.where)
	if p.open.list[i].untouched() {
		p.shut(b.piece)
	}
	return true
}

// cancel gives up a block that was asked of a peer, which may send it nevertheless: a cancel was
// sent, or it took too long. It returns false if it was not asked.
func (p *picker) cancel(s slot, b block) bool {
	if !p.askedOf(s, b) {
		return false
	}
	p.avoid(s)
	return p.lost(s, b)
}

// unask makes a block that is asked of a peer free, or another's of whom it is asked too.
func (p *picker) unask(s slot, o *openPiece, b block) {
	p.peers[s].asked--
	c := &p.open.row(o)[b.index]
	if c.twins == 0 {
		*c = cell{by: nobody}
		o.free++
		o.first = min(o.first, b.index)
		return
	}
	i := p.open.twinAt(b, s)
	if c.by == s {
		i = p.open.twinAt(b, nobody)
		c.by = p.open.twice[i].slot
	}
	p.open.untwin(i)
	c.twins--
}

// drop says that all that was asked of a peer is void: it choked, without the Fast extension.
// What is under way may come nevertheless.
func (p *picker) drop(s slot) {
	for i := range p.open.list {
		o := &p.open.list[i]
		if o.owner == s {
			o.owner, o.alone = nobody, false
		}
		for index := uint32(0); index < o.size && p.peers[s].asked > 0; index++ {
			if b := (block{o.piece, index}); p.askedOf(s, b) {
				p.unask(s, o, b)
				p.avoid(s)
			}
		}
	}
	p.open.part(p.avail.where)
	for i := len(p.open.list) - 1; i >= 0; i-- {
		if p.open.list[i].untouched() {
			p.shut(p.open.list[i].piece)
		}
	}
}

// openUp makes an idle piece an open one.
func (p *picker) openUp(piece uint32) *openPiece {
	p.avail.remove(piece)
	p.idle.clear(piece)
	return &p.open.list[p.open.add(piece, p.geo.Blocks(piece), p.avail.where)]
}

// shut makes an open piece an idle one; what was there of it is forgotten.
func (p *picker) shut(piece uint32) {
	p.open.remove(int(p.avail.where[piece]), p.avail.where)
	p.idle.set(piece)
	p.avail.insert(piece, &p.rnd)
}
