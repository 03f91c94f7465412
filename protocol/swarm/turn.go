package swarm

import (
	"time"

	"swarmlab/protocol"
)

// turn is a turn of one core: what all that happens in it needs to know.
type turn struct {
	*protocol.Turn
	g    *Group
	i    uint32
	core *core
	deep int // calls of an observer are turns within this one
}

// begin starts a turn, or goes on with it, if an observer calls.
func (g *Group) begin(i uint32, t *protocol.Turn) *turn {
	x := &g.now
	if x.deep > 0 && x.i != i {
		panic("swarm: an observer called the group for another core")
	}
	x.Turn, x.g, x.i, x.core = t, g, i, &g.cores[i]
	x.deep++
	return x
}

// end does what has become due and asks for the next wake-up.
func (x *turn) end() {
	if x.deep == 1 {
		x.settle()
		x.Out.WakeAt(x.core.due)
	}
	x.deep--
}

// settle does what has become due or was called for: others are asked for blocks that are free
// again, and it is decided anew who is unchoked. It runs after every message, so that nothing
// depends on how a stream was cut into chunks.
func (x *turn) settle() {
	for again := true; again; again = x.core.due <= x.Now {
		if x.core.due <= x.Now {
			x.expire()
		}
		for _, m := range x.core.members {
			if m.spilt {
				x.offer(m)
			}
			if m.shaken {
				x.rechoke(m)
			}
		}
	}
}

// arm asks for a wake-up at a time or before.
func (x *turn) arm(at protocol.Time) { x.core.due = min(x.core.due, at) }

// watch asks for a look at a connection at a time or before. The times are rounded up to half
// seconds, so that many looks fall together.
func (x *turn) watch(c *conn, at protocol.Time) {
	if at >= c.due {
		return
	}
	const grain = protocol.Time(time.Second / 2)
	c.due = (at + grain - 1) / grain * grain
	x.core.look = min(x.core.look, c.due)
	x.arm(c.due)
}

// expire looks at everything that has become due.
func (x *turn) expire() {
	x.core.due = protocol.Never
	if x.core.look <= x.Now {
		x.inspectAll()
	}
	x.arm(x.core.look)
	for _, m := range x.core.members {
		x.tend(m)
	}
}

// inspectAll looks at the connections that are due.
func (x *turn) inspectAll() {
	x.core.look = protocol.Never
	for n := 0; n < len(x.core.conns); n++ {
		c := x.core.conns[n]
		if c == nil {
			continue
		}
		if c.due <= x.Now {
			c.due = protocol.Never
			x.inspect(c)
		}
		if x.core.conns[n] != nil {
			x.core.look = min(x.core.look, c.due)
		}
	}
}

// tend does what has become due for a torrent.
func (x *turn) tend(m *member) {
	if m.known && m.choker.due() <= x.Now {
		x.rechoke(m)
	}
	if m.known {
		x.arm(m.choker.due())
	}
	if m.dialAt <= x.Now {
		x.dialMore(m)
	}
	x.arm(m.dialAt)
	if m.claimed != nil && !m.seed {
		if m.claimAt <= x.Now {
			x.pretend(m)
		}
		x.arm(m.claimAt)
	}
	if x.g.cfg.Turnover > 0 {
		if m.turnAt <= x.Now {
			m.turnAt = x.Now.Add(x.g.cfg.Turnover)
			x.turnover(m)
		}
		x.arm(m.turnAt)
	}
}

// member returns a torrent of the core, nil if it takes no part in it.
func (x *turn) member(torrent uint32) *member { return x.core.find(torrent) }
