package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// stage is how far a connection has come.
type stage uint8

const (
	unused   stage = iota
	dialing        // nobody has answered yet
	greeting       // it is open; the torrent of the other end is not known
	naming         // it is of a torrent of ours; the peer id is to come
	live           // both handshakes are done
)

// conn is one end of a connection, sorted by what needs it, in lines of a cache: most messages are
// haves, which need the first and that of the decoder; to write one takes the first only.
type conn struct {
	number protocol.Conn
	slot   slot // among those of its torrent
	stage  stage

	introduced bool // it said what it has, or something else that must come after that
	interested bool // we are, in what it has
	wanted     bool // it is, in what we have
	choked     bool // we choke it
	choking    bool // it chokes us
	snubbed    bool // it was asked and does not answer
	uploadOnly bool // it wants nothing more (BEP 21)
	full       bool // it has everything, or uploads only: so the list of peers was told
	hungry     bool // to be asked for more at the end of the call

	member  *member
	heard   protocol.Time // when anything came last
	spoke   protocol.Time // when we wrote last
	peer    uint32        // its place among the peers of the torrent
	hearsay uint32        // about seeds, that there was when full was told
	tally   Tally

	decoder  peerwire.Decoder
	left     uint64 // bytes of the stream that left the line
	down, up rate

	asked  queue // requests of ours without answer
	wants  queue // requests of its without answer
	flying queue // blocks written that have not left the line
	reqq   uint32
	pipe   pipeline
	opened protocol.Time // when it was dialed, accepted, and then when it was live

	gave   protocol.Time // when a block came last
	paced  protocol.Time // when the next block may be written
	pause  protocol.Time // it is asked for nothing before
	due    protocol.Time
	pexAt  protocol.Time
	voided uint16
	served uint16 // blocks of metadata given to it

	dialed     bool
	fast       bool // both ends speak BEP 6
	extended   bool // both ends speak BEP 10
	everything bool // it has everything; kept while the number of pieces is not known
	held       bool // its requests wait until it has given more
	told       bool // the others were told of it
	pexGreeted bool
	pexHeard   bool
	met        bool // it has shown its key
	metaAsked  bool // it was asked for metadata: late answers are welcome
	pexIn      uint8

	fasts   []uint32      // pieces that it allows fast
	hints   []uint32      // pieces that it suggests
	grants  []uint32      // pieces that we allow it fast
	scolded uint16        // requests while choked, since it was choked
	gifts   uint32        // requests granted while choked
	pexFrom protocol.Time // since when pexIn were counted
	pexSeen uint64        // how far in the gossip it has been told
	shownAt protocol.Time // when a super-seed showed it a piece
	refused protocol.Time // metadata is not asked of it before
	sized   uint32        // how long it says that the metadata is
	exts    peerwire.ExtIDs
	addr    protocol.Addr
	id      [20]byte
	raw     []byte // its bitfield while the number of pieces is not known

	interestedAt, wantedAt, chokingAt, regularAt, optimisticAt span

	probe challenge
}

// unheard is no number of hearsay: the list of peers is to be told.
const unheard = ^uint32(0)

// written returns the bytes of the stream that were written.
func (c *conn) written() uint64 { return c.tally.OverheadUp + c.tally.Queued }

// slab hands out connections. They do not move.
type slab struct {
	pages []*[93]conn // which just fit into 64 KiB
	free  []*conn
}

func (s *slab) take() *conn {
	if len(s.free) == 0 {
		page := new([93]conn)
		s.pages = append(s.pages, page)
		for n := len(page) - 1; n >= 0; n-- {
			s.free = append(s.free, &page[n])
		}
	}
	c := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return c
}

// open takes a connection for the core.
func (x *turn) open(addr protocol.Addr, st stage) *conn {
	g, c := x.g, x.g.conns.take()
	*c = conn{
		stage: st, addr: addr, peer: nilIndex, hearsay: unheard, slot: nobody,
		choked: true, choking: true, opened: x.Now, heard: x.Now, spoke: x.Now,
		due: protocol.Never, reqq: silentReqq, pexAt: protocol.Never,
		asked: noErrands, wants: noErrands, flying: noErrands,
		raw: c.raw[:0], fasts: c.fasts[:0], hints: c.hints[:0], grants: c.grants[:0],
		interestedAt: notRunning, wantedAt: notRunning, chokingAt: notRunning,
		regularAt: notRunning, optimisticAt: notRunning,
	}
	c.decoder.Buffers = &g.buffers
	if n := len(x.core.free); n > 0 {
		c.number = x.core.free[n-1]
		x.core.free = x.core.free[:n-1]
		x.core.conns[c.number] = c
	} else {
		c.number = protocol.Conn(len(x.core.conns))
		x.core.conns = append(x.core.conns, c)
	}
	return c
}

// release gives the memory of a connection back.
func (g *Group) release(c *conn) {
	g.errands.clear(&c.asked)
	g.errands.clear(&c.wants)
	g.errands.clear(&c.flying)
	c.decoder.Reset()
	c.stage, c.member = unused, nil
	g.conns.free = append(g.conns.free, c)
}

// write appends bytes that are no payload to the stream.
func (x *turn) write(c *conn, p []byte) {
	c.tally.OverheadUp += uint64(len(p))
	c.spoke = x.Now
	x.Out.Write(c.number, protocol.Chunk{Bytes: p})
}

// close ends a connection for a reason of ours.
func (x *turn) close(c *conn, why Drop) {
	x.g.counters.Drops[why]++
	if !why.blames() {
		x.settleUp(c)
	}
	x.Out.Close(c.number)
	c.left = c.written() // it still goes out
	x.lose(c, why.blames())
}

// lose forgets a connection that is closed, whoever did it. A failure counts against its address.
func (x *turn) lose(c *conn, failed bool) {
	if c.stage == dialing {
		x.answerCame()
	}
	if m := c.member; m != nil {
		x.part(m, c, failed)
	}
	x.core.conns[c.number] = nil
	x.core.free = append(x.core.free, c.number)
	x.g.release(c)
}

// inspect does what has become due for a connection, and asks for the next look.
func (x *turn) inspect(c *conn) {
	cfg := &x.g.cfg
	if c.stage == dialing {
		if x.Now >= c.opened.Add(dialTimeout) {
			x.close(c, ByDialTimeout)
			return
		}
		x.watch(c, c.opened.Add(dialTimeout))
		return
	}
	if c.stage != live {
		if x.Now >= c.opened.Add(cfg.HandshakeTimeout) {
			x.close(c, ByHandshakeTimeout)
			return
		}
		x.watch(c, c.opened.Add(cfg.HandshakeTimeout))
		return
	}
	if x.Now >= c.heard.Add(cfg.IdleTimeout) {
		x.close(c, BySilence)
		return
	}
	if x.Now >= c.spoke.Add(cfg.KeepAlive) {
		x.write(c, peerwire.AppendKeepAlive(x.g.scratch.out[:0]))
	}
	if c.asked.n > 0 {
		x.impatient(c)
	}
	if c.stage == live && c.asked.n == c.voided && !c.choking {
		x.fill(c)
	}
	x.probe(c)
	if m := c.member; m.showing && !c.wanted && x.Now >= c.shownAt.Add(showAgain) &&
		m.show.waits(c.slot, &m.picker) {
		x.showNext(c)
	}
	x.gossipTo(c)
	x.fetchMore(c)
	x.pump(c)
	x.watch(c, min(c.heard.Add(cfg.IdleTimeout), c.spoke.Add(cfg.KeepAlive)))
}
