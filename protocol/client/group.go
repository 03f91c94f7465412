package client

import (
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/swarm"
)

// Group is a population of clients. It implements protocol.Streams and protocol.Datagrams.
type Group struct {
	cfg      Config
	env      Env
	swarm    *swarm.Group
	dht      *dht.Group // nil: none
	torrents []Torrent
	clients  []client
	counters Counters
	addrs    []protocol.Addr // scratch

	statement []byte // scratch
}

// client is one of them.
type client struct {
	id      [20]byte
	addr    protocol.Addr
	key     uint32 // by which trackers know it again
	running bool
	stale   bool // members have something to do, or another deadline
	due     dues
	members []*member
	kept    []carried
	account *account // nil: nobody knows it
}

// Counters is what a group has counted itself; the parts have counters of their own.
type Counters struct {
	Strays    uint64 // datagrams that belong to nobody
	Announces uint64 // begun in the DHT
	Nodes     uint64 // of the DHT that peers told of

	Reports  uint64       // delivered to the auditor: 1 byte and audit.ReportSize each
	Proofs   uint64       // likewise: 1 byte and audit.ReceiptSize each
	Signed   uint64       // receipts given to peers
	Receipts audit.Counts // of peers, by what was found
	Cut      uint64       // connections on which a peer was not served before it signs
	Unbooked uint64       // connections of which nothing is stated, for want of room
}

var (
	_ protocol.Streams   = (*Group)(nil)
	_ protocol.Datagrams = (*Group)(nil)
)

// New returns a group of n clients that are not started.
func New(cfg Config, env Env, n int) (*Group, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	g := &Group{cfg: cfg, env: env, clients: make([]client, n)}
	cfg.Swarm.DHTPort = cfg.DHT != nil && !cfg.DHT.ReadOnly
	inner := env.Swarm
	inner.Observer = progress{g}
	if inner.Describe != nil {
		inner.Describe = g.describe
	}
	if cfg.DHT != nil {
		inner.Node = g.introduced
	}
	inner.Lonely = g.lonely
	if cfg.Audit.Window > 0 || cfg.Audit.Settle > 0 {
		inner.Notary = notary{g}
	}
	if cfg.Cheat.Kind == FakeHave {
		cfg.Swarm.Pretend = cfg.Cheat.Rate
	}
	var err error
	if g.swarm, err = swarm.New(cfg.Swarm, inner, n); err != nil {
		return nil, err
	}
	if cfg.DHT != nil {
		nodes := env.DHT
		nodes.Observer = findings{g}
		if g.dht, err = dht.New(*cfg.DHT, nodes, n); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Register adds a torrent to those that clients can take part in and returns its number.
func (g *Group) Register(tor Torrent) uint32 {
	g.torrents = append(g.torrents, tor)
	return g.swarm.Register(tor.Torrent)
}

// Assign gives client i its peer id, and the address that it listens on for everything. It must be
// called before the client is started.
func (g *Group) Assign(i uint32, id [20]byte, addr protocol.Addr) {
	g.clients[i].id, g.clients[i].addr = id, addr
	g.swarm.Assign(i, id, addr)
}

// Swarm returns the peers of the clients, to be looked at.
func (g *Group) Swarm() *swarm.Group { return g.swarm }

// DHT returns the nodes of the clients, to be assigned, filled and looked at; nil if they have
// none.
func (g *Group) DHT() *dht.Group { return g.dht }

// Counters returns what was counted so far.
func (g *Group) Counters() Counters { return g.counters }

// Len returns the number of clients.
func (g *Group) Len() int { return len(g.clients) }

// Start makes client i run. Torrents are added by Add, in this turn or later.
func (g *Group) Start(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	*c = client{id: c.id, addr: c.addr, account: c.account, running: true,
		key: uint32(t.Rand.Uint64()), members: c.members[:0],
		due: dues{protocol.Never, protocol.Never, protocol.Never, protocol.Never}}
	if c.account != nil {
		c.due[ofAudit] = c.account.begin(&g.cfg.Audit, t)
	}
	c.enter(t, ofSwarm)
	g.swarm.Start(i, t)
	c.exit(t, ofSwarm)
	if g.dht != nil {
		c.enter(t, ofDHT)
		g.dht.Start(i, t)
		c.exit(t, ofDHT)
	}
	g.settle(i, t)
}

// enter begins the turn of a part: it finds its own deadline in the outbox, as it left it.
func (c *client) enter(t *protocol.Turn, p part) { t.Out.WakeAt(c.due[p]) }

// exit ends the turn of a part: the deadline in the outbox is its own.
func (c *client) exit(t *protocol.Turn, p part) { c.due[p], _ = t.Out.Deadline() }

// settle ends a turn: members do what they were called for, and the first deadline of all parts is
// that of the client.
func (g *Group) settle(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	if c.stale || c.due[ofMembers] <= t.Now {
		g.tend(i, t)
	}
	if c.due[ofAudit] <= t.Now {
		g.deliver(i, t)
	}
	t.Out.WakeAt(c.due.first())
}

// Wake lets time pass for client i.
func (g *Group) Wake(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	if !c.running {
		return
	}
	if c.due[ofSwarm] <= t.Now {
		c.enter(t, ofSwarm)
		g.swarm.Wake(i, t)
		c.exit(t, ofSwarm)
	}
	if c.due[ofDHT] <= t.Now {
		c.enter(t, ofDHT)
		g.dht.Wake(i, t)
		c.exit(t, ofDHT)
	}
	g.settle(i, t)
}

// Stop is a graceful leave that waits for nobody: connections are closed, and trackers that were
// heard of lately get a packet.
func (g *Group) Stop(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	if !c.running {
		return
	}
	c.running = false
	for _, m := range c.members {
		if m.tracker != nil && !m.leaving {
			m.tracker.Last(t, g.totals(i, m, t.Now))
		}
	}
	g.swarm.Stop(i, t)
	if c.due[ofAudit] != protocol.Never {
		g.deliver(i, t)
	}
	if g.dht != nil {
		g.dht.Stop(i, t)
	}
	t.Out.WakeAt(protocol.Never)
}

// Drop forgets everything that client i had but its ids and its address.
func (g *Group) Drop(i uint32) {
	c := &g.clients[i]
	g.swarm.Drop(i)
	if g.dht != nil {
		g.dht.Drop(i)
	}
	if c.account != nil {
		c.account.forget()
	}
	*c = client{id: c.id, addr: c.addr, account: c.account}
}
