package swarm

import (
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// gossip is whom a peer was connected with, in order, for peer exchange (BEP 11): every connection
// has been told of it up to a certain point.
type gossip struct {
	log  []rumour
	base uint64 // how many were there before the first of the log
}

type rumour struct {
	addr  protocol.Addr
	flags uint8
	gone  bool
}

const (
	gossipMost = 1024 // rumours kept
	gossipTrim = 128  // from so many on it is looked whether all have been told of some
	pexPerTime = 6    // messages within pexWindow; one more and the connection is closed
	pexWindow  = time.Minute
)

// end returns the number of the next rumour.
func (g *gossip) end() uint64 { return g.base + uint64(len(g.log)) }

// exchanges says whether peer exchange goes on in a torrent.
func (x *turn) exchanges(m *member) bool { return x.g.cfg.PEX && !m.private }

// rumour says that there is a connection with a peer whose listening address is known.
func (x *turn) rumour(c *conn) {
	if !x.exchanges(c.member) || c.told || c.peer == nilIndex {
		return
	}
	c.told = true
	x.tell(c.member, rumour{addr: x.listening(c), flags: c.pexFlags()})
}

// hush says that a connection is no more.
func (x *turn) hush(c *conn) {
	if c.told {
		x.tell(c.member, rumour{addr: x.listening(c), gone: true})
	}
}

// tell appends to the gossip, which is bounded: who was not told for long misses the oldest.
func (x *turn) tell(m *member, r rumour) {
	g := &m.gossip
	if len(g.log) >= gossipTrim && len(g.log)%gossipTrim == 0 {
		done := g.end()
		for _, c := range m.conns {
			if c.pexAt != protocol.Never {
				done = min(done, c.pexSeen)
			}
		}
		if len(g.log) >= gossipMost {
			done = max(done, g.base+gossipTrim)
		}
		if done > g.base {
			g.log = slices.Delete(g.log, 0, int(done-g.base))
			g.base = done
		}
	}
	g.log = append(g.log, r)
}

// pexFlags describes a peer to others.
func (c *conn) pexFlags() (flags uint8) {
	if c.uploadOnly || c.member.known && c.member.picker.isSeed(c.slot) {
		flags |= peerwire.PEXSeed
	}
	if c.exts[peerwire.ExtHolepunch] != 0 {
		flags |= peerwire.PEXHolepunch
	}
	if c.dialed {
		flags |= peerwire.PEXReachable
	}
	return flags
}

// gossipTo sends a peer what is new, once a minute at most.
func (x *turn) gossipTo(c *conn) {
	id := c.exts[peerwire.ExtPEX]
	if c.pexAt == protocol.Never || id == 0 || !x.exchanges(c.member) {
		return
	}
	if x.Now < c.pexAt {
		x.watch(c, c.pexAt)
		return
	}
	p := &x.g.scratch.greet.pex
	p.Reset()
	if c.pexGreeted {
		x.news(c, p)
	} else {
		for _, o := range c.member.conns {
			if o != c && o.told {
				p.Add(x.listening(o), o.pexFlags())
			}
		}
		c.pexSeen, c.pexGreeted = c.member.gossip.end(), true
	}
	if p.AddedCount()+p.DroppedCount() > 0 {
		x.g.counters.PexSent++
		x.g.scratch.out = p.Append(x.g.scratch.out[:0], id)
		x.write(c, x.g.scratch.out)
	}
	c.pexAt = x.Now.Add(x.g.cfg.PexPeriod)
	x.watch(c, c.pexAt)
}

// news collects what a peer has not been told, as far as a message may go. Who came and went in
// the meantime is left out.
func (x *turn) news(c *conn, p *peerwire.PEX) {
	g := &c.member.gossip
	c.pexSeen = max(c.pexSeen, g.base)
	log := g.log[c.pexSeen-g.base:]
	added, dropped, n := 0, 0, 0
	for n < len(log) && added < peerwire.PEXAdded && dropped < peerwire.PEXDropped {
		if log[n].gone {
			dropped++
		} else {
			added++
		}
		n++
	}
	log = log[:n]
	c.pexSeen += uint64(n)
	self := x.listening(c)
	for n := range log {
		switch r := &log[n]; {
		case r.addr == self || superseded(log, n):
		case r.gone:
			p.Drop(r.addr)
		default:
			p.Add(r.addr, r.flags)
		}
	}
}

// superseded says whether a rumour has an opposite in the log, before or after it, so that
// nothing is left to tell: those of one address alternate.
func superseded(log []rumour, n int) bool {
	before, after := 0, 0
	for k := range log {
		if log[k].addr == log[n].addr {
			if k < n {
				before++
			} else if k > n {
				after++
			}
		}
	}
	if (before+after)%2 == 1 {
		return true // as many came as went
	}
	return after > 0 // only the last one counts
}

// gossiped takes a message of peer exchange.
func (x *turn) gossiped(c *conn, body []byte) (peerwire.Fault, Drop) {
	if !x.exchanges(c.member) {
		x.g.counters.Ignored++
		return peerwire.OK, drops
	}
	if x.Now >= c.pexFrom.Add(pexWindow) {
		c.pexFrom, c.pexIn = x.Now, 0
	}
	if c.pexIn++; c.pexIn > pexPerTime {
		return peerwire.OK, ByFlood
	}
	p := &x.g.scratch.greet.given
	if f := p.Parse(body); f != peerwire.OK {
		return f, drops
	}
	x.g.counters.PexSeen++
	most := 2 * peerwire.PEXAdded
	if !c.pexHeard {
		most, c.pexHeard = peerwire.PEXEntries, true
	}
	m := c.member
	for n := range min(p.AddedCount(), most) {
		a, flags := p.AddedAt(n)
		if at := x.learn(m, a, FromPEX); at != nilIndex && flags&peerwire.PEXSeed != 0 {
			m.peers.list[at].seed = true
			m.hearsay++
		}
	}
	m.dialAt = min(m.dialAt, x.Now)
	x.arm(m.dialAt)
	return peerwire.OK, drops
}
