package krpc_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"
	"pgregory.net/rapid"

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
	for _, b := range []*[]byte{
		&m.T, &m.Token, &m.Nodes, &m.Nodes6, &m.Text, &m.Version, &m.IP, &m.Sample.IDs,
		&m.Item.Key, &m.Item.Sig, &m.Item.Salt,
	} {
		if len(*b) == 0 {
			*b = nil
		}
	}
	return m
}

// TestRandomPackets draws packets of all kinds whose keys are mostly there and mostly right.
func TestRandomPackets(t *testing.T) {
	faults, quick := map[krpc.Fault]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 40 {
			p, err := zeebo.EncodeBytes(drawPacket(t))
			require.NoError(t, err)
			faults[check(t, p)]++
			if krpc.Quick(p, new(krpc.Message)) {
				quick++
			}
		}
	})
	if testing.Short() { // a fifth of the cases
		return
	}
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

// Parts of the right length, whatever they hold.
var (
	key32  = strings.Repeat("k", krpc.KeySize)
	sig64  = strings.Repeat("s", krpc.SigSize)
	filter = strings.Repeat("f", krpc.FilterSize)
)

func drawPacket(t *rapid.T) map[string]any {
	id := func() any { return rapid.SampledFrom([]string{textA, textB, textC}).Draw(t, "id") }
	n := func() any { return rapid.SampledFrom([]int64{0, 1, 6881, -1, 65536}).Draw(t, "n") }
	peer := func() any { return string(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "peer")) }
	pick := func(from ...any) any { return rapid.SampledFrom(from).Draw(t, "pick") }
	value := func() any {
		return pick("x", int64(-3), []any{"a", []any{}}, map[string]any{"ih": textA}, "")
	}
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
		method := pick("ping", "find_node", "get_peers", "announce_peer", "get", "put",
			"sample_infohashes", "vote")
		top["q"], top["ro"] = method, pick(int64(0), int64(1))
		args := map[string]any{"id": id()}
		switch method {
		case "find_node", "get", "sample_infohashes", "vote":
			args["target"], args["want"] = id(), pick([]any{"n4"}, []any{"n4", "n6"}, []any{"n5"})
		case "get_peers", "announce_peer":
			args["info_hash"] = id()
		}
		switch method {
		case "get_peers":
			args["noseed"], args["scrape"] = n(), n()
		case "announce_peer":
			args["port"], args["implied_port"], args["token"] = n(), n(), "token"
			args["seed"] = n()
		case "get":
			args["seq"] = n()
		case "put":
			args["token"], args["salt"], args["cas"] = "token", "salt", n()
			args["k"], args["seq"], args["sig"], args["v"] = key32, n(), sig64, value()
		}
		top["a"] = dict(args)
	case "r":
		top["ip"] = peer()
		r := map[string]any{
			"id": id(), "nodes": "some", "nodes6": "more", "token": "token",
			"values": []any{peer(), peer()},
		}
		switch pick("get_peers", "scrape", "get", "sample") {
		case "scrape":
			r["BFsd"], r["BFpe"] = pick(filter, filter[1:]), pick(filter, "")
		case "get":
			r["k"], r["seq"], r["sig"], r["v"] = key32, n(), sig64, value()
		case "sample":
			r["interval"], r["num"], r["samples"] = n(), n(), pick("", textA+textB, "odd")
		}
		top["r"] = dict(r)
	case "e":
		top["e"] = []any{n(), "text"}
	}
	return dict(top)
}
