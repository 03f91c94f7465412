package swarms

import (
	"encoding/binary"
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// beginAnnouncing tells the tracker of a new peer.
func (p *population) beginAnnouncing(i uint32, t *protocol.Turn) {
	s, w := &p.world.peers[p.first+i], p.world
	key := protocol.NewRand(w.seed, purposeKey, uint64(p.first+i))
	var err error
	s.announce, err = tracker.NewClient(tracker.ClientConfig{
		InfoHash: p.torrent.is.InfoHash, PeerID: p.ID(i), Port: 6881, Key: uint32(key.Uint64()),
		Want: w.scenario.Tracker.NumWant, Tiers: [][]string{{w.announceTo}},
		IntervalMin: tracker.IntervalMin,
	}, t.Rand)
	if err != nil {
		panic("swarms: " + err.Error())
	}
	s.due[partTracker] = s.announce.Start(t, p.totals(i))
}

// announceAgain lets time pass for the tracker's client.
func (p *population) announceAgain(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	s.due[partTracker] = s.announce.Wake(t, p.totals(i))
}

func (p *population) heardOfTracker(i uint32, t *protocol.Turn, from protocol.Addr, b []byte) {
	s := &p.world.peers[p.first+i]
	due, taken := s.announce.Datagram(t, from, b, p.totals(i))
	s.due[partTracker] = due
	if !taken {
		return
	}
	p.addrs = p.addrs[:0]
	for _, o := range s.announce.Peers() {
		p.addrs = append(p.addrs, o.Addr)
	}
	p.found(i, t, p.addrs, swarm.FromTracker)
	if p.lonely(i) {
		s.due[partTracker] = s.announce.More()
	}
}

// fewConns is how many connections a leecher is content with: below it asks the tracker for more
// as soon as that wants it to (mainline's min_peers).
const fewConns = 20

func (p *population) lonely(i uint32) bool {
	of, ok := p.Progress(i, p.torrent.number)
	return ok && of.Left > 0 && of.Conns < fewConns && p.Wants(i, p.torrent.number) > 0
}

// totals are what a peer reports to the tracker.
func (p *population) totals(i uint32) (now tracker.Totals) {
	of, ok := p.Progress(i, p.torrent.number)
	if !ok {
		return now
	}
	a := p.Tally(i, p.torrent.number, 0)
	return tracker.Totals{Uploaded: a.PayloadUp, Downloaded: a.PayloadDown, Left: of.Left}
}

// unset is a deadline that no part asks for.
const unset = protocol.Time(-1)

// consult gives the DHT node a turn and takes its deadline.
func (p *population) consult(i uint32, t *protocol.Turn, turn func()) {
	s := &p.world.peers[p.first+i]
	t.Out.WakeAt(unset)
	turn()
	if at, _ := t.Out.Deadline(); at != unset {
		s.due[partNode] = at
	}
}

// Times between searches of a DHT node: soon while it finds nobody, and then as BEP 5's clients do.
const (
	searchFirst = 2 * time.Second
	searchAgain = 15 * time.Second
	searchRest  = 15 * time.Minute
)

// beginSearching starts the DHT node of a new peer. It looks for others when its table has
// something in it.
func (p *population) beginSearching(i uint32, t *protocol.Turn) {
	p.consult(i, t, func() { p.nodes.Start(i, t) })
	p.world.peers[p.first+i].due[partSearch] = t.Now.Add(searchFirst)
	p.world.remember(p.first + i)
}

// search looks for peers of the torrent, and announces this one to those who keep them.
func (p *population) search(i uint32, t *protocol.Turn) {
	s := &p.world.peers[p.first+i]
	s.finds++
	s.due[partSearch] = protocol.Never // until this one ends
	hash := p.torrent.is.InfoHash
	p.consult(i, t, func() {
		p.nodes.Lookup(i, t, dht.Request{Method: krpc.AnnouncePeer, Target: krpc.IDFromBytes(hash[:]),
			Implied: true, Port: 6881, Seed: !s.leeches, Tag: uint64(s.finds)})
	})
}

// finder is told of the searches that end.
type finder struct{ *population }

// Done implements dht.Observer.
func (f finder) Done(i uint32, t *protocol.Turn, r *dht.Result) {
	p := f.population
	s := &p.world.peers[p.first+i]
	kept, _ := t.Out.Deadline() // the node's; what the swarm core asks for is another's
	p.found(i, t, r.Peers, swarm.FromDHT)
	t.Out.WakeAt(kept)
	wait := searchRest
	if s.leeches && p.lonely(i) {
		wait = searchAgain << min(s.finds, 5)
	}
	s.due[partSearch] = t.Now.Add(wait)
}

// drawsMost bounds the search for a node that is up.
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
