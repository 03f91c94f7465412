package swarms

import (
	"fmt"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/sim"
)

// population is the peers of one group that follow one strategy: for each a swarm core, and what
// finds others for it. Their numbers in the world follow each other.
type population struct {
	*swarm.Group
	world    *World
	spec     *scenarios.Group
	name     string
	cfg      swarm.Config
	first    uint32 // number in the world of its first peer
	size     uint32
	torrent  *torrent
	nodes    *dht.Group // nil: peers have no DHT nodes
	linger   stay
	patience stay
	addrs    []protocol.Addr // scratch
}

// The parts of a peer that have deadlines.
const (
	partSwarm = iota
	partTracker
	partNode
	partSearch
	parts
)

// peer is what is kept of a peer besides its cores.
type peer struct {
	arrives  protocol.Time
	announce *tracker.Client // nil: it has none
	due      [parts]protocol.Time
	finds    uint32 // searches of its DHT node so far
	present  bool
	leeches  bool // it came to download, and has not everything
	left     uint64
	row      results.Peer
	at       span
}

func (w *World) newPopulation(g *scenarios.Group, of scenarios.Peers, first uint32,
) (*population, error) {
	p := &population{world: w, spec: g, name: of.Name, first: first, size: uint32(of.Size),
		cfg: g.PeerConfig(of.Strategy), torrent: w.torrents[w.scenario.Torrent(g)],
		linger: newStay(g.Linger), patience: newStay(g.Patience)}
	var err error
	env := swarm.Env{Store: newStore(), Observer: observer{p}}
	if p.Group, err = swarm.New(p.cfg, env, of.Size); err != nil {
		return nil, err
	}
	for _, t := range w.torrents {
		p.Register(t.is)
	}
	if g.Finds(scenarios.ByDHT) {
		if err := p.addNodes(); err != nil {
			return nil, err
		}
	}
	for i := range p.size {
		node := first + i
		p.Assign(i, peerID(w.seed, node), sim.AddrOf(node))
		w.peers[node].row = p.newRow(node)
	}
	return p, nil
}

// addNodes gives every peer a DHT node, with the settings of the group's first client.
func (p *population) addNodes() (err error) {
	w := p.world
	cfg := w.scenario.Config(p.spec, p.spec.Portions()[0].Client)
	cfg.Secret = secretOf(w.seed, p.first)
	env := dht.Env{Directory: w.book, Observer: finder{p}, Seeds: p.seeds}
	if p.nodes, err = dht.New(cfg, env, int(p.size)); err != nil {
		return err
	}
	for i := range p.size {
		r := protocol.NewRand(w.seed, purposeNodeID, uint64(p.first+i))
		p.nodes.Assign(i, krpc.RandomID(&r))
	}
	return nil
}

func peerID(seed uint64, node uint32) (id [20]byte) {
	r := protocol.NewRand(seed, purposePeerID, uint64(node))
	copy(id[:], fmt.Sprintf("-SL0100-%012x", r.Uint64()>>16))
	return id
}

// Start implements protocol.Group: the peer comes.
func (p *population) Start(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	for n := range s.due {
		s.due[n] = protocol.Never
	}
	s.present = true
	p.Group.Start(i, t)
	p.Add(i, t, swarm.Entry{Torrent: p.torrent.number, Have: p.pieces(p.first + i)})
	p.came(i, t)
	p.settled(i, t)
	if p.spec.Finds(scenarios.ByTracker) {
		p.beginAnnouncing(i, t)
	}
	if p.nodes != nil {
		p.beginSearching(i, t)
	}
	p.arm(i, t)
}

// Wake implements protocol.Group.
func (p *population) Wake(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	if s.due[partSwarm] <= t.Now {
		p.Group.Wake(i, t)
		p.settled(i, t)
	}
	if s.due[partTracker] <= t.Now {
		p.announceAgain(i, t)
	}
	if s.due[partNode] <= t.Now {
		p.consult(i, t, func() { p.nodes.Wake(i, t) })
	}
	if s.due[partSearch] <= t.Now {
		p.search(i, t)
	}
	p.arm(i, t)
}

// Stop implements protocol.Group: a graceful leave.
func (p *population) Stop(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	p.leaves(i)
	if s.announce != nil {
		s.announce.Last(t, p.totals(i))
	}
	p.Group.Stop(i, t)
	if p.nodes != nil {
		p.nodes.Stop(i, t)
	}
}

// Drop implements protocol.Group.
func (p *population) Drop(i uint32) {
	p.leaves(i)
	p.Group.Drop(i)
	p.world.peers[p.first+i].announce = nil
	if p.nodes != nil {
		p.nodes.Drop(i)
	}
}

// Datagram implements protocol.Datagrams: what comes is for the DHT node, of whose messages each is
// a dictionary, or for the tracker's client.
func (p *population) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, b []byte) {
	switch {
	case p.nodes != nil && len(b) > 0 && b[0] == 'd':
		p.consult(i, t, func() { p.nodes.Datagram(i, t, from, b) })
	case p.world.peers[p.first+i].announce != nil:
		p.heardOfTracker(i, t, from, b)
	}
	p.arm(i, t)
}

// Accept implements protocol.Streams.
func (p *population) Accept(i uint32, t *protocol.Turn, from protocol.Addr,
) (protocol.Conn, bool) {
	c, ok := p.Group.Accept(i, t, from)
	if ok {
		p.settled(i, t)
		p.arm(i, t)
	}
	return c, ok
}

// Opened implements protocol.Streams.
func (p *population) Opened(i uint32, t *protocol.Turn, c protocol.Conn) {
	p.Group.Opened(i, t, c)
	p.settled(i, t)
	p.arm(i, t)
}

// Data implements protocol.Streams.
func (p *population) Data(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	p.Group.Data(i, t, c, ch)
	p.settled(i, t)
	p.arm(i, t)
}

// Sent implements protocol.Streams.
func (p *population) Sent(i uint32, t *protocol.Turn, c protocol.Conn, n int) {
	p.Group.Sent(i, t, c, n)
	p.settled(i, t)
	p.arm(i, t)
}

// Closed implements protocol.Streams.
func (p *population) Closed(i uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason) {
	p.Group.Closed(i, t, c, why)
	p.settled(i, t)
	p.arm(i, t)
}

// settled takes the deadline that the swarm core has just set.
func (p *population) settled(i uint32, t *protocol.Turn) {
	if at, ok := t.Out.Deadline(); ok {
		p.world.peers[p.first+i].due[partSwarm] = at
	}
}

// arm asks for the earliest deadline of all parts.
func (p *population) arm(i uint32, t *protocol.Turn) {
	d := &p.world.peers[p.first+i].due
	t.Out.WakeAt(min(d[partSwarm], d[partTracker], d[partNode], d[partSearch]))
}

// found hands addresses to the swarm core.
func (p *population) found(i uint32, t *protocol.Turn, addrs []protocol.Addr, by swarm.Source) {
	if len(addrs) > 0 {
		p.Found(i, t, p.torrent.number, addrs, by)
		p.settled(i, t)
	}
}
