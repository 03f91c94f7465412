package swarms

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/results"
)

// actGiveUp is the action of a peer whose patience is at its end.
const actGiveUp = 1

// came notes that a peer has come, and how long it will be patient.
func (p *population) came(i uint32, t *protocol.Turn) {
	node := p.first + i
	s, c := &p.world.peers[node], &p.torrent.counts
	s.row.Joined = int64(t.Now)
	of, _ := p.Swarm().Progress(i, p.torrent.number)
	s.row.Complete = s.row.Size - of.Left
	for piece := range of.Pieces {
		if p.Swarm().Has(i, p.torrent.number, piece) {
			p.torrent.copies[piece]++
		}
	}
	s.at = span{from: t.Now, leeched: t.Now}
	if of.Left == 0 {
		c.seeds++
		p.lingers(node, t)
		return
	}
	s.leeches = true
	c.leechers++
	c.arrived++
	if d, ends := p.patience.draw(p.world.seed, purposePatience, node); ends {
		p.world.sim.ActAt(node, t.Now.Add(d), actGiveUp)
	}
}

// lingers schedules the leave of a peer that has everything.
func (p *population) lingers(node uint32, t *protocol.Turn) {
	if d, ends := p.linger.draw(p.world.seed, purposeLinger, node); ends {
		p.goesAt(node, t.Now.Add(d))
	}
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

// Act implements sim.Actor: a peer that has not everything gives up.
func (w *World) Act(node uint32, t *protocol.Turn, _ uint32) {
	if w.peers[node].leeches {
		w.of(node).goesAt(node, t.Now+1)
	}
}

// observer is told of the pieces that peers get.
type observer struct{ *population }

// Verified implements swarm.Observer.
func (o observer) Verified(i uint32, t *protocol.Turn, torrent, piece uint32) {
	p := o.population
	p.torrent.copies[piece]++
	if s := &p.world.peers[p.first+i]; s.row.FirstPiece == 0 {
		s.row.FirstPiece = int64(t.Now)
	}
}

// Completed implements swarm.Observer.
func (o observer) Completed(i uint32, t *protocol.Turn, torrent uint32) {
	p := o.population
	node := p.first + i
	s, c := &p.world.peers[node], &p.torrent.counts
	s.row.Completed = int64(t.Now)
	p.stopsLeeching(i, t.Now)
	c.leechers--
	c.seeds++
	c.completed++
	p.world.sim.Outcome(node, uint64(torrent), uint64(t.Now))
	p.lingers(node, t)
}

// stopsLeeching keeps what a peer did while it leeched.
func (p *population) stopsLeeching(i uint32, now protocol.Time) {
	s := &p.world.peers[p.first+i]
	s.leeches = false
	s.at.leeched = now
	s.row.LeechedUp = p.world.sim.Traffic(p.first + i).PayloadSent
	a := p.Swarm().Tally(i, p.torrent.number, now)
	s.row.Connected, s.row.Interested = int64(a.Connected), int64(a.Interested)
	p.Swarm().Tallies(i, p.torrent.number, now, func(addr protocol.Addr, a *swarm.Tally) {
		if other, known := p.world.sim.HostOf(addr); known && a.Regular > 0 {
			p.world.gifts = append(p.world.gifts, regular{p.first + i, other, int64(a.Regular)})
		}
	})
}

// leaves keeps what a peer knows when it goes. It may be called twice: a drop follows a stop.
func (p *population) leaves(i uint32) {
	node := p.first + i
	s, w := &p.world.peers[node], p.world
	if !s.present {
		return
	}
	s.present = false
	s.row.Left = int64(w.sim.Now())
	c := &p.torrent.counts
	if s.leeches {
		p.stopsLeeching(i, w.sim.Now())
		s.leeches = false
		c.leechers--
		c.aborted++
	} else {
		c.seeds--
	}
	p.record(i)
	for piece := range p.torrent.is.Geometry.Pieces() {
		if p.Swarm().Has(i, p.torrent.number, piece) {
			p.torrent.copies[piece]--
		}
	}
	if p.DHT() != nil {
		w.forget(node)
	}
}

// record enters in a peer's row what its core counted, before that forgets it.
func (p *population) record(i uint32) {
	node, now := p.first+i, p.world.sim.Now()
	row := &p.world.peers[node].row
	a := p.Swarm().Tally(i, p.torrent.number, now)
	row.Useful, row.Redundant, row.Failed = a.Useful, a.Redundant, a.Failed
	row.Wasted = a.Redundant + a.Failed + a.Partial
	d, _ := p.Swarm().Discovery(i, p.torrent.number)
	if d.First != protocol.Never {
		row.FirstFound = int64(d.First)
	}
	row.FoundTracker, row.FoundDHT, row.FoundPEX = int32(d.Tracker), int32(d.DHT), int32(d.PEX)
	row.Remotes = 0
	p.Swarm().Tallies(i, p.torrent.number, now, func(addr protocol.Addr, a *swarm.Tally) {
		if _, known := p.world.sim.HostOf(addr); known && a.Conns > 0 {
			row.Remotes++
		}
	})
}

// newRow begins the row of a peer.
func (p *population) newRow(node uint32) results.Peer {
	line := p.world.network.Line(node)
	return results.Peer{Seed: p.world.seed, Node: node, Group: p.name, Torrent: p.torrent.name,
		Size: p.torrent.is.Geometry.Total, UpRate: line.Up / 8, DownRate: line.Down / 8}
}
