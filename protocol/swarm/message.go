package swarm

import (
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// Data takes what came on a connection.
func (g *Group) Data(i uint32, t *protocol.Turn, number protocol.Conn, ch protocol.Chunk) {
	x := g.begin(i, t)
	if c := x.conn(number); c != nil && c.stage != dialing {
		x.read(c, ch)
	}
	x.end()
}

// read reads a chunk to its end.
func (x *turn) read(c *conn, ch protocol.Chunk) {
	c.heard = x.Now
	c.tally.OverheadDown += uint64(ch.Len()) // of which payload is taken away when it is known
	c.decoder.Feed(ch)
	if c.stage != live && !x.shake(c) {
		return
	}
	m := &x.g.scratch.msg
	for c.stage == live {
		ok, f := c.decoder.Next(m)
		if f != peerwire.OK {
			x.fault(c, f)
			return
		}
		if !ok {
			break
		}
		x.g.counters.Messages++
		if why := x.message(c, m); why != drops && c.stage == live {
			x.close(c, why)
		}
		if c.stage == live && c.hungry {
			x.fill(c)
		}
		x.settle()
	}
}

// message acts on a message. If it must not be, why is the reason to close the connection; it is
// drops otherwise.
func (x *turn) message(c *conn, m *peerwire.Message) (why Drop) {
	late := c.introduced
	if why := x.order(c, m.Kind); why != drops {
		return why
	}
	switch m.Kind {
	case peerwire.Piece:
		return x.arrived(c, m)
	case peerwire.Have:
		return x.gained(c, m.Index)
	case peerwire.Request:
		return x.requested(c, m)
	case peerwire.Choke, peerwire.Unchoke:
		x.chokedBy(c, m.Kind == peerwire.Choke)
	case peerwire.Interested, peerwire.NotInterested:
		x.wantedBy(c, m.Kind == peerwire.Interested)
	case peerwire.Bitfield, peerwire.HaveAll, peerwire.HaveNone:
		if late {
			x.gainMore(c, m.Payload)
			return drops
		}
		return x.holdings(c, m)
	case peerwire.Cancel:
		x.cancelled(c, m)
	case peerwire.Reject:
		return x.rejected(c, m)
	case peerwire.AllowedFast, peerwire.Suggest:
		return x.hinted(c, m)
	case peerwire.Extended:
		return x.extended(c, m)
	case peerwire.Port:
		if x.g.env.Node != nil && m.Port != 0 {
			x.g.env.Node(x.i, x.Turn, c.addr.WithPort(m.Port))
		}
	case peerwire.Unknown:
		x.g.counters.Unknown++
	}
	return drops
}

// order checks that who says what it has says so first, and with BEP 6 always. Another bitfield may
// follow: aria2 sends one in the place of many haves, when it is shorter.
func (x *turn) order(c *conn, k peerwire.Kind) Drop {
	switch k {
	case peerwire.KeepAlive, peerwire.Extended, peerwire.Port, peerwire.Unknown:
		return drops
	case peerwire.Bitfield:
	case peerwire.HaveAll, peerwire.HaveNone:
		if c.introduced {
			return ByOrder
		}
	default:
		if !c.introduced && c.fast {
			return ByOrder
		}
		if !c.introduced && c.member.known {
			x.showsSame(c, false)
		}
	}
	c.introduced = true
	return drops
}

// holdings takes what a peer has when it comes.
func (x *turn) holdings(c *conn, m *peerwire.Message) Drop {
	mem := c.member
	switch {
	case m.Kind == peerwire.HaveNone:
		if mem.known {
			x.showsSame(c, false)
		}
	case !mem.known && m.Kind == peerwire.HaveAll:
		c.everything = true
	case !mem.known:
		c.raw = append(c.raw[:0], m.Payload...)
	case m.Kind == peerwire.HaveAll:
		x.showsSame(c, true)
		mem.picker.gainAll(c.slot)
		x.evaluate(c)
	default:
		x.shows(c, m.Payload)
		x.gainWire(c, m.Payload)
	}
	return drops
}

// gainWire takes the bitfield of a peer, whose length and spare bits are right.
func (x *turn) gainWire(c *conn, p []byte) {
	s := &x.g.scratch
	n := c.member.geo.Pieces()
	s.set = slices.Grow(s.set[:0], words(n))[:words(n)]
	s.set.fromWire(p, n)
	c.member.picker.gainBits(c.slot, s.set)
	x.evaluate(c)
}

// gainMore takes a bitfield that is not the first word of a peer: as a have of each piece in it.
// What it does not name stays as it is.
func (x *turn) gainMore(c *conn, p []byte) {
	for at, b := range p {
		for bit := uint32(0); b != 0; bit, b = bit+1, b<<1 {
			piece := uint32(at)*8 + bit // the decoder has checked length and spare bits
			if b&0x80 != 0 && c.stage == live && !c.member.knows(c, piece) {
				x.gained(c, piece)
			}
		}
	}
}

// gained takes a have.
func (x *turn) gained(c *conn, piece uint32) Drop {
	m := c.member
	if !m.known {
		return x.note(c, piece)
	}
	if piece >= m.geo.Pieces() {
		return ByIndex
	}
	if x.g.env.Watcher != nil {
		x.g.env.Watcher.Have(x.i, x.Turn, m.index, c.number, piece)
	}
	if !m.picker.gain(c.slot, piece) {
		return drops
	}
	x.evaluate(c)
	if m.showing && c.stage == live {
		s := &x.g.scratch
		s.slots = m.show.saw(c.slot, piece, &m.picker, s.slots[:0])
		for _, o := range s.slots {
			x.showNext(m.slots[o])
		}
	}
	if c.stage == live && c.interested && !c.choking && !m.has(piece) {
		c.hungry = true
	}
	return drops
}

// knows says whether a peer has said before that it has a piece.
func (m *member) knows(c *conn, piece uint32) bool {
	return m.known && m.picker.has(c.slot, piece)
}

// note keeps a have for when the number of pieces is known.
func (x *turn) note(c *conn, piece uint32) Drop {
	at := int(piece / 8)
	if at >= peerwire.BitfieldMax {
		return ByIndex
	}
	for len(c.raw) <= at {
		c.raw = append(c.raw, 0)
	}
	c.raw[at] |= 0x80 >> (piece % 8)
	return drops
}

// hinted takes what a peer allows or suggests.
func (x *turn) hinted(c *conn, m *peerwire.Message) Drop {
	mem := c.member
	if mem.known && m.Index >= mem.geo.Pieces() {
		return ByIndex
	}
	list, most := &c.hints, maxHints
	if m.Kind == peerwire.AllowedFast {
		list, most = &c.fasts, maxAllowed
	}
	if len(*list) < most && !slices.Contains(*list, m.Index) {
		*list = append(*list, m.Index)
	}
	c.hungry = m.Kind == peerwire.AllowedFast || c.hungry
	return drops
}

// evaluate tells a peer whether we are interested, if that has changed, and ends a connection
// that is of no use to either end.
func (x *turn) evaluate(c *conn) {
	m := c.member
	if !m.known {
		return
	}
	full := c.uploadOnly || m.picker.isSeed(c.slot)
	// The list of peers is far away in memory, and a have hardly ever changes what is said there;
	// but what others said of somebody since may have.
	if full != c.full || c.hearsay != m.hearsay {
		c.full, c.hearsay = full, m.hearsay
		if c.peer != nilIndex {
			m.peers.list[c.peer].seed = full
		}
	}
	want := !m.seed && !x.g.cfg.Observe && m.picker.interesting(c.slot) ||
		c.probe.stage != restful
	if want != c.interested {
		c.interested = want
		c.interestedAt.turn(want, x.Now, &c.tally.Interested)
		k := peerwire.NotInterested
		if want {
			k = peerwire.Interested
			c.hungry, m.spilt = true, true
		}
		x.write(c, peerwire.AppendPlain(x.g.scratch.out[:0], k))
	}
	if m.seed && full && !m.showing && !x.g.cfg.KeepSeeds {
		x.close(c, BySeeds)
	}
}

// wantedBy takes interested and not interested.
func (x *turn) wantedBy(c *conn, wanted bool) {
	if c.wanted == wanted {
		return
	}
	c.wanted = wanted
	c.wantedAt.turn(wanted, x.Now, &c.tally.Wanted)
	if !c.choked || wanted && c.member.slack(int(x.g.cfg.Choker.Slots)) {
		c.member.shaken = true
	}
}

// slack says whether fewer peers are unchoked and interested than there are slots.
func (m *member) slack(slots int) bool {
	for _, c := range m.conns {
		if !c.choked && c.wanted {
			slots--
		}
	}
	return slots > 0
}
