package client

import (
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
)

// Datagram takes a datagram to the part that it is for.
func (g *Group) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	c := &g.clients[i]
	switch {
	case !c.running:
		return
	case len(p) > 0 && p[0] == 'd' && g.dht != nil:
		c.enter(t, ofDHT)
		g.dht.Datagram(i, t, from, p)
		c.exit(t, ofDHT)
	case !g.answered(i, t, from, p):
		g.counters.Strays++
	}
	g.settle(i, t)
}

// Foresee implements protocol.Foreseer.
func (g *Group) Foresee(list []protocol.Prospect) uint64 {
	if g.dht == nil {
		return 0
	}
	return g.dht.Foresee(list)
}

// ForeseeStreams implements protocol.StreamForeseer.
func (g *Group) ForeseeStreams(list []protocol.Prospect) (warmth uint64) {
	for n := range list {
		warmth += uint64(g.clients[list[n].Core].due[ofSwarm])
	}
	return warmth + g.swarm.ForeseeStreams(list)
}

// Accept implements protocol.Streams, as do the next four.
func (g *Group) Accept(
	i uint32, t *protocol.Turn, peer protocol.Addr,
) (n protocol.Conn, ok bool) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	n, ok = g.swarm.Accept(i, t, peer)
	c.exit(t, ofSwarm)
	g.settle(i, t)
	return n, ok
}

// Opened takes a connection that was dialed.
func (g *Group) Opened(i uint32, t *protocol.Turn, n protocol.Conn) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Opened(i, t, n)
	c.exit(t, ofSwarm)
	g.settle(i, t)
}

// Data takes what came on a connection.
func (g *Group) Data(i uint32, t *protocol.Turn, n protocol.Conn, ch protocol.Chunk) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Data(i, t, n, ch)
	c.exit(t, ofSwarm)
	g.settle(i, t)
}

// Sent takes what has left on a connection.
func (g *Group) Sent(i uint32, t *protocol.Turn, n protocol.Conn, bytes int) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Sent(i, t, n, bytes)
	c.exit(t, ofSwarm)
	g.settle(i, t)
}

// Closed takes the end of a connection.
func (g *Group) Closed(i uint32, t *protocol.Turn, n protocol.Conn, why protocol.Reason) {
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Closed(i, t, n, why)
	c.exit(t, ofSwarm)
	g.settle(i, t)
}

// Found tells client i of peers of a torrent.
func (g *Group) Found(
	i uint32, t *protocol.Turn, torrent uint32, addrs []protocol.Addr, from swarm.Source,
) {
	g.tell(i, t, torrent, addrs, from)
	g.settle(i, t)
}

// tell gives the peer addresses within a turn, perhaps that of another part.
func (g *Group) tell(
	i uint32, t *protocol.Turn, torrent uint32, addrs []protocol.Addr, from swarm.Source,
) {
	if len(addrs) == 0 {
		return
	}
	c := &g.clients[i]
	c.enter(t, ofSwarm)
	g.swarm.Found(i, t, torrent, addrs, from)
	c.exit(t, ofSwarm)
}
