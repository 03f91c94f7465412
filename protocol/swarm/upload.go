package swarm

import (
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// aheadMost bounds the bytes that are kept in a stream's queue, however fast it is (libtorrent).
const aheadMost = 500 << 10

// showAgain is how long a super-seed waits for a peer that it showed a piece to be interested,
// before it shows another (libtorrent).
const showAgain = 10 * time.Second

// giftTimes is how often a choked peer may have each piece that it is allowed (libtorrent).
const giftTimes = 3

// requested takes a request.
func (x *turn) requested(c *conn, msg *peerwire.Message) Drop {
	m := c.member
	if !m.known {
		x.reject(c, msg.Index, msg.Begin, msg.Length)
		return drops
	}
	switch {
	case !m.geo.Valid(msg.Index, msg.Begin, msg.Length):
		return ByRange
	case msg.Length > BlockSize:
		if !c.fast {
			return ByRange
		}
		x.reject(c, msg.Index, msg.Begin, msg.Length)
		return drops
	}
	granted := !c.choked || x.gives(c, msg.Index)
	if !granted {
		if c.scolded++; int(c.scolded) > 2*x.g.cfg.Reqq {
			return ByFlood
		}
	}
	refuse := !granted || !m.has(msg.Index) ||
		m.showing && !m.show.shown(c.slot, msg.Index)
	if int(c.wants.n) >= x.g.cfg.Reqq {
		x.g.counters.Overfull++
		refuse = true
	}
	if refuse {
		x.reject(c, msg.Index, msg.Begin, msg.Length)
		return drops
	}
	x.g.errands.push(&c.wants, errand{piece: msg.Index, begin: msg.Begin, length: msg.Length})
	x.pump(c)
	return drops
}

// gives says whether a choked peer may have a piece all the same, but not again and again. BEP 6
// lets those be refused who have begun, and all where the upload does not suffice: what is given
// away is not to take more of it than the optimistic slots do, or a seed among many newcomers
// serves all of them at once, and none soon.
func (x *turn) gives(c *conn, piece uint32) bool {
	m := c.member
	if !slices.Contains(c.grants, piece) || int(m.picker.held(c.slot)) > len(c.grants) ||
		c.wants.n == 0 && m.gifted() >= max(1, int(x.g.cfg.Choker.Optimistic)) {
		return false
	}
	c.gifts++
	return c.gifts <= giftTimes*uint32(len(c.grants))*c.member.geo.Blocks(0)
}

// gifted returns how many choked peers are being served.
func (m *member) gifted() (n int) {
	for _, c := range m.conns {
		if c.choked && c.wants.n > 0 {
			n++
		}
	}
	return n
}

// reject answers a request that is not granted, where there is such an answer.
func (x *turn) reject(c *conn, piece, begin, length uint32) {
	if !c.fast {
		x.g.counters.Ignored++
		return
	}
	x.g.counters.RejectsSent++
	out := peerwire.AppendBlock(x.g.scratch.out[:0], peerwire.Reject, piece, begin, length)
	x.write(c, out)
}

// cancelled takes a cancel: with BEP 6 it is answered, unless the block is on its way.
func (x *turn) cancelled(c *conn, msg *peerwire.Message) {
	before, at := x.g.errands.find(&c.wants, msg.Index, msg.Begin, msg.Length)
	if at == nilIndex {
		return
	}
	x.g.errands.remove(&c.wants, before, at)
	if c.fast {
		x.reject(c, msg.Index, msg.Begin, msg.Length)
	}
}

// pump writes blocks that a peer asked for, as long as the queue of the stream is short: what it
// takes half a second to send, as in libtorrent.
func (x *turn) pump(c *conn) {
	if c.wants.n == 0 {
		return
	}
	m := c.member
	ahead := uint64(x.g.cfg.WriteAhead)
	if rate := c.up.perSecond(x.Now, c.opened); rate/2 > ahead {
		ahead = min(rate/2, aheadMost)
	}
	for c.wants.n > 0 {
		if c.written()-c.left >= ahead {
			return
		}
		if x.Now < c.paced {
			x.watch(c, c.paced)
			return
		}
		if !c.choked && !m.choker.serves(m.seed, c.tally.Queued, c.tally.PayloadDown) {
			c.held, m.shaken = true, true
			return
		}
		if !x.trusts(c) {
			c.held = true
			return
		}
		x.send(c, x.g.errands.pop(&c.wants))
	}
}

// send writes a block.
func (x *turn) send(c *conn, e errand) {
	m := c.member
	body := protocol.Body{Content: x.g.torrents[m.index].Content,
		Offset: m.geo.offset(e.piece, e.begin), Length: e.length}
	if x.g.cfg.Pollute {
		body.Content |= protocol.Junk
	}
	head := peerwire.AppendPiece(x.g.scratch.out[:0], e.piece, e.begin, e.length)
	x.Out.Write(c.number, protocol.Chunk{Bytes: head, Body: body})
	c.spoke = x.Now
	c.tally.OverheadUp += uint64(len(head))
	c.tally.Queued += uint64(e.length)
	c.tally.BlocksUp++
	if c.met {
		x.g.env.Notary.Sent(x.i, c.number, e.length)
	}
	e.when = c.written()
	x.g.errands.push(&c.flying, e)
	if limit := m.choker.allowance(c.slot); limit > 0 && !c.choked {
		wait := time.Duration(uint64(e.length) * uint64(time.Second) / limit)
		c.paced = max(c.paced, x.Now).Add(wait)
	}
}

// Sent counts what has left the line, and goes on writing.
func (g *Group) Sent(i uint32, t *protocol.Turn, number protocol.Conn, n int) {
	x := g.begin(i, t)
	if c := x.conn(number); c != nil {
		c.left += uint64(n)
		for c.flying.n > 0 && g.errands.first(&c.flying).when <= c.left {
			e := g.errands.pop(&c.flying)
			c.tally.PayloadUp += uint64(e.length)
			c.tally.HeadersUp += peerwire.PieceHeader
			c.up.add(t.Now, e.length)
		}
		if c.stage == live {
			x.pump(c)
		}
	}
	x.end()
}

// rechoke decides who is unchoked, and tells those for whom that changes.
func (x *turn) rechoke(m *member) {
	m.shaken = false
	if !m.known {
		return
	}
	s := &x.g.scratch
	s.facts = s.facts[:0]
	for _, c := range m.conns {
		x.g.warmth += c.tally.Queued + uint64(c.down.step) // these waits go on side by side
	}
	for _, c := range m.conns {
		s.facts = append(s.facts, fact{slot: c.slot, interested: c.wanted, snubbed: c.snubbed,
			opened: !c.choking, seed: m.picker.isSeed(c.slot) || c.uploadOnly,
			held: m.picker.held(c.slot), down: c.down.inWindow(x.Now),
			up: c.up.inWindow(x.Now), taken: c.tally.PayloadDown, given: c.tally.Queued})
	}
	s.changes = m.choker.rechoke(x.Now, m.seed, s.facts, x.Rand, s.changes[:0])
	for _, ch := range s.changes {
		if c := m.slots[ch.slot]; ch.unchoke {
			x.unchoke(c)
		} else {
			x.choke(c)
		}
	}
	for _, c := range m.conns {
		if !c.choked {
			x.clock(c)
		}
	}
	x.arm(m.choker.due())
}

// clock measures for how long a peer is unchoked, and in which way.
func (x *turn) clock(c *conn) {
	lucky := !c.choked && c.member.choker.optimistic(c.slot)
	c.optimisticAt.turn(lucky, x.Now, &c.tally.Optimistic)
	c.regularAt.turn(!c.choked && !lucky, x.Now, &c.tally.Regular)
}

// unchoke lets a peer ask.
func (x *turn) unchoke(c *conn) {
	c.choked, c.scolded = false, 0
	x.write(c, peerwire.AppendPlain(x.g.scratch.out[:0], peerwire.Unchoke))
}

// choke lets it ask no more. What it has asked for is void; with BEP 6 each is rejected, after the
// choke, but for pieces that are allowed fast.
func (x *turn) choke(c *conn) {
	c.choked, c.held = true, false
	x.clock(c)
	out := peerwire.AppendPlain(x.g.scratch.out[:0], peerwire.Choke)
	e := &x.g.errands
	if !c.fast {
		x.g.counters.Ignored += uint64(c.wants.n)
		e.clear(&c.wants)
	}
	for before, at := nilIndex, c.wants.head; at != nilIndex; {
		r, next := e.items[at], e.items[at].next
		if slices.Contains(c.grants, r.piece) {
			before = at
		} else {
			e.remove(&c.wants, before, at)
			x.g.counters.RejectsSent++
			out = peerwire.AppendBlock(out, peerwire.Reject, r.piece, r.begin, r.length)
		}
		at = next
	}
	x.g.scratch.out = out
	x.write(c, out)
}

// showNext shows a peer another piece of those that a super-seed has (BEP 16).
func (x *turn) showNext(c *conn) {
	m := c.member
	if piece, ok := m.show.assign(c.slot, &m.picker, x.Rand); ok {
		x.write(c, peerwire.AppendIndex(x.g.scratch.out[:0], peerwire.Have, piece))
		c.shownAt = x.Now
		x.watch(c, x.Now.Add(showAgain))
	}
}
