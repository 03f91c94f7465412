package swarm

import (
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// rebuffed is how long a peer is asked for nothing after it rejected a request without choking.
const rebuffed = time.Second

// askAgain is how long a peer of whom nothing can be asked waits for another try (libtorrent).
const askAgain = 5 * time.Second

// chokedBy takes choke and unchoke.
func (x *turn) chokedBy(c *conn, choking bool) {
	if c.choking == choking {
		return
	}
	c.choking = choking
	c.chokingAt.turn(!choking, x.Now, &c.tally.Unchoked)
	if !choking {
		c.gave, c.hungry = x.Now, true
		return
	}
	x.unheeded(c)
	if c.fast || c.asked.n == 0 {
		return
	}
	c.tally.Rejected += uint32(c.asked.n)
	c.member.picker.drop(c.slot)
	c.member.spilt = true
	x.g.errands.clear(&c.asked)
	c.voided = 0
}

// fill asks a peer for as many blocks as it can have asked of it.
func (x *turn) fill(c *conn) {
	c.hungry = false
	m := c.member
	if x.g.cfg.Observe {
		x.ask(c)
		return
	}
	if !c.interested || c.choking && len(c.fasts) == 0 {
		return
	}
	if x.Now < c.pause {
		x.watch(c, c.pause)
		return
	}
	rate := c.down.perSecond(x.Now, c.opened)
	w := wish{n: c.pipe.depth(rate, c.reqq, c.snubbed) - int(c.asked.n-c.voided),
		choked: c.choking, fast: c.fasts, suggested: c.hints, snubbed: c.snubbed,
		whole: c.down.inWindow(x.Now) >= uint64(m.geo.PieceLength)}
	w.n = min(w.n, 2*queueCeil-int(c.asked.n))
	if w.n <= 0 {
		return
	}
	s := &x.g.scratch
	s.blocks = m.picker.pick(c.slot, w, s.blocks[:0])
	if len(s.blocks) == 0 {
		if c.asked.n == c.voided && !c.choking {
			x.watch(c, x.Now.Add(askAgain))
		}
		return
	}
	if c.asked.n == c.voided {
		c.gave = x.Now
		x.watch(c, x.Now.Add(x.g.cfg.RequestTimeout))
	}
	out := s.out[:0]
	for _, b := range s.blocks {
		begin, length := m.geo.request(b)
		out = peerwire.AppendBlock(out, peerwire.Request, b.piece, begin, length)
		x.g.errands.push(&c.asked, errand{piece: b.piece, begin: begin, length: length})
	}
	s.out = out
	x.write(c, out)
}

// answered takes a request of ours off the list. It returns whether it was on it, and whether the
// answer is still wanted.
func (x *turn) answered(c *conn, piece, begin, length uint32) (asked, wanted bool) {
	before, at := x.g.errands.find(&c.asked, piece, begin, length)
	if at == nilIndex {
		return false, false
	}
	void := x.g.errands.items[at].void
	x.g.errands.remove(&c.asked, before, at)
	if void {
		c.voided--
	}
	return true, !void
}

// arrived takes a block.
func (x *turn) arrived(c *conn, msg *peerwire.Message) Drop {
	m, n := c.member, msg.Length
	c.tally.OverheadDown -= uint64(n)
	c.tally.PayloadDown += uint64(n)
	c.tally.BlocksDown++
	if c.met {
		x.vouch(c, n)
	}
	if !m.known {
		return ByUnasked
	}
	b, ok := m.geo.block(msg.Index, msg.Begin, n)
	if n == 0 { // BitComet's reject
		return x.rejectedZero(c, msg)
	}
	if !ok {
		return ByRange
	}
	if x.proved(c, msg) {
		return drops
	}
	asked, _ := x.answered(c, msg.Index, msg.Begin, n)
	if !asked && c.fast {
		c.tally.Redundant += uint64(n)
		return ByUnasked
	}
	c.gave, c.snubbed, c.hungry = x.Now, false, true
	c.down.add(x.Now, n)
	c.pipe.arrived(x.Now, c.down.perSecond(x.Now, c.opened))
	x.take(c, b, msg)
	if c.held && c.stage == live {
		c.held = false
		x.pump(c)
	}
	return drops
}

// take keeps a block, if it is one that is missing.
func (x *turn) take(c *conn, b block, msg *peerwire.Message) {
	m, s := c.member, &x.g.scratch
	arrival, others := m.picker.got(c.slot, b, s.slots[:0])
	s.slots = others
	if arrival.fate != fresh {
		c.tally.Redundant += uint64(msg.Length)
		return
	}
	c.tally.Useful += uint64(msg.Length)
	ch := protocol.Chunk{Bytes: msg.Payload, Body: msg.Body}
	content := x.g.torrents[m.index].Content
	x.g.env.Store.Write(x.i, content, b.piece, msg.Begin, ch)
	for _, o := range others {
		x.cancel(m.slots[o], msg.Index, msg.Begin, msg.Length)
	}
	if !arrival.full {
		return
	}
	if x.g.env.Store.Verify(x.i, content, b.piece) {
		x.passed(m, b.piece)
	} else {
		x.failed(m, b.piece)
	}
}

// cancel takes back a request. With BEP 6 an answer to it is due all the same.
func (x *turn) cancel(c *conn, piece, begin, length uint32) {
	before, at := x.g.errands.find(&c.asked, piece, begin, length)
	if at == nilIndex || x.g.errands.items[at].void {
		return
	}
	x.void(c, before, at)
	x.g.counters.Cancels++
	x.write(c, peerwire.AppendBlock(x.g.scratch.out[:0], peerwire.Cancel, piece, begin, length))
	c.member.spilt = true
}

// void says that a request of ours is not wanted any more.
func (x *turn) void(c *conn, before, at uint32) {
	if c.fast {
		x.g.errands.items[at].void = true
		c.voided++
		return
	}
	x.g.errands.remove(&c.asked, before, at)
}

// passed goes on after a piece was found right.
func (x *turn) passed(m *member, piece uint32) {
	s := &x.g.scratch
	s.slots = m.picker.passed(piece, s.slots[:0])
	done := m.picker.done()
	if done {
		for _, c := range m.conns {
			x.settleUp(c) // seeds close when they hear of it
		}
	}
	if !m.showing && !m.claims(piece) {
		x.announce(m, piece)
	}
	if done {
		x.completed(m)
	} else {
		for _, o := range s.slots {
			x.evaluate(m.slots[o])
		}
	}
	if x.g.env.Observer != nil {
		x.g.env.Observer.Verified(x.i, x.Turn, m.index, piece)
		if m.seed {
			x.g.env.Observer.Completed(x.i, x.Turn, m.index)
		}
	}
}

// announce tells all peers of a piece.
func (x *turn) announce(m *member, piece uint32) {
	for _, c := range m.conns {
		x.g.warmth += c.tally.OverheadUp // these waits for memory go on side by side
	}
	out := peerwire.AppendIndex(x.g.scratch.out[:0], peerwire.Have, piece)
	for _, c := range m.conns {
		if !x.g.cfg.LazyHaves || !m.picker.has(c.slot, piece) {
			x.write(c, out)
		}
	}
}

// completed makes a leecher a seed.
func (x *turn) completed(m *member) {
	m.seed, m.finished, m.shaken = true, x.Now, true
	for _, c := range slices.Backward(m.conns) {
		if id := c.exts[peerwire.ExtUploadOnly]; id != 0 && !m.showing {
			x.write(c, peerwire.AppendUploadOnly(x.g.scratch.out[:0], id, true))
		}
		x.evaluate(c)
	}
}

// failed finds out who sent a piece that is wrong.
func (x *turn) failed(m *member, piece uint32) {
	s := &x.g.scratch
	x.g.counters.Failures++
	s.blames = m.picker.failed(piece, s.blames[:0])
	for _, b := range s.blames {
		if b.slot == nobody {
			m.ended.Failed += uint64(b.bytes)
			m.forgotten.Failed += uint64(b.bytes)
			continue
		}
		c := m.slots[b.slot]
		c.tally.Failed += uint64(b.bytes)
		if b.sentence == banned {
			x.ban(c, ByPoison)
		}
	}
	for _, c := range m.conns {
		x.evaluate(c)
	}
	m.spilt = true
}

// rejected takes a reject.
func (x *turn) rejected(c *conn, msg *peerwire.Message) Drop {
	if x.disproved(c, msg.Index, msg.Begin, msg.Length) {
		return drops
	}
	asked, wanted := x.answered(c, msg.Index, msg.Begin, msg.Length)
	if !asked {
		return ByUnasked
	}
	if wanted {
		x.refused(c, msg.Index, msg.Begin, msg.Length)
	}
	return drops
}

// rejectedZero takes a block without data, which says the same in BitComet's dialect.
func (x *turn) rejectedZero(c *conn, msg *peerwire.Message) Drop {
	b := block{msg.Index, msg.Begin / BlockSize}
	if b.piece >= c.member.geo.Pieces() || b.index >= c.member.geo.Blocks(b.piece) {
		return ByRange
	}
	begin, length := c.member.geo.request(b)
	if x.disproved(c, b.piece, begin, length) {
		return drops
	}
	if asked, wanted := x.answered(c, b.piece, begin, length); asked && wanted {
		x.refused(c, b.piece, begin, length)
	}
	return drops
}

// refused goes on after a request was rejected.
func (x *turn) refused(c *conn, piece, begin, length uint32) {
	c.tally.Rejected++
	c.member.picker.lost(c.slot, block{piece, begin / BlockSize})
	c.member.spilt = true
	if c.choking {
		if n := slices.Index(c.fasts, piece); n >= 0 {
			c.fasts = slices.Delete(c.fasts, n, n+1)
		}
		return
	}
	c.pause = x.Now.Add(rebuffed)
	x.watch(c, c.pause)
}

// stalled is how many requests a peer gets at most that once answered none of more. Anacrolix 1.59
// says that it queues 1024, and stops for ever when more than 64 wait, until some are cancelled.
const stalled = 32

// impatient takes back requests of which none was answered for too long.
func (x *turn) impatient(c *conn) {
	until := c.gave.Add(x.g.cfg.RequestTimeout)
	if c.asked.n == c.voided {
		return
	}
	if x.Now < until {
		x.watch(c, until)
		return
	}
	c.snubbed, c.gave, c.reqq = true, x.Now, min(c.reqq, stalled)
	m, e, out := c.member, &x.g.errands, x.g.scratch.out[:0]
	for before, at := nilIndex, c.asked.head; at != nilIndex; {
		r, next := e.items[at], e.items[at].next
		if !r.void {
			m.picker.cancel(c.slot, block{r.piece, r.begin / BlockSize})
			x.g.counters.Timeouts++
			out = peerwire.AppendBlock(out, peerwire.Cancel, r.piece, r.begin, r.length)
			x.void(c, before, at)
		}
		if c.fast {
			before = at
		}
		at = next
	}
	x.g.scratch.out = out
	x.write(c, out)
	m.spilt = true
}

// offer asks others for what nobody is asked for any more: first those who answer.
func (x *turn) offer(m *member) {
	m.spilt = false
	later := false
	for _, c := range m.conns {
		switch {
		case !c.hungry && (c.choking || !c.interested):
		case c.snubbed:
			later = true
		default:
			x.fill(c)
		}
	}
	if !later {
		return
	}
	for _, c := range m.conns {
		if c.snubbed && (c.hungry || !c.choking && c.interested) {
			x.fill(c)
		}
	}
}
