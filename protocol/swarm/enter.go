package swarm

import (
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// enter makes the core take part in a torrent.
func (x *turn) enter(e *Entry) {
	if !x.core.running {
		panic("swarm: a torrent was added to a core that does not run")
	}
	if x.member(e.Torrent) != nil {
		return
	}
	tor := &x.g.torrents[e.Torrent]
	m := &member{index: e.Torrent, started: x.Now, finished: protocol.Never,
		found: protocol.Never, private: tor.Private, dialAt: protocol.Never, turnAt: x.Now,
		claimAt: protocol.Never}
	x.core.members = append(x.core.members, m)
	if e.Magnet || tor.Geometry.Total == 0 {
		return
	}
	m.metadata = tor.Metadata
	x.unfold(m, tor.Geometry, bitsOf(e, tor.Geometry))
	x.arm(x.Now)
}

// unfold begins with a torrent whose pieces are known now.
func (x *turn) unfold(m *member, geo Geometry, have bits) {
	m.geo, m.known = geo, true
	m.picker.reset(x.g.cfg.Picker, geo, have, x.Rand)
	m.choker.reset(x.g.cfg.Choker, geo)
	m.brought = geo.Total - m.picker.left()
	m.seed = m.picker.done()
	if m.seed {
		m.finished = x.Now
	}
	if m.showing = m.seed && x.g.cfg.SuperSeed; m.showing {
		m.show.reset(geo.Pieces())
	}
	x.pretendBegin(m)
	for _, c := range slices.Clone(m.conns) {
		m.picker.join(c.slot)
		m.choker.join(x.Now, c.slot)
		if m.showing {
			m.show.join(c.slot)
		}
		c.decoder.Limits.Pieces = geo.Pieces()
	}
	for _, c := range slices.Clone(m.conns) {
		x.interpret(c)
	}
	x.arm(m.choker.due())
}

// interpret reads what a peer has, which came before it was known how many pieces there are.
func (x *turn) interpret(c *conn) {
	n := c.member.geo.Pieces()
	outside := func(p uint32) bool { return p >= n }
	if slices.ContainsFunc(c.fasts, outside) || slices.ContainsFunc(c.hints, outside) {
		x.close(c, ByIndex)
		return
	}
	if c.everything {
		x.showsSame(c, true)
		c.member.picker.gainAll(c.slot)
		x.evaluate(c)
		return
	}
	if len(c.raw) == 0 {
		if c.introduced {
			x.showsSame(c, false)
		}
		return
	}
	size := int((uint64(n) + 7) / 8)
	spare := n%8 != 0 && len(c.raw) == size && c.raw[size-1]<<(n%8) != 0
	if len(c.raw) > size || spare {
		x.close(c, ByIndex)
		return
	}
	for len(c.raw) < size { // it came in haves
		c.raw = append(c.raw, 0)
	}
	x.shows(c, c.raw)
	x.gainWire(c, c.raw)
	c.raw = c.raw[:0]
}

// leave ends the part of the core in a torrent.
func (x *turn) leave(m *member) {
	m.leaving = true
	for _, c := range x.core.conns {
		if c != nil && c.member == m {
			x.close(c, ByLeaving)
		}
	}
	x.core.members = slices.DeleteFunc(x.core.members,
		func(o *member) bool { return o == m })
}

// depart takes what a live connection meant to its torrent back.
func (x *turn) depart(m *member, c *conn) {
	if m.known {
		m.picker.leave(c.slot)
		m.shaken = m.choker.leave(c.slot) || m.shaken
		m.spilt = m.spilt || c.asked.n > c.voided
	}
	if m.showing {
		m.show.leave(c.slot)
	}
	if m.fetch != nil {
		m.fetch.forget(c.number)
	}
	x.hush(c)
	m.slots[c.slot] = nil
	m.free = append(m.free, c.slot)
	c.interestedAt.turn(false, x.Now, &c.tally.Interested)
	c.wantedAt.turn(false, x.Now, &c.tally.Wanted)
	c.chokingAt.turn(false, x.Now, &c.tally.Unchoked)
	c.regularAt.turn(false, x.Now, &c.tally.Regular)
	c.optimisticAt.turn(false, x.Now, &c.tally.Optimistic)
	c.tally.Connected = x.Now.Sub(c.opened)
	c.tally.account(x.g, c)
	if c.met {
		down := c.tally.PayloadDown + c.decoder.Unread()
		x.g.env.Notary.Parted(x.i, x.Turn, c.number, c.tally.PayloadUp, down)
	}
}

// account adds the parts of blocks that are on their way in either direction.
func (a *Tally) account(g *Group, c *conn) {
	n := uint64(c.decoder.Partial())
	a.Partial += n
	a.PayloadDown += n
	a.OverheadDown -= n
	for c.flying.n > 0 {
		e := g.errands.pop(&c.flying)
		a.gone(&e, c.left)
	}
}

// gone adds as much of a block as has left the line with so many bytes of the stream.
func (a *Tally) gone(e *errand, left uint64) {
	body := e.when - uint64(e.length)
	if head := body - peerwire.PieceHeader; left > head {
		a.HeadersUp += min(left, body) - head
	}
	if left > body {
		a.PayloadUp += min(left, e.when) - body
	}
}
