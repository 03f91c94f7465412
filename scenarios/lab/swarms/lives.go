package swarms

import (
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
)

// came notes that a peer has begun with a torrent, and how long it will be patient.
func (p *population) came(i uint32, t *protocol.Turn, k int) {
	node := p.first + i
	s := &p.world.peers[node].parts[k]
	c := &s.torrent.counts
	s.row.Joined = int64(t.Now)
	of, _ := p.Swarm().Progress(i, s.torrent.number)
	s.row.Complete = s.row.Size - of.Left
	for piece := range of.Pieces {
		if p.Swarm().Has(i, s.torrent.number, piece) {
			s.torrent.copies[piece]++
		}
	}
	s.at = span{from: t.Now, leeched: t.Now}
	if p.observes() {
		return
	}
	if of.Left == 0 {
		c.seeds++
		p.lingers(node, t, k)
		return
	}
	s.leeches = true
	c.leechers++
	c.arrived++
	if d, ends := p.patience.draw(p.world.seed, purposePatience, streamOf(node, k)); ends {
		p.world.sim.ActAt(node, t.Now.Add(d), actOf(actGiveUp, k))
	}
}

// lingers schedules the leave of a peer that has everything.
func (p *population) lingers(node uint32, t *protocol.Turn, k int) {
	if d, ends := p.linger.draw(p.world.seed, purposeLinger, streamOf(node, k)); ends {
		p.ends(node, t, k, t.Now.Add(d))
	}
}

// observer is told of the pieces that peers get.
type observer struct{ *population }

// partOf returns the part of a peer in a torrent.
func (p *population) partOf(i, torrent uint32) (s *part, k int) {
	parts := p.world.peers[p.first+i].parts
	for k := range parts {
		if parts[k].torrent.number == torrent {
			return &parts[k], k
		}
	}
	panic("swarms: a peer has got a piece of a torrent that it takes no part in")
}

// Verified implements swarm.Observer.
func (o observer) Verified(i uint32, t *protocol.Turn, torrent, piece uint32) {
	s, _ := o.partOf(i, torrent)
	s.torrent.copies[piece]++
	if s.row.FirstPiece == 0 {
		s.row.FirstPiece = int64(t.Now)
	}
	if o.world.audit != nil {
		s.verify(t.Now, uint64(s.torrent.is.Geometry.PieceSize(piece)))
	}
}

// verify notes that a piece was verified.
func (s *part) verify(now protocol.Time, size uint64) {
	s.verified = append(s.verified, stamp{now, s.got() + size})
}

// got returns the bytes of the pieces that were verified.
func (s *part) got() uint64 {
	if n := len(s.verified); n > 0 {
		return s.verified[n-1].bytes
	}
	return 0
}

// Completed implements swarm.Observer.
func (o observer) Completed(i uint32, t *protocol.Turn, torrent uint32) {
	p := o.population
	node := p.first + i
	s, k := p.partOf(i, torrent)
	c := &s.torrent.counts
	s.row.Completed = int64(t.Now)
	p.stopsLeeching(i, k, t.Now)
	c.leechers--
	c.seeds++
	c.completed++
	p.world.sim.Outcome(node, uint64(torrent), uint64(t.Now))
	p.lingers(node, t, k)
}

// stopsLeeching keeps what a peer did while it leeched.
func (p *population) stopsLeeching(i uint32, k int, now protocol.Time) {
	s := &p.world.peers[p.first+i].parts[k]
	s.leeches = false
	s.at.leeched = now
	s.row.LeechedUp = p.leechedUp(i, k)
	a := p.Swarm().Tally(i, s.torrent.number, now)
	s.row.Connected, s.row.Interested = int64(a.Connected), int64(a.Interested)
	p.Swarm().Tallies(i, s.torrent.number, now, func(addr protocol.Addr, a *swarm.Tally) {
		if other, known := p.world.sim.HostOf(addr); known && a.Regular > 0 {
			p.world.gifts = append(p.world.gifts, regular{p.first + i, other, s.torrent.number,
				int64(a.Regular)})
		}
	})
}

// leavesAll keeps what a peer knows when it goes. It may be called twice: a drop follows a stop.
func (p *population) leavesAll(i uint32) {
	node, w := p.first+i, p.world
	s := &w.peers[node]
	if !s.present {
		return
	}
	s.present = false
	for k := range s.parts {
		p.leaves(i, k)
	}
	if p.DHT() != nil {
		w.forget(node)
	}
	p.returns(node)
}

// leaves keeps what a peer knows of a torrent that it leaves.
func (p *population) leaves(i uint32, k int) {
	w := p.world
	s := &w.peers[p.first+i].parts[k]
	if !s.present {
		return
	}
	s.row.Left = int64(w.sim.Now())
	c := &s.torrent.counts
	switch {
	case p.observes():
	case s.leeches:
		p.stopsLeeching(i, k, w.sim.Now())
		c.leechers--
		c.aborted++
	default:
		c.seeds--
	}
	p.record(i, k)
	s.present, s.done = false, true
	for piece := range s.torrent.is.Geometry.Pieces() {
		if p.Swarm().Has(i, s.torrent.number, piece) {
			s.torrent.copies[piece]--
		}
	}
}

// record enters in a peer's row what its core counted, before that forgets it.
func (p *population) record(i uint32, k int) {
	node, now := p.first+i, p.world.sim.Now()
	s := &p.world.peers[node].parts[k]
	row, number := &s.row, s.torrent.number
	a := p.Swarm().Tally(i, number, now)
	row.Useful, row.Redundant, row.Failed = a.Useful, a.Redundant, a.Failed
	row.Wasted = a.Redundant + a.Failed + a.Partial
	d, _ := p.Swarm().Discovery(i, number)
	if d.First != protocol.Never {
		row.FirstFound = int64(d.First)
	}
	row.FoundTracker, row.FoundDHT, row.FoundPEX = int32(d.Tracker), int32(d.DHT), int32(d.PEX)
	row.Remotes = 0
	p.Swarm().Tallies(i, number, now, func(addr protocol.Addr, a *swarm.Tally) {
		if _, known := p.world.sim.HostOf(addr); known && a.Conns > 0 {
			row.Remotes++
		}
	})
}

// newRow begins the row of a peer.
func (p *population) newRow(node uint32, t *torrent) findings.Peer {
	line := p.world.network.Line(node)
	return findings.Peer{Seed: p.world.seed, Node: node, Group: p.name, Torrent: t.name,
		Size: t.is.Geometry.Total, UpRate: line.Up / 8, DownRate: line.Down / 8}
}
