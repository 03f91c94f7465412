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
	if g.cfg.SourceLimit > 0 && g.banned(i, from, t.Now) {
		g.counters[Banned]++
		return
	}
	m := &g.scratch.msg
	fault := krpc.Decode(p, m)
	if m.NonCanonical && (fault == krpc.OK || fault.Answerable()) {
		g.counters[NonCanonical]++
	}
	switch {
	case g.cfg.QueryRate > 0 && asks(m, fault) && g.flooded(i, t.Now):
		g.counters[Limited]++
	case g.cfg.ReadOnly && asks(m, fault):
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

// asks reports whether a packet is a query that one answers, if only with an error.
func asks(m *krpc.Message, fault krpc.Fault) bool {
	return fault.Answerable() || fault == krpc.OK && m.Kind == krpc.Query
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

// reply sends r to the asker.
func (g *Group) reply(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r krpc.Reply,
) {
	g.counters[Answered]++
	g.named += uint64(len(r.Nodes)/krpc.NodeSize4 + len(r.Nodes6)/krpc.NodeSize6)
	r.T, r.ID, r.To = m.T, g.nodes[i].id, to
	g.scratch.packet = g.writer.Reply(g.scratch.packet[:0], &r)
	t.Out.SendTo(to, g.scratch.packet)
}

// replyContacts sends r with the contacts closest to the target.
func (g *Group) replyContacts(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r krpc.Reply,
) {
	g.addContacts(i, t, to, m, &r)
	g.reply(i, t, to, m, r)
}

// addContacts adds the contacts closest to the target, as many as there is room for: of the address
// families that the asker wants, or without want of that over which it asks (BEP 32).
func (g *Group) addContacts(
	i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message, r *krpc.Reply,
) {
	four, six := to.Is4(), !to.Is4()
	if m.WantV4 || m.WantV6 {
		four, six = m.WantV4, m.WantV6
	}
	room := spare(m.T, r)
	if four && six {
		room -= len("5:nodes123:")
	}
	g.scratch.nodes, g.scratch.nodes6 = g.scratch.nodes[:0], g.scratch.nodes6[:0]
	if four {
		most := room
		if six && g.twin != nil { // the other table has as many
			most /= 2
		}
		g.scratch.nodes = g.family(true).appendContacts(g.scratch.nodes, i, t, true, m.Target,
			most)
		r.Nodes, r.HasNodes = g.scratch.nodes, true
	}
	if six {
		g.scratch.nodes6 = g.family(false).appendContacts(g.scratch.nodes6, i, t, false, m.Target,
			room-len(r.Nodes))
		r.Nodes6 = g.scratch.nodes6
	}
}

// appendContacts appends node i's contacts of one family that are closest to the target, in no more
// than so many bytes.
func (g *Group) appendContacts(
	b []byte, i uint32, t *protocol.Turn, four bool, target krpc.ID, most int,
) []byte {
	most = min(most, maxNodeBytes)
	for _, near := range g.recommended(i, t.Now, target) {
		id, addr := g.env.Directory.Contact(near.ref)
		if addr.Is4() == four && len(b)+krpc.NodeSize6 <= most {
			b = krpc.AppendNode(b, id, addr)
		}
	}
	return b
}
