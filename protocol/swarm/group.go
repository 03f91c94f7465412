package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// Store is where blocks are kept: in live a folder, in the simulator a record of what was good.
type Store interface {
	// Write takes a block that core i received; ch is its bytes or its body, and valid during the
	// call only.
	Write(i uint32, content, piece, begin uint32, ch protocol.Chunk)
	// Verify says whether the hash of a piece is right. All its blocks were written; if the answer
	// is no they will be again.
	Verify(i uint32, content, piece uint32) bool
}

// Observer is told of what an owner may wait for. It may call the group, for the same core.
type Observer interface {
	// Completed says that core i has everything of a torrent that it did not have entirely.
	Completed(i uint32, t *protocol.Turn, torrent uint32)
	// Verified says that core i has one more piece.
	Verified(i uint32, t *protocol.Turn, torrent, piece uint32)
}

// Env is what the cores of a group share with their owner.
type Env struct {
	Store Store
	// Observer may be nil.
	Observer Observer
	// Watcher is told what peers show; it may be nil.
	Watcher Watcher
	// Prober challenges peers; it may be nil.
	Prober Prober
	// Describe reads an info dictionary whose hash is right, which core i got from its peers. If
	// it cannot be used, ok is false and the torrent stays unknown. A geometry without bytes means
	// that the owner has to look first what is there already: it calls Described when it knows.
	Describe func(i, torrent uint32, info []byte) (geo Geometry, private, ok bool)
	// Node is told of a DHT node at a peer of core i, by the message port (BEP 5). It may be nil.
	Node func(i uint32, t *protocol.Turn, node protocol.Addr)
	// Lonely is told when a leecher has less than half of the connections that it seeks: ask for
	// more. It may be nil.
	Lonely func(i, torrent uint32)
	// Notary vouches for transfers. It may be nil.
	Notary Notary
}

// Group is a population of peers. It implements protocol.Streams.
type Group struct {
	cfg      Config
	env      Env
	torrents []Torrent
	cores    []core
	conns    slab
	errands  errands
	buffers  peerwire.Buffers
	counters Counters
	now      turn // the one that is being taken
	scratch  scratch
	reserved [8]byte
	warmth   uint64 // of what was read beforehand, so that the compiler does not remove that
}

// core is one peer. What every turn needs is a line of a cache.
type core struct {
	conns   []*conn
	members []*member
	due     protocol.Time // when to wake
	look    protocol.Time // when to look at a connection

	id      [20]byte
	addr    protocol.Addr // what others reach it by, as far as known; its port is listened on
	running bool
	halves  uint16 // connections dialed and not answered
	free    []protocol.Conn

	_ [48]byte // so that it is whole lines (TestSizeOfConn)
}

// scratch is memory for the length of one call, so that turns do not allocate.
type scratch struct {
	msg     peerwire.Message
	out     []byte
	blocks  []block
	slots   []slot
	blames  []blame
	facts   []fact
	changes []change
	set     bits
	greet   greetScratch
	conns   []*conn
}

var _ protocol.Streams = (*Group)(nil)

// New returns a group of n peers that are not started.
func New(cfg Config, env Env, n int) (*Group, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	g := &Group{cfg: cfg, env: env, cores: make([]core, n)}
	g.errands.free = nilIndex
	var h peerwire.Handshake
	if cfg.Fast {
		h.Offer(peerwire.FeatureFast)
	}
	if cfg.Extended {
		h.Offer(peerwire.FeatureExtensions)
	}
	if cfg.DHTPort {
		h.Offer(peerwire.FeatureDHT)
	}
	g.reserved = h.Reserved
	return g, nil
}

// Register adds a torrent to those that cores of the group can take part in and returns its number.
func (g *Group) Register(tor Torrent) uint32 {
	g.torrents = append(g.torrents, tor)
	return uint32(len(g.torrents) - 1)
}

// Assign gives core i its peer id, and the address whose port it listens on. It must be called
// before the core is started.
func (g *Group) Assign(i uint32, id [20]byte, addr protocol.Addr) {
	g.cores[i].id, g.cores[i].addr = id, addr
}

// ID returns the peer id of core i.
func (g *Group) ID(i uint32) [20]byte { return g.cores[i].id }

// Counters returns what the cores of this group counted so far.
func (g *Group) Counters() Counters { return g.counters }

// Len returns the number of cores.
func (g *Group) Len() int { return len(g.cores) }

// Start makes core i run. Torrents are added by Add, in this turn or later.
func (g *Group) Start(i uint32, t *protocol.Turn) {
	c := &g.cores[i]
	*c = core{id: c.id, addr: c.addr, running: true, due: protocol.Never, look: protocol.Never,
		conns: c.conns[:0], free: c.free[:0], members: c.members[:0]}
	t.Out.WakeAt(protocol.Never)
}

// Add makes core i, which must run, take part in a torrent.
func (g *Group) Add(i uint32, t *protocol.Turn, e Entry) {
	x := g.begin(i, t)
	x.enter(&e)
	x.end()
}

// Leave makes core i end its part in a torrent: its connections are closed. What it counted is
// gone, except for what the counters of the group have of it.
func (g *Group) Leave(i uint32, t *protocol.Turn, torrent uint32) {
	x := g.begin(i, t)
	if m := x.member(torrent); m != nil {
		x.leave(m)
	}
	x.end()
}

// Described tells core i the geometry of a torrent whose metadata it got from its peers, and which
// of the pieces are there, as a bitfield of the wire; nil: none.
func (g *Group) Described(i uint32, t *protocol.Turn, torrent uint32, geo Geometry, have []byte) {
	x := g.begin(i, t)
	if m := x.member(torrent); m != nil && !m.known && m.metadata != nil {
		x.described(m, geo, bitsOf(&Entry{Have: have}, geo))
	}
	x.end()
}

// Found tells core i of peers of a torrent.
func (g *Group) Found(i uint32, t *protocol.Turn, torrent uint32, addrs []protocol.Addr,
	from Source) {
	x := g.begin(i, t)
	if m := x.member(torrent); m != nil {
		for _, a := range addrs {
			x.learn(m, a, from)
		}
		m.dialAt = min(m.dialAt, t.Now)
		x.arm(m.dialAt)
	}
	x.end()
}

// Wants returns how many more addresses of a torrent core i would like to know.
func (g *Group) Wants(i uint32, torrent uint32) int {
	m := g.cores[i].find(torrent)
	if m == nil || m.seed {
		return 0
	}
	return max(0, g.cfg.MaxConns-len(m.conns)-m.peers.untried())
}

// Wake lets time pass for core i.
func (g *Group) Wake(i uint32, t *protocol.Turn) {
	if g.cores[i].running {
		x := g.begin(i, t)
		x.end()
	}
}

// Stop is a graceful leave: all connections are closed.
func (g *Group) Stop(i uint32, t *protocol.Turn) {
	c := &g.cores[i]
	if !c.running {
		return
	}
	x := g.begin(i, t)
	for len(c.members) > 0 {
		x.leave(c.members[0])
	}
	for _, cn := range c.conns {
		if cn != nil {
			x.close(cn, ByLeaving)
		}
	}
	c.running, c.due, c.look = false, protocol.Never, protocol.Never
	x.deep--
	t.Out.WakeAt(protocol.Never)
}

// Drop forgets everything that core i had but its peer id and address.
func (g *Group) Drop(i uint32) {
	c := &g.cores[i]
	for _, cn := range c.conns {
		if cn != nil {
			g.release(cn)
		}
	}
	*c = core{id: c.id, addr: c.addr, due: protocol.Never, look: protocol.Never}
}

// find returns a torrent of the core, nil if it takes no part in it.
func (c *core) find(torrent uint32) *member {
	for _, m := range c.members {
		if m.index == torrent {
			return m
		}
	}
	return nil
}
