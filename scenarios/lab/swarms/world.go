package swarms

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// Purposes of the random streams of a scenario, apart from those of package lab.
const (
	purposeArrival = 0x73770000 + iota
	purposePieces
	purposeLinger
	purposePatience
	purposeLeave
	purposePeerID
	purposeNodeID
	purposeSecret
	purposeSeeds
	purposeCatalog
	purposeGap
	purposeKey
	purposeVictim
)

// World is the peers of one run and their tracker.
type World struct {
	scenario    *scenarios.Scenario
	seed        uint64
	network     *netmodel.Network
	populations []*population
	tracker     *tracker.Group // nil: there is none
	announceTo  string         // its URL
	book        *dht.Book
	torrents    []*torrent
	peers       []peer // by node
	sim         *sim.World
	bootstrap   []uint32 // nodes with a DHT node, in the order in which they came
	sampler     sampler
	end         protocol.Time
	gifts       []regular // whom leechers had unchoked for what they gave
	audit       *auditors // nil: nobody audits
	office      *audit.Office
	several     bool // some peers take part in several torrents
}

// torrent is a torrent and the state of its swarm: all that is there, as nobody in it knows it.
type torrent struct {
	name   string
	number uint32
	is     swarm.Torrent
	copies []int32 // of each piece, at the peers present
	counts counts
}

// counts are those of one swarm, at one time.
type counts struct {
	leechers, seeds             int32 // present
	arrived, completed, aborted int32 // leechers, from the beginning on
	expected                    int32 // leechers that will have come
}

// New makes the world of one run.
func New(s *scenarios.Scenario, seed uint64) (*World, error) {
	w := &World{scenario: s, seed: seed, book: dht.NewBook(), peers: make([]peer, s.Nodes()),
		end: protocol.Time(s.Duration)}
	for n := range s.Torrents {
		w.torrents = append(w.torrents, w.newTorrent(n))
	}
	nodes := s.Nodes()
	if err := w.newAuditors(); err != nil {
		return nil, err
	}
	if !s.Tracker.None() {
		var err error
		if w.tracker, err = w.newTracker(); err != nil {
			return nil, fmt.Errorf("tracker: %w", err)
		}
		w.announceTo = "udp://" + sim.AddrOf(uint32(nodes)).String() + "/announce"
		nodes++
	}
	if s.Audit.Settle > 0 {
		nodes++
	}
	cfg, err := s.NetworkConfig(nodes)
	if err != nil {
		return nil, err
	}
	cfg.Seed = seed
	if w.network, err = netmodel.New(cfg); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	first := uint32(0)
	for n := range s.Groups {
		for _, of := range s.Groups[n].Peers() {
			p, err := w.newPopulation(&s.Groups[n], of, first)
			if err != nil {
				return nil, fmt.Errorf("groups.%s: %w", s.Groups[n].Name, err)
			}
			w.populations = append(w.populations, p)
			first += uint32(of.Size)
		}
		w.plan(&s.Groups[n], first-uint32(s.Groups[n].Size))
	}
	w.sampler = newSampler(w)
	return w, w.newOffice()
}

func (w *World) newTorrent(n int) *torrent {
	spec := &w.scenario.Torrents[n]
	hash := sha1.Sum(binary.BigEndian.AppendUint64([]byte(spec.Name), w.seed))
	t := &torrent{name: spec.Name, number: uint32(n), is: swarm.Torrent{InfoHash: hash,
		Content: uint32(n), Geometry: spec.Geometry(), Private: spec.Private}}
	t.copies = make([]int32, t.is.Geometry.Pieces())
	return t
}

// newTracker makes the tracker. Its answers are as large as it is asked for, and nobody is refused.
func (w *World) newTracker() (*tracker.Group, error) {
	s := w.scenario
	cfg := tracker.Defaults()
	if w.audit != nil {
		cfg.Observer, cfg.Names = w.audit.books, w.audit.books.Permits
	}
	cfg.Interval = duration(s.Tracker.Interval)
	cfg.MinInterval = duration(s.Tracker.MinInterval)
	cfg.Want, cfg.WantMax = s.Tracker.NumWant, max(s.Tracker.NumWant, cfg.WantMax)
	cfg.HostRate = 0
	cfg.Peers = max(cfg.Peers, s.Nodes())
	cfg.SwarmPeers = cfg.Peers
	r := protocol.NewRand(w.seed, purposeSecret, uint64(s.Nodes()))
	binary.LittleEndian.PutUint64(cfg.Secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(cfg.Secret[8:], r.Uint64())
	return tracker.NewGroup(cfg, 1)
}

// Network returns the network of the run.
func (w *World) Network() *netmodel.Network { return w.network }

// Cores are the groups that the simulator calls, in the order of the nodes.
func (w *World) Cores() []protocol.Datagrams {
	var all []protocol.Datagrams
	for _, p := range w.populations {
		all = append(all, p)
	}
	if w.tracker != nil {
		all = append(all, w.tracker)
	}
	if w.office != nil {
		all = append(all, w.office)
	}
	return all
}

// Schedule enters the comings of all peers, and the tracker. To be called once, before the run.
func (w *World) Schedule(sim *sim.World) {
	w.sim = sim
	if w.tracker != nil {
		sim.StartAt(uint32(len(w.peers)), 0)
	}
	if w.office != nil {
		sim.StartAt(w.officeNode(), 0)
	}
	for node := range w.peers {
		at, until := w.peers[node].arrives, w.end
		if w.audit != nil {
			until = min(until, w.audit.until)
		}
		if at < until {
			sim.StartAt(uint32(node), at)
		}
		if until < w.end {
			sim.StopAt(uint32(node), until)
		}
	}
}

// officeNode is the number of the office: an audit has a tracker, whose node is before it.
func (w *World) officeNode() uint32 { return uint32(len(w.peers)) + 1 }

// Ended tells whether the scenario ends here: nobody is to come, and all leechers are done.
func (w *World) Ended() bool {
	if w.scenario.End != scenarios.EndComplete {
		return false
	}
	for _, t := range w.torrents {
		if c := &t.counts; c.completed+c.aborted < c.expected {
			return false
		}
	}
	return true
}

// of returns the population of a node, nil for the tracker.
func (w *World) of(node uint32) *population {
	for _, p := range w.populations {
		if node < p.first+p.size {
			return p
		}
	}
	return nil
}

// nameOf returns what the group of a node is called in results.
func (w *World) nameOf(node uint32) string {
	if p := w.of(node); p != nil {
		return p.name
	}
	return "tracker"
}

// Messages returns how many messages of the peer protocol came to peers so far.
func (w *World) Messages() (count uint64) {
	for _, p := range w.populations {
		count += p.Swarm().Counters().Messages
	}
	return count
}

// remember notes a node whose DHT node others may begin with.
func (w *World) remember(node uint32) { w.bootstrap = append(w.bootstrap, node) }

// forget takes a node from those that others may begin with.
func (w *World) forget(node uint32) {
	w.bootstrap = slices.DeleteFunc(w.bootstrap, func(n uint32) bool { return n == node })
}
