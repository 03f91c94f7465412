package krpc_test

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	textA = "abcdefghij0123456789"
	textB = "mnopqrstuvwxyz123456"
	textC = "0123456789abcdefghij"
)

var idC = krpc.IDFromBytes([]byte(textC))

// packet is an exact packet, what it means, and how it is written, if we write it.
type packet struct {
	name   string
	bytes  string
	length int
	want   krpc.Message
	write  func() []byte
}

var plain krpc.Writer

func packets() []packet {
	return slices.Concat(queries(), responses(), errorPackets(), rareQueries(), rareResponses())
}

func queries() []packet {
	q := func(m krpc.Method) krpc.Message {
		return krpc.Message{Kind: krpc.Query, Method: m, T: aa, ID: idA, HasID: true}
	}
	about := func(m krpc.Method) krpc.Message {
		msg := q(m)
		msg.Target, msg.HasTarget = idB, true
		return msg
	}
	announce := about(krpc.AnnouncePeer)
	announce.Port, announce.HasPort = 6881, true
	announce.Token, announce.HasToken = []byte("aoeusnth"), true
	implied := announce
	implied.ImpliedPort = true
	seeding := announce
	seeding.Flags = krpc.Seed
	full := about(krpc.FindNode)
	full.T, full.Version = []byte("\x00\x01"), []byte("SM\x00\x01")
	full.WantV4, full.WantV6, full.ReadOnly = true, true, true
	both := krpc.Writer{Version: krpc.Version, ReadOnly: true, Want4: true, Want6: true}
	return []packet{
		{"ping", "d1:ad2:id20:" + textA + "e1:q4:ping1:t2:aa1:y1:qe", 56, q(krpc.Ping),
			func() []byte { return plain.Ping(nil, aa, idA) }},
		{"find_node", "d1:ad2:id20:" + textA + "6:target20:" + textB +
			"e1:q9:find_node1:t2:aa1:y1:qe", 92, about(krpc.FindNode),
			func() []byte { return plain.FindNode(nil, aa, idA, idB) }},
		{"get_peers", "d1:ad2:id20:" + textA + "9:info_hash20:" + textB +
			"e1:q9:get_peers1:t2:aa1:y1:qe", 95, about(krpc.GetPeers),
			func() []byte { return plain.GetPeers(nil, aa, idA, idB) }},
		{"announce_peer", "d1:ad2:id20:" + textA + "12:implied_porti1e9:info_hash20:" + textB +
			"4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe", 147, implied,
			func() []byte {
				return plain.Announce(nil, aa, idA, idB, 6881, true, []byte("aoeusnth"))
			}},
		{"announce_peer with seed", "d1:ad2:id20:" + textA + "9:info_hash20:" + textB +
			"4:porti6881e4:seedi1e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe", 138,
			seeding, func() []byte {
				return krpc.Writer{Flags: krpc.Seed}.Announce(nil, aa, idA, idB, 6881, false,
					[]byte("aoeusnth"))
			}},
		{"find_node with want, ro and v", "d1:ad2:id20:" + textA + "6:target20:" + textB +
			"4:wantl2:n42:n6ee1:q9:find_node2:roi1e1:t2:\x00\x011:v4:SM\x00\x011:y1:qe", 124,
			full, func() []byte { return both.FindNode(nil, []byte("\x00\x01"), idA, idB) }},
		{"sample_infohashes", "d1:ad2:id20:" + textA + "6:target20:" + textB +
			"e1:q17:sample_infohashes1:t2:aa1:y1:qe", 101, about(krpc.SampleInfohashes),
			func() []byte { return plain.SampleInfohashes(nil, aa, idA, idB) }},
	}
}

func responses() []packet {
	r := func(id krpc.ID) krpc.Message {
		return krpc.Message{Kind: krpc.Response, T: aa, ID: id, HasID: true}
	}
	nodes := r(idC)
	nodes.Nodes = []byte("def456...")
	held := r(idA)
	held.Token, held.HasToken = []byte("aoeusnth"), true
	unheld := held
	unheld.Nodes = []byte("def456...")
	held.Values, held.NumValues = []byte("6:axje.u6:idhtnm"), 2
	peers := []protocol.Addr{
		protocol.Addr4(0x61786a65, 11893), protocol.Addr4(0x69646874, 28269),
	}
	reply := func(r krpc.Reply) func() []byte {
		return func() []byte { r.T = aa; return plain.Reply(nil, &r) }
	}
	token := []byte("aoeusnth")
	return []packet{
		{"ping", "d1:rd2:id20:" + textB + "e1:t2:aa1:y1:re", 47, r(idB),
			reply(krpc.Reply{ID: idB})},
		{"find_node", "d1:rd2:id20:" + textC + "5:nodes9:def456...e1:t2:aa1:y1:re", 65, nodes,
			reply(krpc.Reply{ID: idC, Nodes: []byte("def456...")})},
		{"get_peers, peers", "d1:rd2:id20:" + textA + "5:token8:aoeusnth" +
			"6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re", 90, held,
			reply(krpc.Reply{ID: idA, Token: token, Values: peers})},
		{"get_peers, nodes", "d1:rd2:id20:" + textA + "5:nodes9:def456...5:token8:aoeusnth" +
			"e1:t2:aa1:y1:re", 82, unheld,
			reply(krpc.Reply{ID: idA, Nodes: []byte("def456..."), Token: token})},
		{"sample_infohashes, empty", "d1:rd2:id20:" + textB +
			"8:intervali0e5:nodes0:3:numi0e7:samples0:e1:t2:aa1:y1:re", 88,
			krpc.Message{Kind: krpc.Response, T: aa, ID: idB, HasID: true, Nodes: []byte{},
				Sample: krpc.Sample{IDs: []byte{}}},
			reply(krpc.Reply{ID: idB, HasNodes: true, Sample: &krpc.Sample{}})},
	}
}

func errorPackets() []packet {
	to := protocol.Addr4(0xc0000237, 51413)
	return []packet{
		{"error", "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee", 51, krpc.Message{
			Kind: krpc.Error, T: aa, Code: 201, Text: []byte("A Generic Error Ocurred")},
			func() []byte {
				return plain.Error(nil, aa, krpc.GenericError, "A Generic Error Ocurred",
					protocol.Addr{})
			}},
		{"error with ip", "d1:eli203e13:invalid tokene2:ip6:\xC0\x00\x02\x37\xC8\xD5" +
			"1:t2:aa1:y1:ee", 53, krpc.Message{
			Kind: krpc.Error, T: aa, Code: 203, Text: []byte("invalid token"),
			IP: []byte("\xC0\x00\x02\x37\xC8\xD5")},
			func() []byte {
				return plain.Error(nil, aa, krpc.ProtocolError, "invalid token", to)
			}},
	}
}

// common reports whether a message is of those that are decoded quickly.
func common(m *krpc.Message) bool {
	return m.Kind != krpc.Error && !m.Item.HasSeq && m.Item.V == nil && m.Sample.IDs == nil &&
		m.SeedFilter == nil && m.PeerFilter == nil
}

func TestExactPackets(t *testing.T) {
	written := 0
	for _, c := range packets() {
		require.Len(t, c.bytes, c.length, c.name)
		var m krpc.Message
		require.Equal(t, krpc.OK, krpc.Decode([]byte(c.bytes), &m), c.name)
		require.Equal(t, c.want, m, c.name)
		if c.write != nil {
			require.Equal(t, c.bytes, string(c.write()), c.name)
			written++
			require.Equal(t, common(&m), krpc.Quick(c.write(), new(krpc.Message)), c.name)
		}
	}
	require.Equal(t, len(packets()), written)
}

// TestWant writes every choice of families.
func TestWant(t *testing.T) {
	for _, w := range []krpc.Writer{
		{}, {Want4: true}, {Want6: true}, {Want4: true, Want6: true, ReadOnly: true},
	} {
		for _, p := range [][]byte{w.FindNode(nil, aa, idA, idB), w.GetPeers(nil, aa, idA, idB)} {
			var m krpc.Message
			require.Equal(t, krpc.OK, check(t, p))
			require.Equal(t, krpc.OK, krpc.Decode(p, &m))
			require.Equal(t, []bool{w.Want4, w.Want6, w.ReadOnly},
				[]bool{m.WantV4, m.WantV6, m.ReadOnly})
		}
	}
}

const bothFamilies = "64323a6970363ac0000237c8d5313a7264323a696432303a6d6e6f70717273747576" +
	"7778797a313233343536353a6e6f64657332363a" + node4 + "363a6e6f6465733633383a" + node6 +
	"65313a74323a0001313a76343a534d0001313a79313a7265"

const (
	node4 = "000102030405060708090a0b0c0d0e0f10111213cb0071071ae1"
	node6 = "000102030405060708090a0b0c0d0e0f1011121320010db80000000000000000000000071ae1"
)

// TestBothFamilies writes and reads the find_node response with a node of each family.
func TestBothFamilies(t *testing.T) {
	id, err := krpc.ParseID(node4[:40])
	require.NoError(t, err)
	addr4 := protocol.Addr4(0xcb007107, 6881)
	addr6 := addr6(7, 6881)
	require.Equal(t, "203.0.113.7:6881", addr4.String())
	require.Equal(t, "[2001:db8::7]:6881", addr6.String())
	require.Equal(t, node4, hex.EncodeToString(krpc.AppendNode(nil, id, addr4)))
	require.Equal(t, node6, hex.EncodeToString(krpc.AppendNode(nil, id, addr6)))

	p := ours.Reply(nil, &krpc.Reply{
		T: []byte{0, 1}, ID: idB, To: protocol.Addr4(0xc0000237, 51413),
		Nodes: krpc.AppendNode(nil, id, addr4), Nodes6: krpc.AppendNode(nil, id, addr6),
	})
	require.Len(t, p, 153)
	require.Equal(t, bothFamilies, hex.EncodeToString(p))

	var m krpc.Message
	require.Equal(t, krpc.OK, krpc.Decode(p, &m))
	require.Equal(t, krpc.Version, string(m.Version))
	seen, ok := krpc.ParsePeer(m.IP)
	require.True(t, ok)
	require.Equal(t, "192.0.2.55:51413", seen.String())
	for _, c := range []struct {
		nodes krpc.NodeIter
		want  protocol.Addr
	}{{krpc.Nodes4(m.Nodes), addr4}, {krpc.Nodes6(m.Nodes6), addr6}} {
		require.Equal(t, 1, c.nodes.Len())
		gotID, got, ok := c.nodes.Next()
		require.True(t, ok)
		require.Equal(t, id, gotID)
		require.Equal(t, c.want, got)
		_, _, ok = c.nodes.Next()
		require.False(t, ok)
		require.Zero(t, c.nodes.Tail())
	}
}
