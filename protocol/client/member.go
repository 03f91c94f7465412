package client

import (
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// member is a torrent at a client: how it is announced.
type member struct {
	torrent  uint32
	tracker  *tracker.Client // nil: it has none
	askAt    protocol.Time   // when the tracker's client is to be woken
	unnamed  int             // hosts of trackers that are being looked up
	begun    bool            // the tracker's client was started
	fetching uint32          // the URL that the owner was given last
	leaving  bool
	complete bool           // to be told
	lonely   bool           // more peers are to be asked for
	since    protocol.Time  // when it was added
	carried  tracker.Totals // what was counted before, and goes on
	final    tracker.Totals // of a torrent that is being left
	owed     tracker.Totals // of that, what is carried on if the stop is not answered

	lookAt  protocol.Time // when to announce in the DHT
	looking bool          // it is being announced
	vain    int           // announces in a row that nobody took
	lone    int           // announces in a row that brought no connection
}

// Add makes client i, which must run, take part in a torrent.
func (g *Group) Add(i uint32, t *protocol.Turn, e swarm.Entry) {
	c := &g.clients[i]
	if c.find(e.Torrent) != nil {
		return
	}
	m := &member{torrent: e.Torrent, askAt: protocol.Never, lookAt: protocol.Never,
		since: t.Now, carried: c.resume(e.Torrent)}
	c.members = append(c.members, m)
	c.enter(t, ofSwarm)
	g.swarm.Add(i, t, e)
	c.exit(t, ofSwarm)
	if g.dht != nil && !g.torrents[e.Torrent].Private {
		m.lookAt = t.Now
	}
	g.engage(i, t, m)
	c.stale = true
	g.settle(i, t)
}

// Leave makes client i end its part in a torrent: its connections are closed, and its trackers are
// told. Until Left the client must go on running.
func (g *Group) Leave(i uint32, t *protocol.Turn, torrent uint32) {
	c := &g.clients[i]
	m := c.find(torrent)
	if m == nil || m.leaving {
		return
	}
	m.final, m.owed = g.totals(i, m, t.Now), g.counted(i, m, t.Now)
	m.leaving, m.lookAt = true, protocol.Never
	c.enter(t, ofSwarm)
	g.swarm.Leave(i, t, torrent)
	c.exit(t, ofSwarm)
	if m.begun {
		m.askAt = m.tracker.Leave(t, m.final)
		g.heed(i, m)
	}
	c.stale = true
	g.settle(i, t)
}

// Left says whether client i has nothing more to do with a torrent.
func (g *Group) Left(i, torrent uint32) bool { return g.clients[i].find(torrent) == nil }

// carried is what a client goes on to count of a torrent that it has left.
type carried struct {
	torrent uint32
	totals  tracker.Totals
}

// keep remembers, as Transmission does, what no tracker has acknowledged at the end.
func (g *Group) keep(c *client, m *member) {
	if g.cfg.Reporting != ReportsTransmission || !m.begun ||
		m.tracker.Tally().Stopped > 0 {
		return
	}
	c.kept = append(c.kept, carried{m.torrent, m.owed})
}

// resume returns what goes on to be counted of a torrent.
func (c *client) resume(torrent uint32) (t tracker.Totals) {
	c.kept = slices.DeleteFunc(c.kept, func(k carried) bool {
		if k.torrent == torrent {
			t = k.totals
		}
		return k.torrent == torrent
	})
	return t
}

func (c *client) find(torrent uint32) *member {
	for _, m := range c.members {
		if m.torrent == torrent {
			return m
		}
	}
	return nil
}

// tend does what members are to do now, and notes when there will be more.
func (g *Group) tend(i uint32, t *protocol.Turn) {
	c := &g.clients[i]
	for n := 0; n < len(c.members); n++ {
		m := c.members[n]
		if m.begun && m.complete {
			m.complete = false
			m.askAt = m.tracker.Complete(t, g.totals(i, m, t.Now))
			g.heed(i, m)
		}
		if m.begun && m.lonely {
			m.lonely = false
			m.askAt = m.tracker.More()
		}
		if m.begun && m.askAt <= t.Now {
			m.askAt = m.tracker.Wake(t, g.totals(i, m, t.Now))
			g.heed(i, m)
		}
		if m.lookAt <= t.Now {
			g.announce(i, t, m)
		}
	}
	c.members = slices.DeleteFunc(c.members, func(m *member) bool {
		if !m.leaving || m.begun && !m.tracker.Left() {
			return false
		}
		g.keep(c, m)
		return true
	})
	c.stale, c.due[ofMembers] = false, protocol.Never
	for _, m := range c.members {
		c.due[ofMembers] = min(c.due[ofMembers], m.askAt, m.lookAt)
	}
}

// describe has the owner read metadata that came, and ends what is not done for private torrents.
func (g *Group) describe(
	i, torrent uint32, info []byte,
) (geo swarm.Geometry, private, ok bool) {
	geo, private, ok = g.env.Swarm.Describe(i, torrent, info)
	if m := g.clients[i].find(torrent); m != nil && ok && private {
		m.lookAt = protocol.Never
	}
	return geo, private, ok
}

// Described tells client i the geometry of a torrent of which Describe did not: see swarm.Group.
func (g *Group) Described(
	i uint32, t *protocol.Turn, torrent uint32, geo swarm.Geometry, have []byte,
) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Described(i, t, torrent, geo, have)
	c.exit(t, ofSwarm)
	g.settle(i, t)
}

// lonely asks the trackers of a torrent for more peers, as soon as they allow it.
func (g *Group) lonely(i, torrent uint32) {
	c := &g.clients[i]
	if m := c.find(torrent); m != nil {
		m.lonely, c.stale = true, true
	}
}

// progress is how the peers' part tells what has happened.
type progress struct{ g *Group }

// Completed implements swarm.Observer.
func (o progress) Completed(i uint32, t *protocol.Turn, torrent uint32) {
	c := &o.g.clients[i]
	if m := c.find(torrent); m != nil {
		m.complete, c.stale = o.g.cfg.Cheat.Kind != FakeSeed, true
		if m.lookAt != protocol.Never {
			m.lookAt = t.Now
		}
	}
	if more := o.g.env.Swarm.Observer; more != nil {
		more.Completed(i, t, torrent)
	}
}

// Verified implements swarm.Observer.
func (o progress) Verified(i uint32, t *protocol.Turn, torrent, piece uint32) {
	if more := o.g.env.Swarm.Observer; more != nil {
		more.Verified(i, t, torrent, piece)
	}
}

// again is the time after an announce in vain, and n of them before. A node that has only begun to
// join knows nobody to ask, which costs nothing, and will soon know some.
func again(n int) time.Duration { return time.Second / 4 << min(n, 9) }

// seekAgain is the time after an announce that brought a leecher no connection, and n of them
// before. Who comes at the same time as the first seed finds it in the second one.
func seekAgain(n int) time.Duration { return 2 * time.Second << min(n, 9) }
