package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	// envelope is what a reply has besides the contents that spare counts, at most.
	envelope = len("d2:ip18:123456789012345678" + "1:rd2:id20:12345678901234567890" +
		"6:nodes6123:" + "5:token8:" + "6:valuesle" + "e1:t123:" + "1:v4:1234" + "1:y1:re")
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
	case m.Method == krpc.AnnouncePeer:
		g.announced(i, t, from, m)
	case m.Method == krpc.Put:
		g.put(i, t, from, m)
	case m.HasTarget:
		g.replyAbout(i, t, from, m)
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

// replyAbout answers a query about a target: with the contacts closest to it, and more.
func (g *Group) replyAbout(i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message) {
	switch m.Method {
	case krpc.GetPeers:
		g.replyPeers(i, t, from, m)
	case krpc.Get:
		g.replyItem(i, t, from, m)
	case krpc.SampleInfohashes:
		g.replySample(i, t, from, m)
	default: // find_node, and methods yet to be invented, as libtorrent does
		g.replyContacts(i, t, from, m, krpc.Reply{})
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
	const reserve = 48 // left free behind peers
	space := spare(m.T, &r) - reserve
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

// replyContacts adds the contacts closest to the target, of the asker's address family, as many as
// there is room for.
func (g *Group) replyContacts(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r krpc.Reply,
) {
	b := g.scratch.nodes[:0]
	most := min(maxNodeBytes, spare(m.T, &r))
	for _, near := range g.recommended(i, t.Now, m.Target) {
		id, addr := g.env.Directory.Contact(near.ref)
		if addr.Is4() == to.Is4() && len(b)+krpc.NodeSize6 <= most {
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
