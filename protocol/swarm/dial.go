package swarm

import (
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// dialMore opens connections, as many as are wanted and possible.
func (x *turn) dialMore(m *member) {
	cfg := &x.g.cfg
	m.dialAt = protocol.Never
	x.miss(m)
	for len(m.conns)+int(m.opening) < cfg.Initiate && int(x.core.halves) < cfg.HalfOpen {
		at, next := m.peers.best(x.Now, uint8(cfg.MaxFailures), m.seed && !cfg.KeepSeeds)
		if at == nilIndex {
			m.dialAt = next
			return
		}
		x.dial(m, at)
	}
}

// miss tells the owner of a leecher that is running out of peers. Mainline asks its tracker again
// when it has fewer than 20 connections, of the 40 that it seeks, whomever else it could try: of
// those that it knows for long most may have left.
func (x *turn) miss(m *member) {
	if !m.seed && len(m.conns) < x.g.cfg.Initiate/2 && x.g.env.Lonely != nil {
		x.g.env.Lonely(x.i, m.index)
	}
}

// dial opens a connection to a peer.
func (x *turn) dial(m *member, at uint32) {
	p := &m.peers.list[at]
	c := x.open(p.addr, dialing)
	c.dialed, c.member, c.peer = true, m, at
	p.links++
	m.opening++
	x.core.halves++
	x.g.counters.Dialed++
	x.Out.Dial(c.number, p.addr)
	x.watch(c, x.Now.Add(dialTimeout))
}

// Accept takes a connection that peer opens.
func (g *Group) Accept(i uint32, t *protocol.Turn, from protocol.Addr) (protocol.Conn, bool) {
	core := &g.cores[i]
	if !core.running || len(core.members) == 0 || g.crowded(core) || core.shuns(from) {
		g.counters.Refused++
		return 0, false
	}
	x := g.begin(i, t)
	c := x.open(from, greeting)
	g.counters.Accepted++
	x.watch(c, t.Now.Add(g.cfg.HandshakeTimeout))
	x.end()
	return c.number, true
}

// crowded says whether there are as many connections as there may be, counting those that have
// not said yet of which torrent they are.
func (g *Group) crowded(c *core) bool {
	return len(c.conns)-len(c.free) >= len(c.members)*g.cfg.MaxConns+g.cfg.HalfOpen
}

// shuns says whether an address is banned in all torrents of a core.
func (c *core) shuns(a protocol.Addr) bool {
	for _, m := range c.members {
		if !m.banned(a) {
			return false
		}
	}
	return true
}

// Opened goes on with a connection that was dialed: we speak first.
func (g *Group) Opened(i uint32, t *protocol.Turn, number protocol.Conn) {
	x := g.begin(i, t)
	if c := x.conn(number); c != nil && c.stage == dialing {
		x.answerCame()
		c.stage, c.opened, c.heard = greeting, t.Now, t.Now
		x.greet(c)
		x.watch(c, t.Now.Add(g.cfg.HandshakeTimeout))
	}
	x.end()
}

// answerCame says that a dialed connection is answered, or failed: others may be dialed, for any
// torrent.
func (x *turn) answerCame() {
	if int(x.core.halves) == x.g.cfg.HalfOpen {
		for _, m := range x.core.members {
			m.dialAt = min(m.dialAt, x.Now)
		}
		x.arm(x.Now)
	}
	x.core.halves--
}

// Closed forgets a connection that is no more, or never was.
func (g *Group) Closed(i uint32, t *protocol.Turn, number protocol.Conn, why protocol.Reason) {
	x := g.begin(i, t)
	if c := x.conn(number); c != nil {
		x.lose(c, c.stage != live)
	}
	x.end()
}

// conn returns a connection of the core, nil if there is none.
func (x *turn) conn(n protocol.Conn) *conn {
	if int(n) >= len(x.core.conns) {
		return nil
	}
	return x.core.conns[n]
}

// part takes a connection out of its torrent.
func (x *turn) part(m *member, c *conn, failed bool) {
	if c.stage == live {
		n := slices.Index(m.conns, c)
		m.conns = slices.Delete(m.conns, n, n+1)
		if x.g.env.Watcher != nil {
			x.g.env.Watcher.Gone(x.i, x.Turn, m.index, c.number)
		}
		x.depart(m, c)
	} else {
		m.opening--
	}
	if c.peer != nilIndex {
		p := &m.peers.list[c.peer]
		p.links--
		m.peers.sound = false
		if failed && p.fails < 255 {
			p.fails++
		}
		p.next = x.Now.Add(x.g.cfg.ReconnectAfter * time.Duration(p.fails+1))
		if c.tally != (Tally{}) {
			if p.past == nil {
				p.past = new(Tally)
			}
			p.past.Add(&c.tally)
		}
	} else {
		m.forgotten.Add(&c.tally)
	}
	m.ended.Add(&c.tally)
	if !m.leaving {
		m.dialAt = min(m.dialAt, x.Now)
		x.arm(m.dialAt)
	}
}

// room says whether a torrent takes one more connection. If it is full, the peer of the lowest
// priority makes room for one of a higher (BEP 40).
func (x *turn) room(m *member, c *conn) bool {
	if len(m.conns)+int(m.opening) < x.g.cfg.MaxConns {
		return true
	}
	var worst *conn
	var lowest uint32
	for _, o := range m.conns {
		p := peerwire.Priority(x.core.addr, x.listening(o))
		if worst == nil || p < lowest {
			worst, lowest = o, p
		}
	}
	if worst == nil || peerwire.Priority(x.core.addr, c.addr) <= lowest {
		return false
	}
	x.close(worst, ByEviction)
	return true
}

// listening returns the address that a peer listens on, as far as we know.
func (x *turn) listening(c *conn) protocol.Addr {
	if c.peer != nilIndex {
		return c.member.peers.list[c.peer].addr
	}
	return c.addr
}

// turnover closes the connection that is of least use, if there is no room for another and
// somebody else to be tried.
func (x *turn) turnover(m *member) {
	cfg := &x.g.cfg
	if len(m.conns) < cfg.Initiate || m.peers.untried() == 0 {
		return
	}
	var worst *conn
	for _, c := range m.conns {
		if c.interested || x.Now < c.opened.Add(cfg.Turnover) {
			continue
		}
		if worst == nil || c.tally.PayloadUp < worst.tally.PayloadUp {
			worst = c
		}
	}
	if worst != nil {
		x.close(worst, ByTurnover)
	}
}
