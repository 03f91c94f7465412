package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// Prober challenges the peers that an observer watches, each [Config].Probe, to give a block of
// what they say they have (method M10 of package audit). An observer is interested in a peer from
// when the challenge is due until it has come to something: it waits for its turn to be unchoked,
// asks for one block, and keeps nothing of it. It may look at the group but must not act on it.
type Prober interface {
	// Challenge draws a block from what a peer has shown, a bitfield as on the wire that is valid
	// during the call. If ok is false it is not asked this time.
	Challenge(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, field []byte,
	) (piece, begin, length uint32, ok bool)
	// Answered says that what was asked for came: as bytes or as a body, valid during the call.
	Answered(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, piece, begin uint32,
		ch protocol.Chunk)
	// Unanswered says why nothing came.
	Unanswered(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, why Silence)
}

// Silence is why a challenge had no answer.
type Silence uint8

// The reasons. A connection that ends before is none of them.
const (
	StaysChoked Silence = iota // it has not unchoked since, or choked again
	Rejects                    // it has unchoked, and rejects
	SaysNothing                // it has unchoked, and says nothing for Config.RequestTimeout
)

// challenge is how far that of a peer has come.
type challenge struct {
	at           protocol.Time // when to go on
	piece, begin uint32
	length       uint32
	stage        challengeStage
}

type challengeStage uint8

const (
	restful challengeStage = iota
	wishing                // to be unchoked
	asking
	overdue // it was told that nothing comes, but that still may
)

// is says whether a block is the one that was asked for.
func (p *challenge) is(piece, begin, length uint32) bool {
	return p.stage >= asking && p.piece == piece && p.begin == begin && p.length == length
}

// probes says whether peers are challenged.
func (x *turn) probes() bool { return x.g.env.Prober != nil && x.g.cfg.Probe > 0 }

// probeFirst draws when a new peer is first challenged, so that not all are at a time.
func (x *turn) probeFirst(c *conn) {
	if x.probes() {
		wait := x.Rand.Uint64n(uint64(x.g.cfg.Probe))
		c.probe.at = x.Now + protocol.Time(wait)
		x.watch(c, c.probe.at)
	}
}

// probe goes on with the challenge of a peer, if it is time.
func (x *turn) probe(c *conn) {
	if !x.probes() {
		return
	}
	p, m := &c.probe, c.member
	if x.Now < p.at {
		x.watch(c, p.at)
		return
	}
	p.at = x.Now.Add(x.g.cfg.Probe)
	x.watch(c, p.at)
	switch {
	case p.stage == wishing:
		x.g.env.Prober.Unanswered(x.i, x.Turn, m.index, c.number, StaysChoked)
	case p.stage == asking:
		p.stage = overdue
		why := SaysNothing
		if c.choking { // and ought to have rejected
			why = StaysChoked
		}
		x.g.env.Prober.Unanswered(x.i, x.Turn, m.index, c.number, why)
	case p.stage == restful && m.known && m.picker.held(c.slot) > 0:
		p.stage = wishing
		x.evaluate(c)
	}
}

// ask challenges a peer that has unchoked.
func (x *turn) ask(c *conn) {
	p, m, s := &c.probe, c.member, &x.g.scratch
	if p.stage != wishing || c.choking {
		return
	}
	s.set = append(s.set[:0], m.picker.bitsOf(c.slot)...)
	if m.picker.isSeed(c.slot) {
		s.set.setAll(m.geo.Pieces())
	}
	s.greet.bits = s.set.appendWire(s.greet.bits[:0], m.geo.Pieces())
	piece, begin, length, ok := x.g.env.Prober.Challenge(x.i, x.Turn, m.index, c.number,
		s.greet.bits)
	if !ok {
		x.rest(c)
		return
	}
	if !m.geo.Valid(piece, begin, length) || length > BlockSize {
		panic("swarm: a challenge is none of the torrent's blocks")
	}
	*p = challenge{x.Now.Add(x.g.cfg.RequestTimeout), piece, begin, length, asking}
	x.watch(c, p.at)
	x.write(c, peerwire.AppendBlock(s.out[:0], peerwire.Request, piece, begin, length))
}

// rest ends a challenge.
func (x *turn) rest(c *conn) {
	c.probe.stage, c.probe.at = restful, x.Now.Add(x.g.cfg.Probe)
	x.watch(c, c.probe.at)
	x.evaluate(c)
}

// proved takes the answer to a challenge, and returns whether it is one.
func (x *turn) proved(c *conn, msg *peerwire.Message) bool {
	p := &c.probe
	if !p.is(msg.Index, msg.Begin, msg.Length) {
		return false
	}
	c.tally.Redundant += uint64(msg.Length)
	if p.stage == asking {
		x.g.env.Prober.Answered(x.i, x.Turn, c.member.index, c.number, msg.Index, msg.Begin,
			protocol.Chunk{Bytes: msg.Payload, Body: msg.Body})
	}
	x.rest(c)
	return true
}

// disproved takes that a challenge was rejected, and returns whether it was one. Who chokes at the
// same time may do so; it is asked again when it unchokes.
func (x *turn) disproved(c *conn, piece, begin, length uint32) bool {
	p := &c.probe
	if !p.is(piece, begin, length) {
		return false
	}
	if c.choking && p.stage == asking {
		x.postpone(c)
		return true
	}
	if p.stage == asking {
		x.g.env.Prober.Unanswered(x.i, x.Turn, c.member.index, c.number, Rejects)
	}
	x.rest(c)
	return true
}

// unheeded takes that a peer chokes, which without BEP 6 means that it will not answer.
func (x *turn) unheeded(c *conn) {
	switch {
	case c.fast || c.probe.stage < asking:
	case c.probe.stage == asking:
		x.postpone(c)
	default:
		x.rest(c)
	}
}

// postpone waits for the peer to unchoke again.
func (x *turn) postpone(c *conn) {
	c.probe.stage, c.probe.at = wishing, x.Now.Add(x.g.cfg.Probe)
	x.watch(c, c.probe.at)
}
