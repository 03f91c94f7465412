package swarm

import (
	"crypto/sha1"
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

const (
	fetchDepth = 2                // blocks of metadata asked of one peer at a time
	fetchAgain = 3 * time.Second  // an unanswered one is asked of another peer
	fetchPause = time.Minute      // a peer that refused is not asked before
	fetchWrong = 30 * time.Second // nor one that took part in what had the wrong hash
	fetchServe = 64               // blocks given to one peer beside twice what there is
)

// fetch is the metadata of a torrent on its way (BEP 9).
type fetch struct {
	data   []byte
	blocks []fetchBlock
	left   int
}

// fetchBlock is a block of it.
type fetchBlock struct {
	here  bool
	asked bool // of the connection of
	of    protocol.Conn
	when  protocol.Time
}

// forget makes what was asked of a connection free.
func (f *fetch) forget(n protocol.Conn) {
	for k := range f.blocks {
		if b := &f.blocks[k]; b.of == n {
			b.asked = false
		}
	}
}

// late says whether a connection has let a block wait for too long, and frees all that were asked
// of it if so.
func (f *fetch) late(n protocol.Conn, now protocol.Time) bool {
	for k := range f.blocks {
		if b := &f.blocks[k]; b.asked && b.of == n && now >= b.when.Add(fetchAgain) {
			f.forget(n)
			return true
		}
	}
	return false
}

// fetchMore asks a peer for metadata, if that is missing.
func (x *turn) fetchMore(c *conn) {
	m := c.member
	if m.known || m.metadata != nil || c.sized == 0 || c.exts[peerwire.ExtMetadata] == 0 {
		return
	}
	if x.Now < c.refused {
		x.watch(c, c.refused)
		return
	}
	if m.fetch == nil {
		n := (c.sized + peerwire.MetadataBlock - 1) / peerwire.MetadataBlock
		m.fetch = &fetch{data: make([]byte, c.sized), blocks: make([]fetchBlock, n), left: int(n)}
	}
	f := m.fetch
	if len(f.data) != int(c.sized) {
		return
	}
	if f.late(c.number, x.Now) { // others have their turn
		c.refused = x.Now.Add(fetchWrong)
		x.watch(c, c.refused)
		x.fetchOthers(m)
		return
	}
	out := x.g.scratch.out[:0]
	asked := 0
	for k := range f.blocks {
		b := &f.blocks[k]
		if b.asked && b.of == c.number {
			asked++
		}
		if asked >= fetchDepth || b.here || b.asked && x.Now < b.when.Add(fetchAgain) {
			continue
		}
		*b = fetchBlock{asked: true, of: c.number, when: x.Now}
		c.metaAsked = true
		asked++
		d := peerwire.Metadata{Type: peerwire.MetadataRequest, Piece: uint32(k)}
		out = d.Append(out, c.exts[peerwire.ExtMetadata])
	}
	x.g.scratch.out = out
	if len(out) > 0 {
		x.write(c, out)
	}
	x.watch(c, x.Now.Add(fetchAgain))
}

// metadata takes a message of BEP 9.
func (x *turn) metadata(c *conn, p []byte) peerwire.Fault {
	d := &x.g.scratch.greet.meta
	if f := d.Parse(p); f != peerwire.OK {
		return f
	}
	switch d.Type {
	case peerwire.MetadataRequest:
		x.serve(c, d.Piece)
	case peerwire.MetadataData:
		x.fetched(c, d)
	case peerwire.MetadataReject:
		if c.member.fetch != nil {
			c.member.fetch.forget(c.number)
			c.refused = x.Now.Add(fetchPause)
			x.fetchOthers(c.member)
		}
	default:
		x.g.counters.Ignored++
	}
	return peerwire.OK
}

// serve answers a request for metadata.
func (x *turn) serve(c *conn, piece uint32) {
	id := c.exts[peerwire.ExtMetadata]
	if id == 0 {
		x.g.counters.Ignored++
		return
	}
	info := c.member.metadata
	blocks := (len(info) + peerwire.MetadataBlock - 1) / peerwire.MetadataBlock
	d := peerwire.Metadata{Type: peerwire.MetadataReject, Piece: piece}
	if int(piece) < blocks && int(c.served) < fetchServe+2*blocks {
		c.served++
		from := int(piece) * peerwire.MetadataBlock
		d.Type, d.Total = peerwire.MetadataData, uint32(len(info))
		d.Data = info[from:min(len(info), from+peerwire.MetadataBlock)]
	}
	x.g.scratch.out = d.Append(x.g.scratch.out[:0], id)
	x.write(c, x.g.scratch.out)
}

// fetched takes a block of metadata that was asked for.
func (x *turn) fetched(c *conn, d *peerwire.Metadata) {
	m, f := c.member, c.member.fetch
	if f == nil || int(d.Total) != len(f.data) || int(d.Piece) >= len(f.blocks) {
		x.g.counters.Ignored++
		return
	}
	b := &f.blocks[d.Piece]
	if b.here || !c.metaAsked {
		x.g.counters.Ignored++
		return
	}
	copy(f.data[d.Piece*peerwire.MetadataBlock:], d.Data)
	b.here, b.asked, b.of = true, false, c.number
	if f.left--; f.left > 0 {
		x.fetchMore(c)
		return
	}
	x.whole(m, f)
}

// whole checks the metadata, all of which is there.
func (x *turn) whole(m *member, f *fetch) {
	m.fetch = nil
	if sha1.Sum(f.data) == x.g.torrents[m.index].InfoHash && x.g.env.Describe != nil {
		geo, private, ok := x.g.env.Describe(x.i, m.index, f.data)
		if ok {
			m.metadata, m.private = f.data, private
			if geo.Total > 0 {
				x.described(m, geo, newBits(geo.Pieces()))
			}
			return
		}
	}
	x.g.counters.MetadataBad++
	for _, c := range m.conns {
		if slices.ContainsFunc(f.blocks, func(b fetchBlock) bool { return b.of == c.number }) {
			c.refused = x.Now.Add(fetchWrong)
		}
	}
	x.fetchOthers(m)
}

// described begins with a torrent whose metadata came, and tells the peers that it is here.
func (x *turn) described(m *member, geo Geometry, have bits) {
	x.unfold(m, geo, have)
	for _, c := range m.conns {
		if c.extended {
			x.g.scratch.out = x.hello(c).Append(x.g.scratch.out[:0])
			x.write(c, x.g.scratch.out)
		}
	}
}

// fetchOthers asks whom it may for metadata.
func (x *turn) fetchOthers(m *member) {
	for _, c := range m.conns {
		x.fetchMore(c)
	}
}
