package krpc_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/krpc"
)

// FuzzDecode feeds arbitrary bytes to Decode. Canonical packets are compared with a second decoder
// that works on the maps of zeebo/bencode, and with what the Writer makes of the message.
func FuzzDecode(f *testing.F) {
	for _, c := range packets() {
		f.Add([]byte(c.bytes))
	}
	for _, c := range faulty {
		f.Add([]byte(strings.ReplaceAll(c.in, "$", "20:"+textA)))
	}
	f.Fuzz(func(t *testing.T, p []byte) { check(t, p) })
}

// check decodes p and compares. It returns the fault.
func check(t require.TestingT, p []byte) krpc.Fault {
	m := krpc.Message{Port: 99, HasToken: true} // must be reset
	f := krpc.Decode(p, &m)
	compareWays(t, p, &m)
	n, _, bad := bencode.Check(p, bencode.Limits{Depth: 10, Items: 500}, bencode.Strict)
	if bad != bencode.OK || n != len(p) {
		require.True(t, f == krpc.OK == m.NonCanonical || f != krpc.OK, "%q", p)
		return f
	}
	var v any
	require.NoError(t, zeebo.DecodeBytes(p, &v))
	top, isDict := v.(map[string]any)
	if !isDict || len(p) < 20 {
		require.Contains(t, []krpc.Fault{krpc.Short, krpc.NoDict}, f)
		return f
	}
	var want krpc.Message
	require.Equal(t, expect(top, &want), f, "%q", p)
	if f != krpc.OK {
		return f
	}
	m2 := m
	m2.Values = nil
	require.Equal(t, want, blank(m2), "%q", p)
	countPeers(t, top, &m)
	if rewritable(top, &m) {
		require.Equal(t, string(p), string(rewrite(&m)))
	}
	return f
}

// compareWays checks that the quick way, where it does not give up, agrees with the general one.
func compareWays(t require.TestingT, p []byte, m *krpc.Message) {
	var fast, slow krpc.Message
	if len(p) >= 20 && krpc.Quick(p, &fast) {
		require.Equal(t, krpc.OK, krpc.General(p, &slow), "%q", p)
		require.Equal(t, slow, fast, "%q", p)
		require.Equal(t, slow, *m, "%q", p)
	}
}

// blank makes empty slices nil, since maps do not tell the difference.
func blank(m krpc.Message) krpc.Message {
	for _, b := range []*[]byte{&m.T, &m.Token, &m.Nodes, &m.Nodes6, &m.Text, &m.Version, &m.IP} {
		if len(*b) == 0 {
			*b = nil
		}
	}
	return m
}

// expect fills m from a packet's map, without Values.
func expect(top map[string]any, m *krpc.Message) krpc.Fault {
	y, _ := top["y"].(string)
	m.Kind = map[string]krpc.Kind{"q": krpc.Query, "r": krpc.Response, "e": krpc.Error}[y]
	t, hasT := top["t"].(string)
	switch {
	case len(y) != 1 || y == "\x00":
		return krpc.NoKind
	case m.Kind == 0:
		return krpc.UnknownKind
	case !hasT:
		return krpc.NoTransaction
	}
	odd := false
	m.T, m.Version, m.IP = octets(t), str(top, "v", &odd), str(top, "ip", &odd)
	ro := num(top, "ro", &odd)
	switch m.Kind {
	case krpc.Query:
		m.ReadOnly = ro != 0
		return expectQuery(top, m, odd)
	case krpc.Response:
		return expectResponse(top, m, odd)
	}
	e, _ := top["e"].([]any)
	if len(e) < 2 {
		return krpc.BadError
	}
	code, isInt := e[0].(int64)
	text, isString := e[1].(string)
	if m.Code, m.Text = code, octets(text); !isInt || !isString || odd {
		return krpc.BadError
	}
	return krpc.OK
}

func expectQuery(top map[string]any, m *krpc.Message, odd bool) krpc.Fault {
	q, hasQ := top["q"].(string)
	if !hasQ {
		return krpc.NoMethod
	}
	a, hasA := top["a"].(map[string]any)
	if !hasA {
		return krpc.NoArguments
	}
	m.Method = krpc.UnknownMethod
	for _, method := range []krpc.Method{1, 2, 3, 4} {
		if method.String() == q {
			m.Method = method
		}
	}
	m.Token = str(a, "token", &odd)
	m.Port, m.ImpliedPort = num(a, "port", &odd), num(a, "implied_port", &odd) != 0
	_, m.HasToken = a["token"]
	_, m.HasPort = a["port"]
	target, hash := str(a, "target", &odd), str(a, "info_hash", &odd)
	if m.Method == krpc.GetPeers || m.Method == krpc.AnnouncePeer ||
		len(target) != 20 && m.Method != krpc.FindNode {
		target = hash
	}
	if len(target) == 20 {
		m.Target, m.HasTarget = krpc.IDFromBytes(target), true
	}
	want, isList := a["want"].([]any)
	if _, has := a["want"]; has && !isList {
		odd = true
	}
	m.WantV4, m.WantV6 = slices.Contains(want, any("n4")), slices.Contains(want, any("n6"))
	return expectID(a, m, odd, krpc.NoSender, krpc.BadArgument)
}

func expectResponse(top map[string]any, m *krpc.Message, odd bool) krpc.Fault {
	r, hasR := top["r"].(map[string]any)
	if !hasR {
		return krpc.NoResults
	}
	m.Token = str(r, "token", &odd)
	m.Nodes, m.Nodes6 = str(r, "nodes", &odd), str(r, "nodes6", &odd)
	_, m.HasToken = r["token"]
	values, isList := r["values"].([]any)
	if _, has := r["values"]; has && !isList {
		odd = true
	}
	m.NumValues = len(values)
	return expectID(r, m, odd, krpc.NoResponder, krpc.BadResult)
}

func expectID(body map[string]any, m *krpc.Message, odd bool, none, wrong krpc.Fault) krpc.Fault {
	id, _ := body["id"].(string)
	if len(id) != 20 {
		return none
	}
	m.ID, m.HasID = krpc.IDFromBytes([]byte(id)), true
	if odd {
		return wrong
	}
	return krpc.OK
}

func octets(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func str(dict map[string]any, key string, odd *bool) []byte {
	s, ok := dict[key].(string)
	if _, has := dict[key]; has && !ok {
		*odd = true
	}
	return octets(s)
}

func num(dict map[string]any, key string, odd *bool) int64 {
	n, ok := dict[key].(int64)
	if _, has := dict[key]; has && !ok {
		*odd = true
	}
	return n
}

// countPeers compares what the iterator finds with the list in the map.
func countPeers(t require.TestingT, top map[string]any, m *krpc.Message) {
	var values []any
	if r, ok := top["r"].(map[string]any); ok && m.Kind == krpc.Response {
		values, _ = r["values"].([]any)
	}
	it := krpc.Peers(m.Values)
	skipped := 0
	for _, v := range values {
		s, _ := v.(string)
		if len(s) != 6 && len(s) != 18 {
			skipped++
			continue
		}
		a, ok := it.Next()
		require.True(t, ok)
		require.Equal(t, s[len(s)-2:], string([]byte{byte(a.Port() >> 8), byte(a.Port())}))
		require.True(t, a.Is4() || s == string(krpc.AppendPeer(nil, a)))
	}
	_, ok := it.Next()
	require.False(t, ok)
	require.Equal(t, skipped, it.Skipped())
}

// shape lists the keys that the Writer can write.
var shape = map[krpc.Method]string{
	krpc.Ping: "id", krpc.FindNode: "id target want", krpc.GetPeers: "id info_hash want",
	krpc.AnnouncePeer: "id implied_port info_hash port token",
}

func only(dict map[string]any, keys string) bool {
	for key := range maps.Keys(dict) {
		if !slices.Contains(strings.Fields(keys), key) {
			return false
		}
	}
	return true
}

// exact reports whether the compact form of an address is the one that Addr is written as.
func exact(compact []byte) bool {
	a, ok := krpc.ParsePeer(compact)
	return ok && a != (protocol.Addr{}) && string(krpc.AppendPeer(nil, a)) == string(compact)
}

// rewritable reports whether the Writer can write the packet. It is defined by the map rather than
// by the message, which does not show what it passed over.
func rewritable(top map[string]any, m *krpc.Message) bool {
	if v, has := top["v"]; has && v == "" {
		return false
	}
	if _, has := top["ip"]; has && !exact(m.IP) {
		return false
	}
	switch m.Kind {
	case krpc.Query:
		return only(top, "a q ro t v y") && rewritableQuery(top, m)
	case krpc.Response:
		r := top["r"].(map[string]any)
		for _, key := range []string{"nodes6", "token"} {
			if v, has := r[key]; has && v == "" {
				return false
			}
		}
		values, has := r["values"].([]any)
		for _, v := range values {
			if s, ok := v.(string); !ok || !exact([]byte(s)) {
				return false
			}
		}
		return only(top, "ip r t v y") && only(r, "id nodes nodes6 token values") &&
			(!has || len(values) > 0)
	}
	e := top["e"].([]any)
	return only(top, "e ip t v y") && len(e) == 2
}

func rewritableQuery(top map[string]any, m *krpc.Message) bool {
	a := top["a"].(map[string]any)
	if ro, has := top["ro"]; has && ro != int64(1) || m.Method == krpc.UnknownMethod {
		return false
	}
	if implied, has := a["implied_port"]; has && implied != int64(1) {
		return false
	}
	if want, has := a["want"].([]any); has {
		sorted := len(want) == 1 && m.WantV4 != m.WantV6 ||
			len(want) == 2 && want[0] == "n4" && want[1] == "n6"
		if !sorted {
			return false
		}
	}
	if m.Method != krpc.Ping && !m.HasTarget {
		return false
	}
	if m.Method == krpc.AnnouncePeer {
		return only(a, shape[m.Method]) && m.HasToken && m.HasPort &&
			m.Port == int64(uint16(m.Port))
	}
	return only(a, shape[m.Method])
}

// rewrite writes a message again.
func rewrite(m *krpc.Message) []byte {
	w := krpc.Writer{
		Version: string(m.Version), ReadOnly: m.ReadOnly, Want4: m.WantV4, Want6: m.WantV6,
	}
	to, _ := krpc.ParsePeer(m.IP)
	switch m.Kind {
	case krpc.Error:
		return w.Error(nil, m.T, int(m.Code), string(m.Text), to)
	case krpc.Response:
		r := krpc.Reply{
			T: m.T, ID: m.ID, To: to, Nodes: m.Nodes, Nodes6: m.Nodes6, Token: m.Token,
			HasNodes: m.Nodes != nil,
		}
		it := krpc.Peers(m.Values)
		for a, ok := it.Next(); ok; a, ok = it.Next() {
			r.Values = append(r.Values, a)
		}
		return w.Reply(nil, &r)
	}
	switch m.Method {
	case krpc.FindNode:
		return w.FindNode(nil, m.T, m.ID, m.Target)
	case krpc.GetPeers:
		return w.GetPeers(nil, m.T, m.ID, m.Target)
	case krpc.AnnouncePeer:
		return w.Announce(nil, m.T, m.ID, m.Target, uint16(m.Port), m.ImpliedPort, m.Token)
	}
	return w.Ping(nil, m.T, m.ID)
}

// TestRandomPackets draws packets of all kinds whose keys are mostly there and mostly right.
func TestRandomPackets(t *testing.T) {
	faults, quick := map[krpc.Fault]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			p, err := zeebo.EncodeBytes(drawPacket(t))
			require.NoError(t, err)
			faults[check(t, p)]++
			if krpc.Quick(p, new(krpc.Message)) {
				quick++
			}
		}
	})
	require.Greater(t, faults[krpc.OK], 200)
	require.Greater(t, quick, 50)
	require.Greater(t, len(faults), krpc.Faults/2)
}

// TestOneByteChanged compares the two ways to decode on the exact packets with every byte replaced
// by every other, and with every byte doubled.
func TestOneByteChanged(t *testing.T) {
	quick := 0
	for _, c := range packets() {
		for i := range c.bytes {
			for b := range 256 {
				p := []byte(c.bytes)
				p[i] = byte(b)
				var m krpc.Message
				krpc.Decode(p, &m)
				compareWays(t, p, &m)
				if krpc.Quick(p, &m) {
					quick++
				}
			}
			p := []byte(c.bytes[:i+1] + c.bytes[i:])
			var m krpc.Message
			krpc.Decode(p, &m)
			compareWays(t, p, &m)
		}
	}
	require.Greater(t, quick, 1000)
}

func drawPacket(t *rapid.T) map[string]any {
	id := func() any { return rapid.SampledFrom([]string{textA, textB, textC}).Draw(t, "id") }
	n := func() any { return rapid.SampledFrom([]int64{0, 1, 6881, -1, 65536}).Draw(t, "n") }
	peer := func() any { return string(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "peer")) }
	pick := func(from ...any) any { return rapid.SampledFrom(from).Draw(t, "pick") }
	dict := func(spec map[string]any) map[string]any {
		out := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(spec)) {
			switch rapid.IntRange(0, 19).Draw(t, key) {
			case 0:
			case 1:
				out[key] = pick(int64(7), "x", []any{"x", int64(1)}, map[string]any{"k": "v"})
			default:
				out[key] = spec[key]
			}
		}
		return out
	}
	top := map[string]any{"t": "aa", "v": "SM00"}
	switch top["y"] = pick("q", "q", "r", "r", "e", "x"); top["y"] {
	case "q":
		method := pick("ping", "find_node", "get_peers", "announce_peer", "get")
		top["q"], top["ro"] = method, pick(int64(0), int64(1))
		args := map[string]any{"id": id()}
		switch method {
		case "find_node", "get":
			args["target"], args["want"] = id(), pick([]any{"n4"}, []any{"n4", "n6"}, []any{"n5"})
		case "get_peers", "announce_peer":
			args["info_hash"] = id()
		}
		if method == "announce_peer" {
			args["port"], args["implied_port"], args["token"] = n(), n(), "token"
		}
		top["a"] = dict(args)
	case "r":
		top["ip"] = peer()
		top["r"] = dict(map[string]any{
			"id": id(), "nodes": "some", "nodes6": "more", "token": "token",
			"values": []any{peer(), peer()},
		})
	case "e":
		top["e"] = []any{n(), "text"}
	}
	return dict(top)
}
