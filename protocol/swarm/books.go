package swarm

import "swarmlab/protocol"

// Books is all that a client can make a report of: what was transferred, and what is there.
type Books struct {
	Tally           // with all peers, and with the parts of blocks that are on their way
	Known    bool   // the metadata is there; otherwise the rest is 0
	Total    uint64 // bytes of the torrent
	Brought  uint64 // of them, in pieces that were there at the beginning
	Verified uint64 // in pieces that are there now
	Pending  uint64 // in blocks that came of other pieces, and are not verified
}

// Books returns the books of core i about a torrent; they are empty if it takes no part in it.
func (g *Group) Books(i, torrent uint32, now protocol.Time) (b Books) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return b
	}
	b.Tally = g.Tally(i, torrent, now)
	for _, c := range m.conns {
		under := c.underway(g)
		b.Tally.Add(&under)
		b.OverheadDown -= under.PayloadDown
	}
	if b.Known = m.known; m.known {
		b.Total, b.Brought = m.geo.Total, m.brought
		b.Verified = m.geo.Total - m.picker.left()
		b.Pending = m.picker.pending()
	}
	return b
}

// underway returns the parts of blocks that came or left on a connection while the rest of them
// has not.
func (c *conn) underway(g *Group) (a Tally) {
	a.PayloadDown = uint64(c.decoder.Partial())
	if c.flying.n > 0 {
		a.gone(g.errands.first(&c.flying), c.left)
	}
	return a
}

// pending returns the bytes of the blocks that are there of pieces that are not verified.
func (p *picker) pending() (n uint64) {
	for i := range p.open.list {
		o := &p.open.list[i]
		for index, c := range p.open.row(o) {
			if c.state == blockThere {
				n += uint64(p.geo.BlockLength(o.piece, uint32(index)))
			}
		}
	}
	return n
}
