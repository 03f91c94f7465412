package client

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
)

// deliver brings the auditor what has changed since it was told last, and once more what has not:
// datagrams are lost, and totals say all.
func (g *Group) deliver(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	a := c.account
	c.due[ofAudit] = t.Now.Add(g.cfg.Audit.Settle)
	for _, m := range c.members {
		if !m.leaving {
			g.invent(a, m.torrent, t.Now.Sub(max(a.delivered, m.since)))
		}
	}
	a.delivered = t.Now
	a.survey(g, i)
	for n := range a.pairs {
		p := &a.pairs[n]
		g.report(t, a, p)
		if p.owed {
			p.owed = false
			g.prove(t, a, p.proof)
		}
		if a.mints(&g.cfg.Cheat, p.key) && g.cfg.Audit.Window > 0 {
			g.mint(t, a, p)
		}
	}
	for n := range a.links {
		l := &a.links[n]
		if l.collector == nil || l.collector.Proof() == nil || !l.taken && l.again {
			continue
		}
		l.taken, l.again = false, !l.taken
		g.prove(t, a, l.collector.Proof())
	}
}

// survey adds up what is transferred on the connections that there are.
func (a *account) survey(g *Group, i uint32) {
	for n := range a.pairs {
		a.pairs[n].now = [2]uint64{}
	}
	for n := range a.links {
		l := &a.links[n]
		up, down := g.swarm.Transferred(i, protocol.Conn(n))
		if !l.met || up+down == 0 {
			continue
		}
		if p := a.pair(l.pair); p != nil {
			p.epoch = max(p.epoch, l.epoch)
			p.now[0] += up
			p.now[1] += down
		}
	}
}

// running does so for one pair: it can have several connections, under several peer ids.
func (a *account) running(g *Group, i uint32, k pairKey) (now [2]uint64) {
	for n := range a.links {
		if l := &a.links[n]; l.met && l.pair == k {
			up, down := g.swarm.Transferred(i, protocol.Conn(n))
			now[0] += up
			now[1] += down
		}
	}
	return now
}

// report states what was transferred with another one (M7), unless that is known already.
func (g *Group) report(t *protocol.Turn, a *account, p *pair) {
	now := g.cfg.Cheat.state(a, p)
	if now == p.stated {
		if p.repeated || now == [2]uint64{} {
			return
		}
		p.repeated = true
	} else {
		p.repeated = false
	}
	p.stated = now
	p.number++
	r := audit.Report{InfoHash: g.torrents[p.torrent].InfoHash, By: a.key, About: p.key,
		Epoch: a.epoch, Number: p.number, Sent: now[0], Received: now[1]}
	g.statement = r.Append(append(g.statement[:0], audit.ReportKind), a.private)
	g.counters.Reports++
	t.Out.SendTo(a.auditor, g.statement)
}

// prove presents a receipt (M8).
func (g *Group) prove(t *protocol.Turn, a *account, proof []byte) {
	g.statement = append(append(g.statement[:0], audit.ReceiptKind), proof...)
	g.counters.Proofs++
	t.Out.SendTo(a.auditor, g.statement)
}

// mint signs for what an accomplice is said to have sent, and presents it in its place.
func (g *Group) mint(t *protocol.Turn, a *account, p *pair) {
	got := g.cfg.Cheat.state(a, p)[1]
	if got == 0 {
		return
	}
	p.minted++
	r := audit.Receipt{Epoch: a.epoch, Number: p.minted, Bytes: got,
		Terms: audit.Terms{InfoHash: g.torrents[p.torrent].InfoHash, By: a.key, For: p.key}}
	g.prove(t, a, r.Append(nil, a.private))
}

// invent makes up what is to be stated of a torrent for a time.
func (g *Group) invent(a *account, torrent uint32, over time.Duration) {
	n := g.cfg.Cheat.invented(over)
	switch g.cfg.Cheat.Kind {
	case Constant, FakeSeed:
		a.spread(torrent, n)
	case Collusion:
		for _, o := range a.accomplices {
			g.agree(a, o, torrent, n)
		}
	case Sybil:
		if len(a.accomplices) > 0 {
			g.agree(a, a.accomplices[0], torrent, n)
		}
	case Framer:
		if a.victim != (audit.Key{}) {
			if p := a.pair(pairKey{torrent, a.victim}); p != nil {
				p.invented[0] += n
			}
		}
	}
}

// agree has one of a ring say that it sent something, and the other one, as soon as it runs, that
// it got it: nothing that only one of them says is credited.
func (g *Group) agree(a *account, with Accomplice, torrent uint32, n uint64) {
	p := a.pair(pairKey{torrent, with.Key})
	if p == nil {
		return
	}
	p.invented[0] += n
	if c := &g.clients[with.Client]; c.running {
		if other := c.account.pair(pairKey{torrent, a.key}); other != nil {
			other.invented[1] += p.invented[0] - p.agreed
			p.agreed = p.invented[0]
		}
	}
}

// spread shares out what is said to have been sent among all that there are.
func (a *account) spread(torrent uint32, n uint64) {
	among := uint64(0)
	for k := range a.pairs {
		if a.pairs[k].torrent == torrent {
			among++
		}
	}
	for k := range a.pairs {
		if p := &a.pairs[k]; p.torrent == torrent {
			p.invented[0] += n / among
		}
	}
}

// state returns what is said to have been sent and received.
func (c *CheatConfig) state(a *account, p *pair) [2]uint64 {
	up, down := p.ended[0]+p.now[0], p.ended[1]+p.now[1]
	switch c.Kind {
	case Multiplier, Adaptive:
		up = c.scale(up)
	case UnderReport:
		down = c.scale(down)
	case Withholder:
		down = 0
	case Framer:
		if p.key == a.victim {
			down = 0
		}
	}
	return [2]uint64{up + p.invented[0], down + p.invented[1]}
}

// mints says whether a client signs at will for what another one is said to have sent.
func (a *account) mints(c *CheatConfig, k audit.Key) bool {
	last := len(a.accomplices) - 1
	return c.Kind == Collusion && a.inRing(k) ||
		c.Kind == Sybil && last >= 0 && a.accomplices[last].Key == k
}

// minted says whether another one does so for it.
func (a *account) minted(c *CheatConfig, k audit.Key) bool {
	return c.Kind == Collusion && a.inRing(k) ||
		c.Kind == Sybil && len(a.accomplices) > 0 && a.accomplices[0].Key == k
}

func (a *account) inRing(k audit.Key) bool {
	for _, o := range a.accomplices {
		if o.Key == k {
			return true
		}
	}
	return false
}
