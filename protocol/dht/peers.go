package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// replyPeers answers get_peers: a token if there is room to store a peer, the contacts closest to
// the infohash, and of the peers known, as many as there is room for; to a scrape, instead of them
// their filters.
func (g *Group) replyPeers(i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message) {
	var r krpc.Reply
	token := g.token(i, to, g.tokenPeriod(t.Now))
	if !g.cfg.WithholdTokens || g.store.hasRoom(i, &g.nodes[i], m.Target, t.Now, to) {
		r.Token = token[:]
	}
	scrape := m.Flags&krpc.Scrape != 0
	if seeds, others := &g.scratch.seedFilter, &g.scratch.peerFilter; scrape &&
		g.store.scrape(seeds, others, i, m.Target, t.Now) {
		r.SeedFilter, r.PeerFilter = seeds, others
	}
	g.addContacts(i, t, to, m, &r)
	if !scrape {
		g.scratch.peers = g.store.sample(g.scratch.peers[:0], i, m.Target,
			min(g.cfg.ReplyPeers, peersFit(to, m, &r)), m.Flags&krpc.NoSeed != 0, t)
		r.Values = ofFamily(g.scratch.peers, to)
	}
	g.reply(i, t, to, m, r)
}

// peersFit returns how many peers of the asker's family there is room for.
func peersFit(to protocol.Addr, m *krpc.Message, r *krpc.Reply) int {
	const reserve = 48 // left free behind peers
	size := len("6:") + krpc.PeerSize4
	if !to.Is4() {
		size = len("18:") + krpc.PeerSize6
	}
	return max(0, spare(m.T, r)-reserve) / size
}

// ofFamily removes the peers that the asker could not reach from where it asks (BEP 32). In a node
// of one family there are none.
func ofFamily(peers []protocol.Addr, to protocol.Addr) []protocol.Addr {
	kept := peers[:0]
	for _, p := range peers {
		if p.Is4() == to.Is4() {
			kept = append(kept, p)
		}
	}
	return kept
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
