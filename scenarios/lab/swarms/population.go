package swarms

import (
	"encoding/binary"
	"fmt"
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/client"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// population is the peers of one group that follow one strategy. Their numbers in the world follow
// each other.
type population struct {
	*client.Group
	world    *World
	spec     *scenarios.Group
	name     string
	first    uint32 // number in the world of its first peer
	size     uint32
	strategy swarm.Strategy
	cheat    client.Cheat
	linger   stay
	patience stay
	gap      stay
}

// peer is what is kept of a peer besides its client.
type peer struct {
	arrives protocol.Time
	present bool
	parts   []part // in the order in which it begins them
	session int    // how often it came before
}

func (w *World) newPopulation(g *scenarios.Group, of scenarios.Peers, first uint32,
) (*population, error) {
	p := &population{world: w, spec: g, name: of.Name, first: first, size: uint32(of.Size),
		strategy: of.Strategy, cheat: of.Cheat, linger: newStay(g.Linger),
		patience: newStay(g.Patience), gap: newStay(g.Catalog.Gap)}
	cfg := client.Default()
	cfg.Swarm, cfg.Want, cfg.DHT = g.PeerConfig(of.Strategy), w.scenario.Tracker.NumWant, nil
	cfg.Reporting, cfg.Cheat = g.ReportingConfig(), g.CheatConfig(of.Cheat)
	cfg.Audit = w.scenario.Audit.ClientConfig()
	env := client.Env{Swarm: swarm.Env{Store: newStore(w), Observer: observer{p}}}
	if p.observes() && w.audit != nil {
		eyes := w.audit.observers(of.Size)
		env.Swarm.Watcher, env.Swarm.Prober = eyes, prober{eyes, w.torrents}
		cfg.Swarm.Probe = duration(w.scenario.Audit.Probes)
	}
	if g.Finds(scenarios.ByDHT) {
		node := w.scenario.Config(g, g.Portions()[0].Client)
		node.Secret = secretOf(w.seed, first)
		cfg.DHT, env.DHT = &node, dht.Env{Directory: w.book, Seeds: p.seeds}
	}
	var err error
	if p.Group, err = client.New(cfg, env, of.Size); err != nil {
		return nil, err
	}
	for _, t := range w.torrents {
		is := client.Torrent{Torrent: t.is}
		if g.Finds(scenarios.ByTracker) {
			is.Trackers = [][]string{{w.announceTo}}
		}
		p.Register(is)
	}
	for i := range p.size {
		s := &w.peers[first+i]
		s.parts = p.parts(first + i)
		w.several = w.several || len(s.parts) > 1
		if w.audit != nil {
			w.audit.enter(p, i)
		}
		for k := range s.parts {
			s.parts[k].row = p.newRow(first+i, s.parts[k].torrent)
		}
		p.identify(i)
	}
	return p, nil
}

// observes tells whether these are not peers like others, but watch those.
func (p *population) observes() bool { return p.strategy == swarm.Observing }

// anew tells whether these come for each torrent as somebody else.
func (p *population) anew() bool { return p.cheat == client.Whitewash }

// identify gives a peer its ids and its address.
func (p *population) identify(i uint32) {
	seed, node := p.world.seed, p.first+i
	p.Assign(i, peerID(seed, node, p.world.peers[node].session), sim.AddrOf(node))
	if p.world.audit != nil && !p.observes() {
		p.world.audit.enrol(p, i)
	}
	if p.DHT() != nil {
		r := protocol.NewRand(seed, purposeNodeID, uint64(node))
		p.DHT().Assign(i, krpc.RandomID(&r))
	}
}

// peerID is the id of a node in one of its sessions, of which all but whitewashers have one.
func peerID(seed uint64, node uint32, session int) (id [20]byte) {
	r := protocol.NewRand(seed, purposePeerID, streamOf(node, session))
	copy(id[:], fmt.Sprintf("-SL0100-%012x", r.Uint64()>>16))
	return id
}

// Start implements protocol.Group: the peer comes.
func (p *population) Start(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	s.present = true
	if s.session > 0 {
		p.identify(i)
	}
	p.Group.Start(i, t)
	p.begin(i, t, s.session)
	if p.DHT() != nil {
		p.world.remember(p.first + i)
	}
}

// returns has a whitewasher that has left come back for its next torrent.
func (p *population) returns(node uint32) {
	w := p.world
	s := &w.peers[node]
	if !p.anew() || s.session+1 == len(s.parts) {
		return
	}
	s.session++
	gap, _ := p.gap.draw(w.seed, purposeGap, streamOf(node, s.session))
	if at := w.sim.Now().Add(gap); at < w.end && at < w.audit.until {
		w.sim.StartAt(node, at)
	}
}

// Stop implements protocol.Group: a leave in good order.
func (p *population) Stop(i uint32, t *protocol.Turn) {
	p.leavesAll(i)
	p.Group.Stop(i, t)
}

// Drop implements protocol.Group.
func (p *population) Drop(i uint32) {
	p.leavesAll(i)
	p.Group.Drop(i)
}

// drawsMost bounds the search for a node that lets strangers in.
const drawsMost = 100

// seeds gives a DHT node one that came before it and is still there.
func (p *population) seeds(i uint32, dst []protocol.Addr) []protocol.Addr {
	w, node := p.world, p.first+i
	if len(w.bootstrap) == 0 {
		return dst
	}
	r := protocol.NewRand(w.seed, purposeSeeds, uint64(node)^protocol.Mix(uint64(w.sim.Now())))
	for range drawsMost {
		other := w.bootstrap[r.Intn(len(w.bootstrap))]
		addr := w.sim.AddrOf(other)
		if other != node && w.sim.Welcomes(other) && !slices.Contains(dst, addr) {
			return append(dst, addr)
		}
	}
	return dst
}

// secretOf draws the secret of the tokens of DHT nodes from a number on.
func secretOf(seed uint64, first uint32) (secret [16]byte) {
	r := protocol.NewRand(seed, purposeSecret, uint64(first))
	binary.LittleEndian.PutUint64(secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(secret[8:], r.Uint64())
	return secret
}
