package client

import (
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/swarm"
)

// ours marks the lookups of this package among those of the owner. The rest of the tag is the
// torrent.
const ours = 1 << 63

// announce announces a torrent in the DHT, and finds peers on the way.
func (g *Group) announce(i uint32, t *protocol.Turn, m *member) {
	c := &g.clients[i]
	m.lookAt = t.Now.Add(g.cfg.Renew) // unless its end says otherwise
	if m.looking {
		return
	}
	p, _ := g.swarm.Progress(i, m.torrent)
	hash := g.torrents[m.torrent].InfoHash
	m.looking = true
	g.counters.Announces++
	c.enter(t, ofDHT)
	g.dht.Lookup(i, t, dht.Request{
		Method: krpc.AnnouncePeer, Target: krpc.IDFromBytes(hash[:]), Port: c.addr.Port(),
		Seed: p.Known && p.Left == 0, Tag: ours | uint64(m.torrent),
	})
	c.exit(t, ofDHT)
}

// findings is how the DHT's part tells what was found.
type findings struct{ g *Group }

// Done implements dht.Observer.
func (f findings) Done(i uint32, t *protocol.Turn, r *dht.Result) {
	g := f.g
	if r.Tag&ours == 0 {
		if g.env.DHT.Observer != nil {
			g.env.DHT.Observer.Done(i, t, r)
		}
		return
	}
	c := &g.clients[i]
	m := c.find(uint32(r.Tag &^ ours))
	if m == nil || m.leaving {
		return
	}
	g.tell(i, t, m.torrent, r.Peers, swarm.FromDHT)
	m.looking, c.stale = false, true
	if m.lookAt == protocol.Never {
		return // it has turned out to be private
	}
	p, _ := g.swarm.Progress(i, m.torrent)
	switch {
	case r.Stored == 0:
		m.lookAt = t.Now.Add(min(again(m.vain), g.cfg.Renew))
		m.vain++
		return
	case p.Conns == 0 && (!p.Known || p.Left > 0):
		m.lookAt = t.Now.Add(min(seekAgain(m.lone), g.cfg.Seek, g.cfg.Renew))
		m.lone++
	default:
		m.lone = 0
	}
	m.vain = 0
}

// introduced is told of a node of the DHT at a peer.
func (g *Group) introduced(i uint32, t *protocol.Turn, node protocol.Addr) {
	c := &g.clients[i]
	g.counters.Nodes++
	c.enter(t, ofDHT)
	g.dht.Introduce(i, t, node)
	c.exit(t, ofDHT)
}
