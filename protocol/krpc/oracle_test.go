package krpc_test

import (
	"slices"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol/krpc"
)

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
	for _, method := range []krpc.Method{1, 2, 3, 4, 5, 6, 7} {
		if method.String() == q {
			m.Method = method
		}
	}
	m.Token = str(a, "token", &odd)
	m.Port, m.ImpliedPort = num(a, "port", &odd), num(a, "implied_port", &odd) != 0
	for key, flag := range map[string]krpc.Flags{
		"seed": krpc.Seed, "noseed": krpc.NoSeed, "scrape": krpc.Scrape,
	} {
		if num(a, key, &odd) == 1 {
			m.Flags |= flag
		}
	}
	expectItem(a, &m.Item, &odd)
	m.Item.Salt, m.Item.Cas = str(a, "salt", &odd), num(a, "cas", &odd)
	_, m.Item.HasCas = a["cas"]
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
	if b := str(r, "BFsd", &odd); len(b) == 256 {
		m.SeedFilter = b
	}
	if b := str(r, "BFpe", &odd); len(b) == 256 {
		m.PeerFilter = b
	}
	m.Sample = krpc.Sample{
		Interval: num(r, "interval", &odd), Num: num(r, "num", &odd), IDs: str(r, "samples", &odd),
	}
	expectItem(r, &m.Item, &odd)
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

// expectItem fills it with what both directions have. The value is encoded again: in a canonical
// packet that gives the same bytes.
func expectItem(body map[string]any, it *krpc.Item, odd *bool) {
	it.Key, it.Sig, it.Seq = str(body, "k", odd), str(body, "sig", odd), num(body, "seq", odd)
	_, it.HasSeq = body["seq"]
	if v, has := body["v"]; has {
		var err error
		if it.V, err = zeebo.EncodeBytes(v); err != nil {
			panic(err)
		}
	}
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
