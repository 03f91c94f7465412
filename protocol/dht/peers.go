package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// replyPeers answers get_peers: a token, the contacts closest to the infohash, and the peers known;
// to a scrape, instead of the peers their filters.
func (g *Group) replyPeers(i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message) {
	token := g.token(i, to, g.tokenPeriod(t.Now))
	r := krpc.Reply{Token: token[:]}
	if m.Flags&krpc.Scrape == 0 {
		g.scratch.peers = g.store.sample(g.scratch.peers[:0], i, m.Target, g.cfg.ReplyPeers,
			m.Flags&krpc.NoSeed != 0, t)
		r.Values = g.scratch.peers
	} else if seeds, others := &g.scratch.seedFilter, &g.scratch.peerFilter; g.store.scrape(
		seeds, others, i, m.Target, t.Now) {
		r.SeedFilter, r.PeerFilter = seeds, others
	}
	g.replyContacts(i, t, to, m, r)
}

// announced handles announce_peer.
func (g *Group) announced(i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message) {
	port := m.Port
	if m.ImpliedPort {
		port = int64(from.Port())
	}
	switch {
	case !m.HasTarget || !m.HasToken || port < 1 || port > 65535:
		g.counters[BadArgument]++
		g.refuse(t, from, m, krpc.ProtocolError, "missing or wrong argument")
	case !g.tokenValid(i, from, t.Now, m.Token):
		g.counters[BadToken]++
		g.refuse(t, from, m, krpc.ProtocolError, "invalid token")
	default:
		p := peer{addr: from.WithPort(uint16(port)), at: t.Now, seed: m.Flags&krpc.Seed != 0}
		if !g.store.put(i, &g.nodes[i], m.Target, p) {
			g.counters[StoreFull]++
		}
		g.reply(i, t, from, m, krpc.Reply{})
	}
}
