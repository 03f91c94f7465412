package client

import (
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// engage makes the client of a torrent's trackers, if it has any, and starts it as soon as their
// addresses are known.
func (g *Group) engage(i uint32, t *protocol.Turn, m *member) {
	c, tor := &g.clients[i], &g.torrents[m.torrent]
	if len(tor.Trackers) == 0 || c.addr.Port() == 0 || g.cfg.Cheat.Kind == Ghost {
		return
	}
	var err error
	m.tracker, err = tracker.NewClient(tracker.ClientConfig{
		InfoHash: tor.InfoHash, PeerID: c.id, Port: c.addr.Port(), Key: c.key, Want: g.cfg.Want,
		Tiers: tor.Trackers, IPv6: g.cfg.IPv6, HTTP: g.env.Fetch != nil, IntervalMin: g.cfg.Least,
	}, t.Rand)
	if err != nil { // none of these is the URL of a tracker
		m.tracker = nil
		return
	}
	if g.env.Resolve != nil {
		hosts := m.tracker.Names(nil)
		m.unnamed = len(hosts)
		for _, host := range hosts {
			g.env.Resolve(i, m.torrent, host)
		}
	}
	g.commence(i, t, m)
}

// commence starts the client of trackers unless it has to wait for their addresses.
func (g *Group) commence(i uint32, t *protocol.Turn, m *member) {
	if m.begun || m.leaving || m.unnamed > 0 {
		return
	}
	m.begun = true
	m.askAt = m.tracker.Start(t, g.totals(i, m, t.Now))
	g.heed(i, m)
}

// Resolved answers Env.Resolve; the zero address says that the host has none.
func (g *Group) Resolved(
	i uint32, t *protocol.Turn, torrent uint32, host string, addr protocol.Addr,
) {
	c := &g.clients[i]
	if m := c.find(torrent); m != nil && m.tracker != nil && m.unnamed > 0 {
		if addr != (protocol.Addr{}) {
			m.tracker.Resolved(host, addr)
		}
		m.unnamed--
		g.commence(i, t, m)
		c.stale = true
	}
	g.settle(i, t)
}

// Fetched answers Env.Fetch with a body, or the reason why there is none.
func (g *Group) Fetched(
	i uint32, t *protocol.Turn, torrent, number uint32, body []byte, problem string,
) {
	c := &g.clients[i]
	if m := c.find(torrent); m != nil && m.begun {
		m.askAt = m.tracker.Fetched(t, number, body, problem, g.totals(i, m, t.Now))
		g.told(i, t, m)
	}
	g.settle(i, t)
}

// answered takes a datagram to the tracker's client that it is for. It reports whether there is
// one.
func (g *Group) answered(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) bool {
	for _, m := range g.clients[i].members {
		if !m.begun {
			continue
		}
		due, taken := m.tracker.Datagram(t, from, p, g.totals(i, m, t.Now))
		if taken {
			m.askAt = due
			g.told(i, t, m)
			return true
		}
	}
	return false
}

// told gives the peer what a tracker has told.
func (g *Group) told(i uint32, t *protocol.Turn, m *member) {
	g.addrs = g.addrs[:0]
	for _, p := range m.tracker.Peers() {
		g.addrs = append(g.addrs, p.Addr)
	}
	if !m.leaving {
		g.tell(i, t, m.torrent, g.addrs, swarm.FromTracker)
	}
	g.heed(i, m)
	g.clients[i].stale = true
}

// heed has the owner fetch a URL, if there is another one to be fetched.
func (g *Group) heed(i uint32, m *member) {
	number, url, ok := m.tracker.Fetch()
	if ok && number != m.fetching {
		m.fetching = number
		g.env.Fetch(i, m.torrent, number, string(url))
	}
}

// totals is what trackers are told.
func (g *Group) totals(i uint32, m *member, now protocol.Time) tracker.Totals {
	if m.leaving {
		return m.final
	}
	t := g.counted(i, m, now)
	g.cfg.Cheat.claim(&t, now.Sub(m.since), len(g.clients[i].accomplices()))
	return t
}

// counted is what they are told by the honest.
func (g *Group) counted(i uint32, m *member, now protocol.Time) tracker.Totals {
	b := g.swarm.Books(i, m.torrent, now)
	t := g.cfg.Reporting.totals(&b)
	t.Uploaded += m.carried.Uploaded
	t.Downloaded += m.carried.Downloaded
	t.Corrupt += m.carried.Corrupt
	return t
}

// Trackers returns how client i stands with the trackers of a torrent. ok is false if it has none.
func (g *Group) Trackers(i, torrent uint32) (s tracker.Status, ok bool) {
	m := g.clients[i].find(torrent)
	if m == nil || m.tracker == nil {
		return s, false
	}
	return m.tracker.Status(), true
}
