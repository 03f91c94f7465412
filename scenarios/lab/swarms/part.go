package swarms

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// part is what a peer has to do with one torrent.
type part struct {
	torrent  *torrent
	present  bool
	leeches  bool // it came to download, and has not everything
	done     bool // it has left the torrent
	row      findings.Peer
	at       span
	sent     uint64  // payload, at the sample before, of those who take part in several
	verified []stamp // pieces that it got, if somebody audits
	useful   uint64  // payload that it gave for which others had a use, at the end
}

// came tells whether the peer has ever begun with the torrent.
func (s *part) came() bool { return s.row.Joined > 0 || s.present || s.row.Left > 0 }

// stayed is from when to when it was in the swarm, until now.
func (s *part) stayed(now protocol.Time) (from, to protocol.Time) {
	if s.row.Left > 0 {
		now = protocol.Time(s.row.Left)
	}
	return protocol.Time(s.row.Joined), now
}

// stamp is when a peer had got so much of verified pieces.
type stamp struct {
	at    protocol.Time
	bytes uint64
}

// parts draws the torrents that a peer takes part in, in the order in which it begins them.
func (p *population) parts(node uint32) []part {
	w := p.world
	if p.spec.Taking() == 1 {
		return []part{{torrent: w.torrents[w.scenario.Torrent(p.spec)]}}
	}
	r := protocol.NewRand(w.seed, purposeCatalog, uint64(node))
	deck := make([]*torrent, len(w.torrents))
	copy(deck, w.torrents)
	list := make([]part, p.spec.Taking())
	for k := range list {
		n := k + r.Intn(len(deck)-k)
		deck[k], deck[n] = deck[n], deck[k]
		list[k].torrent = deck[k]
	}
	return list
}

// begin makes a peer take part in a torrent, and draws when it begins the next one.
func (p *population) begin(i uint32, t *protocol.Turn, k int) {
	s := &p.world.peers[p.first+i]
	a := &s.parts[k]
	a.present = true
	p.Add(i, t, swarm.Entry{Torrent: a.torrent.number, Have: p.pieces(p.first+i, a.torrent)})
	p.came(i, t, k)
	if k+1 < len(s.parts) && !p.anew() {
		gap, _ := p.gap.draw(p.world.seed, purposeGap, streamOf(p.first+i, k+1))
		p.world.sim.ActAt(p.first+i, t.Now.Add(gap), actOf(actBegin, k+1))
	}
}

// streamOf tells the random streams of a peer's parts apart. That of the first one is the node's.
func streamOf(node uint32, k int) uint64 { return uint64(k)<<32 | uint64(node) }

// The actions of a peer, each about one of its parts.
const (
	actGiveUp = 1 + iota // its patience is at its end
	actBegin             // it begins with another torrent
	actLeave             // it has been a seed for long enough
	actions
)

func actOf(action, k int) uint32 { return uint32(action | k<<8) }

// Act implements sim.Actor.
func (w *World) Act(node uint32, t *protocol.Turn, code uint32) {
	p, k := w.of(node), int(code>>8)
	switch a := &w.peers[node].parts[k]; int(code & 0xff) {
	case actGiveUp:
		if a.leeches {
			p.ends(node, t, k, t.Now+1)
		}
	case actBegin:
		p.begin(node-p.first, t, k)
	case actLeave:
		p.leave(node, t, k)
	}
}

// ends schedules the end of a peer's part in a torrent: that of a single one is the leave of the
// peer.
func (p *population) ends(node uint32, t *protocol.Turn, k int, at protocol.Time) {
	switch {
	case len(p.world.peers[node].parts) == 1 || p.anew():
		p.goesAt(node, at)
	case at < p.world.end:
		p.world.sim.ActAt(node, at, actOf(actLeave, k))
	}
}

// leave ends a peer's part in a torrent. With the last one the peer goes.
func (p *population) leave(node uint32, t *protocol.Turn, k int) {
	s := &p.world.peers[node]
	if s.parts[k].done {
		return
	}
	others := false
	for n := range s.parts {
		others = others || n != k && !s.parts[n].done
	}
	if !others {
		p.goesAt(node, t.Now+1)
		return
	}
	p.leaves(node-p.first, k)
	p.Leave(node-p.first, t, s.parts[k].torrent.number)
}

// goesAt schedules a leave, in good order or not.
func (p *population) goesAt(node uint32, at protocol.Time) {
	if at >= p.world.end {
		return
	}
	r := protocol.NewRand(p.world.seed, purposeLeave, uint64(node))
	if r.Uint64n(uint64(netmodel.Certain)) < uint64(p.spec.Graceful) {
		p.world.sim.StopAt(node, at)
	} else {
		p.world.sim.CrashAt(node, at)
	}
}

// sent returns the payload that a peer has sent of a torrent until a sample is taken: of one that
// takes part in several, what is in the network's ledger.
func (p *population) sent(i uint32, k int) uint64 {
	w := p.world
	s := &w.peers[p.first+i]
	if len(s.parts) == 1 {
		return w.sim.Traffic(p.first + i).PayloadSent
	}
	return s.parts[k].sent
}

// sentOfParts takes from the ledger what peers have sent that take part in several torrents.
func (w *World) sentOfParts() {
	for node := range w.peers {
		for k := range w.peers[node].parts {
			w.peers[node].parts[k].sent = 0
		}
	}
	for _, t := range w.sim.Transfers() {
		if t.Content != sim.Overhead {
			w.partIn(t.From, t.Content).sent += t.Sent
		}
	}
}

// leechedUp returns the payload that a peer has sent of a torrent, at any moment.
func (p *population) leechedUp(i uint32, k int) uint64 {
	s := &p.world.peers[p.first+i]
	if len(s.parts) == 1 {
		return p.world.sim.Traffic(p.first + i).PayloadSent
	}
	return p.Swarm().Tally(i, s.parts[k].torrent.number, p.world.sim.Now()).PayloadUp
}
