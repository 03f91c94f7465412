package swarm

// blame is what one peer contributed to a failed piece.
type blame struct {
	slot     slot // nobody for all that have left
	bytes    uint32
	sentence sentence
}

// sentence is what follows for a peer from a failed piece.
type sentence uint8

const (
	suspect sentence = iota // one of several: from now on it gets whole pieces alone
	banned                  // the only one: close the connection, and do not open another
	gone                    // it has left
)

// passed says that the hash of a full piece is right. It appends the peers that are of no interest
// any more.
func (p *picker) passed(piece uint32, dst []slot) []slot {
	i := int(p.avail.where[piece])
	if by := p.open.sole(i); by != nobody {
		p.peers[by].parole = false
	}
	p.open.remove(i, p.avail.where)
	p.have.set(piece)
	p.complete++
	for i := range p.peers {
		s, e := slot(i), &p.peers[i]
		if !e.joined || !p.has(s, piece) {
			continue
		}
		if e.missing--; e.missing == 0 {
			dst = append(dst, s)
		}
	}
	return dst
}

// failed says that the hash of a full piece is wrong. It appends who sent how much of it, and what
// follows. All of the piece is missing again.
func (p *picker) failed(piece uint32, dst []blame) []blame {
	from := len(dst)
	o := &p.open.list[p.avail.where[piece]]
	for index, c := range p.open.row(o) {
		n := p.geo.BlockLength(piece, uint32(index))
		p.waste.failed += uint64(n)
		dst = charge(dst, from, c.by, n)
	}
	for i := from; i < len(dst); i++ {
		switch b := &dst[i]; {
		case b.slot == nobody:
			b.sentence = gone
		case len(dst)-from == 1:
			b.sentence = banned
		default:
			p.peers[b.slot].parole = true
		}
	}
	p.shut(piece)
	return dst
}

// charge adds n bytes to what a peer sent, in the list that begins at from.
func charge(dst []blame, from int, s slot, n uint32) []blame {
	for i := from; i < len(dst); i++ {
		if dst[i].slot == s {
			dst[i].bytes += n
			return dst
		}
	}
	return append(dst, blame{slot: s, bytes: n})
}

// sole returns who sent all blocks of a full piece; nobody if there were several, or it has left.
func (o *openPieces) sole(i int) slot {
	cells := o.row(&o.list[i])
	for _, c := range cells {
		if c.by != cells[0].by {
			return nobody
		}
	}
	return cells[0].by
}
