package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	// maxPacket is the most that a node may send (BEP 32).
	maxPacket = 1024
	// maxTID is the longest transaction id that is echoed. BEP 5 sets no bound; ours keeps the
	// largest reply within maxPacket.
	maxTID = 128
	// maxReplyContacts IPv4 contacts fit into maxNodeBytes; of IPv6 contacts, 17.
	maxReplyContacts = 25
	maxNodeBytes     = maxReplyContacts*krpc.NodeSize4 + krpc.NodeSize6 - krpc.NodeSize4
)

// Datagram handles one datagram that reached node i.
func (g *Group) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if g.nodes[i].depth == 0 {
		return
	}
	g.turnBegins()
	if !usable(from) {
		g.counters[BadSource]++
		return
	}
	m := &g.scratch.msg
	fault := krpc.Decode(p, m)
	if m.NonCanonical && (fault == krpc.OK || fault.Answerable()) {
		g.counters[NonCanonical]++
	}
	switch {
	case g.cfg.ReadOnly && (fault.Answerable() || fault == krpc.OK && m.Kind == krpc.Query):
		g.counters[Ignored]++
	case fault.Answerable() && len(m.T) <= maxTID:
		g.refuse(t, from, m, krpc.ProtocolError, "malformed query")
	case fault.Matchable():
		g.response(i, t, from, m, fault)
	case fault != krpc.OK || len(m.T) > maxTID:
		g.counters[Junk]++
	case m.Kind == krpc.Query:
		g.query(i, t, from, m)
	default:
		g.response(i, t, from, m, fault)
	}
	g.turnEnds(i, t)
}

// usable reports whether an address can be a node's: it has a port and is no group of hosts.
// Loopback and private networks are allowed; laboratories live there.
func usable(a protocol.Addr) bool {
	if a.Port() == 0 {
		return false
	}
	if a.Is4() {
		first := a.IP4() >> 24
		return first != 0 && first < 224
	}
	hi, lo := a.IP16()
	return hi>>56 != 0xff && (hi != 0 || lo != 0)
}

// query answers a query.
func (g *Group) query(i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message) {
	if m.ID == g.nodes[i].id {
		g.counters[OwnID]++
		return
	}
	switch {
	case m.Method == krpc.Ping:
		g.reply(i, t, from, m, krpc.Reply{})
	case m.Method == krpc.GetPeers && m.HasTarget:
		g.replyPeers(i, t, from, m)
	case m.Method == krpc.AnnouncePeer:
		g.announced(i, t, from, m)
	case m.HasTarget: // find_node, and methods yet to be invented, as libtorrent does
		g.replyContacts(i, t, from, m, krpc.Reply{})
	case m.Method == krpc.UnknownMethod:
		g.counters[UnknownMethod]++
		g.refuse(t, from, m, krpc.MethodUnknownError, "unknown method")
		return
	default:
		g.refuse(t, from, m, krpc.ProtocolError, "missing target")
		return
	}
	if !m.ReadOnly {
		g.asked(i, t, g.env.Directory.Ref(m.ID, from), m.ID)
	}
}

func (g *Group) refuse(
	t *protocol.Turn, to protocol.Addr, m *krpc.Message, code int, text string,
) {
	g.counters[Refused]++
	g.scratch.packet = g.writer.Error(g.scratch.packet[:0], m.T, code, text, to)
	t.Out.SendTo(to, g.scratch.packet)
}

// reply sends r to the asker, and no more peers with it than the packet has room for.
func (g *Group) reply(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r krpc.Reply,
) {
	g.counters[Answered]++
	r.T, r.ID, r.To = m.T, g.nodes[i].id, to
	const envelope = 160 // everything but contacts, token, peers and T, with room to spare
	space := maxPacket - envelope - len(m.T) - len(r.Nodes) - len(r.Nodes6) - len(r.Token)
	for n, peer := range r.Values {
		if peer.Is4() {
			space -= len("6:") + 6
		} else {
			space -= len("18:") + 18
		}
		if space < 0 {
			r.Values = r.Values[:n]
			break
		}
	}
	g.scratch.packet = g.writer.Reply(g.scratch.packet[:0], &r)
	t.Out.SendTo(to, g.scratch.packet)
}

// replyContacts adds the contacts closest to the target, of the asker's address family.
func (g *Group) replyContacts(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r krpc.Reply,
) {
	b := g.scratch.nodes[:0]
	for _, near := range g.closest(i, m.Target, g.cfg.ReplyContacts) {
		id, addr := g.env.Directory.Contact(near.ref)
		if addr.Is4() == to.Is4() && len(b)+krpc.NodeSize6 <= maxNodeBytes {
			b = krpc.AppendNode(b, id, addr)
		}
	}
	g.scratch.nodes = b
	if to.Is4() {
		r.Nodes, r.HasNodes = b, true
	} else {
		r.Nodes6 = b
	}
	g.reply(i, t, to, m, r)
}

// replyPeers answers get_peers: a token, the contacts closest to the infohash, and the peers known.
func (g *Group) replyPeers(i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message) {
	token := g.token(i, to, g.tokenPeriod(t.Now))
	g.scratch.peers = g.store.sample(g.scratch.peers[:0], i, m.Target, g.cfg.ReplyPeers, t)
	g.replyContacts(i, t, to, m, krpc.Reply{Token: token[:], Values: g.scratch.peers})
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
		if !g.store.put(i, &g.nodes[i], m.Target, from.WithPort(uint16(port)), t.Now) {
			g.counters[StoreFull]++
		}
		g.reply(i, t, from, m, krpc.Reply{})
	}
}
