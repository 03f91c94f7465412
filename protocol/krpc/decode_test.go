package krpc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// faulty are packets that are no usable messages. $ stands for an id of 20 bytes with its length.
var faulty = []struct {
	in   string
	want krpc.Fault
}{
	{"", krpc.Short},
	{"d1:t2:aa1:y1:qe", krpc.Short},
	{"d1:rd2:id6:abcdefe1:t2:aa1:y1:r", krpc.NoDict},
	{"l1:rd2:id6:abcdefe1:t2:aa1:y1:re", krpc.NoDict},
	{"\x00d1:rd2:id$e1:t2:aa1:y1:re", krpc.NoDict},
	{"d1:rd2:id$e1:t2:aa1:y1:re\n", krpc.NoDict},
	{"d1:rd2:id$e1:t2:aa1:y1:ree", krpc.BadBencode},
	{"d1:rd2:id21:abcdefghij0123456789e1:t2:aa1:y1:re", krpc.BadBencode},
	{"d1:rd2:id$2:id$e1:t2:aa1:y1:re", krpc.BadBencode},
	{"d1:rd2:id$e1:t2:aa1:y1:r1:t0:e", krpc.BadBencode},
	{"d1:rd2:id$e1:t2:aa1:x" + strings.Repeat("l", 10) + strings.Repeat("e", 10) + "1:y1:re",
		krpc.BadBencode},
	{"d1:rd2:id$e1:t2:aa1:xl" + strings.Repeat("le", 500) + "e1:y1:re", krpc.BadBencode},
	{"d1:rd2:id$e1:t2:aae", krpc.NoKind},
	{"d1:rd2:id$e1:t2:aa1:y2:rre", krpc.NoKind},
	{"d1:rd2:id$e1:t2:aa1:y0:e", krpc.NoKind},
	{"d1:rd2:id$e1:t2:aa1:yi1ee", krpc.NoKind},
	{"d1:rd2:id$e1:t2:aa1:y1:Re", krpc.UnknownKind},
	{"d1:rd2:id$e1:t2:aa1:y1:\x00e", krpc.NoKind},
	{"d1:rd2:id$e1:y1:re", krpc.NoTransaction},
	{"d1:rd2:id$e1:ti7e1:y1:re", krpc.NoTransaction},
	{"d1:ad2:id$e1:q4:ping1:y1:qe", krpc.NoTransaction},

	{"d1:ad2:id$e1:t2:aa1:y1:qe", krpc.NoMethod},
	{"d1:ad2:id$e1:qi1e1:t2:aa1:y1:qe", krpc.NoMethod},
	{"d1:q4:ping1:t2:aa1:y1:qe", krpc.NoArguments},
	{"d1:ale1:q4:ping1:t2:aa1:y1:qe", krpc.NoArguments},
	{"d1:q4:ping1:rd2:id$e1:t2:aa1:y1:qe", krpc.NoArguments},
	{"d1:ade1:q4:ping1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ad2:id21:abcdefghij01234567890e1:q4:ping1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ad2:idi7ee1:q4:ping1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ad2:id0:e1:q5:dance1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ade1:q4:ping1:rd2:id$e1:t2:aa1:y1:qe", krpc.NoSender},
	{"d1:ad2:id$6:targeti7ee1:q9:find_node1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$9:info_hashlee1:q9:get_peers1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$4:port4:6881e1:q13:announce_peer1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$12:implied_port1:1e1:q13:announce_peer1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d2:ad2:id$12:implied_port1:1e1:q13:announce_peer1:t2:aa1:y1:qe", krpc.BadBencode},
	{"d1:ad12:implied_port1:12:id$e1:q13:announce_peer1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$5:tokeni0ee1:q13:announce_peer1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$4:want2:n4e1:q9:find_node1:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$e1:q4:ping2:ro1:11:t2:aa1:y1:qe", krpc.BadArgument},
	{"d1:ad2:id$e1:q4:ping1:t2:aa1:vi1e1:y1:qe", krpc.BadArgument},

	{"d1:t2:aa1:v4:SM001:y1:re", krpc.NoResults},
	{"d1:rle1:t2:aa1:v4:SM001:y1:re", krpc.NoResults},
	{"d1:ad2:id$e1:t2:aa1:y1:re", krpc.NoResults},
	{"d1:rde1:t2:aa1:v4:SM001:y1:re", krpc.NoResponder},
	{"d1:rd2:id4:abcde1:t2:aa1:y1:re", krpc.NoResponder},
	{"d1:ad2:id$e1:rde1:t2:aa1:y1:re", krpc.NoResponder},
	{"d1:rd2:id$5:nodeslee1:t2:aa1:y1:re", krpc.BadResult},
	{"d1:rd2:id$6:nodes6i0ee1:t2:aa1:y1:re", krpc.BadResult},
	{"d1:rd2:id$5:tokenlee1:t2:aa1:y1:re", krpc.BadResult},
	{"d1:rd2:id$6:values6:abcdefe1:t2:aa1:y1:re", krpc.BadResult},
	{"d2:iple1:rd2:id$e1:t2:aa1:y1:re", krpc.BadResult},
	{"d1:t2:aa1:v4:SM001:y1:ee", krpc.BadError},
	{"d1:e8:mistake!1:t2:aa1:y1:ee", krpc.BadError},
	{"d1:ele1:t2:aa1:v4:SM001:y1:ee", krpc.BadError},
	{"d1:eli201ee1:t2:aa1:y1:ee", krpc.BadError},
	{"d1:el3:2014:texte1:t2:aa1:y1:ee", krpc.BadError},
	{"d1:eli201ei5ee1:t2:aa1:y1:ee", krpc.BadError},
}

func TestFaultyPackets(t *testing.T) {
	seen := map[krpc.Fault]bool{krpc.OK: true}
	for _, c := range faulty {
		in := strings.ReplaceAll(c.in, "$", "20:"+textA)
		var m krpc.Message
		f := krpc.Decode([]byte(in), &m)
		require.Equal(t, c.want, f, "%q: %v, want %v", in, f, c.want)
		seen[f] = true
		switch {
		case f.Answerable():
			require.False(t, f.Matchable())
			require.Equal(t, krpc.Query, m.Kind)
			require.Equal(t, "aa", string(m.T))
		case f.Matchable():
			require.Contains(t, []krpc.Kind{krpc.Response, krpc.Error}, m.Kind)
			require.Equal(t, "aa", string(m.T))
		}
	}
	require.Len(t, seen, krpc.Faults, "a fault without a test")
}

func TestFaultNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range krpc.Faults {
		name := krpc.Fault(f).String()
		require.Regexp(t, "^[a-z_]+$", name)
		require.False(t, seen[name], name)
		seen[name] = true
	}
	require.Equal(t, "unknown_fault", krpc.Fault(krpc.Faults).String())
	require.Equal(t, "response", krpc.Response.String())
	require.Equal(t, "announce_peer", krpc.AnnouncePeer.String())
	require.Equal(t, "unknown_method", krpc.UnknownMethod.String())
	require.Equal(t, "no_method", krpc.Method(0).String())
	require.Equal(t, "no_kind", krpc.Kind(0).String())
}

// TestPrefixesAndDeletions damages every exact packet: no prefix is a message, and what remains one
// after a byte was deleted is not mistaken for canonical unless it is.
func TestPrefixesAndDeletions(t *testing.T) {
	survivors := 0
	for _, c := range packets() {
		for i := range c.bytes {
			var m krpc.Message
			require.NotEqual(t, krpc.OK, krpc.Decode([]byte(c.bytes[:i]), &m), c.bytes[:i])
			cut := []byte(c.bytes[:i] + c.bytes[i+1:])
			if check(t, cut) == krpc.OK {
				survivors++
			}
		}
	}
	require.Positive(t, survivors)
}

// TestStrayBody reads packets with both a and r, in either order: only the one that belongs to the
// kind counts, also for faults.
func TestStrayBody(t *testing.T) {
	const a = "1:ad2:id20:" + textA + "6:target20:" + textB + "5:token1:ae"
	const r = "1:rd2:id20:" + textC + "5:nodes3:abc5:token1:re"
	const odd = "1:rd2:id20:" + textC + "5:nodesi3ee"
	for _, in := range []string{
		"d" + a + "1:q9:find_node" + r + "1:t2:aa1:y1:qe",
		"d" + r + a + "1:q9:find_node1:t2:aa1:y1:qe",
		"d" + odd + a + "1:q9:find_node1:t2:aa1:y1:qe",
	} {
		var m krpc.Message
		require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m))
		require.Equal(t, krpc.Message{
			Kind: krpc.Query, Method: krpc.FindNode, T: aa, ID: idA, HasID: true, Target: idB,
			HasTarget: true, Token: []byte("a"), HasToken: true,
			NonCanonical: in[1:4] != "1:a",
		}, m)
	}
	for _, in := range []string{
		"d" + a + "1:q9:find_node" + r + "1:t2:aa1:y1:re",
		"d" + r + a + "1:q9:find_node1:t2:aa1:y1:re",
	} {
		var m krpc.Message
		require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m))
		m.NonCanonical = false
		require.Equal(t, krpc.Message{
			Kind: krpc.Response, T: aa, ID: idC, HasID: true, Nodes: []byte("abc"),
			Token: []byte("r"), HasToken: true,
		}, m)
	}
	var m krpc.Message
	in := "d" + a + "1:eli201e2:noe" + "1:t2:aa1:y1:ee"
	require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m))
	require.Equal(t, krpc.Message{Kind: krpc.Error, T: aa, Code: 201, Text: []byte("no")}, m)
}

func TestTolerated(t *testing.T) {
	id := "2:id20:" + textA
	for _, in := range []string{
		"d1:y1:q1:t2:aa1:q4:ping1:ad" + id + "ee",
		"d1:ad" + id + "e1:q04:ping1:t2:aa1:y1:qe",
		"d1:ad" + id + "4:porti06881ee1:q4:ping1:t2:aa1:y1:qe",
		"d1:ad" + id + "e1:q4:ping2:roi-0e1:t2:aa1:y1:qe",
	} {
		var m krpc.Message
		require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m), in)
		require.True(t, m.NonCanonical, in)
		require.Equal(t, krpc.Ping, m.Method)
		require.Equal(t, idA, m.ID)
	}
	for _, tx := range []string{"", "a", strings.Repeat("long", 100)} {
		var m krpc.Message
		p := ours.Ping(nil, []byte(tx), idA)
		require.Equal(t, krpc.OK, krpc.Decode(p, &m))
		require.Equal(t, tx, string(m.T))
		require.False(t, m.NonCanonical)
	}
}

// TestTargetOfMethod: which of target and info_hash counts depends on the method.
func TestTargetOfMethod(t *testing.T) {
	const target, hash = "6:target20:" + textB, "9:info_hash20:" + textC
	none := krpc.ID{}
	for _, c := range []struct {
		method, args string
		want         krpc.ID
	}{
		{"9:find_node", target, idB}, {"9:find_node", hash, none},
		{"9:find_node", hash + target, idB},
		{"9:get_peers", target, none}, {"9:get_peers", hash, idC},
		{"9:get_peers", hash + target, idC}, {"13:announce_peer", hash + target, idC},
		{"3:get", target, idB}, {"3:new", hash, idC}, {"3:new", hash + target, idB},
		{"3:new", "6:target4:tiny" + hash, idC}, {"3:new", "", none},
	} {
		var m krpc.Message
		in := "d1:ad2:id20:" + textA + c.args + "e1:q" + c.method + "1:t2:aa1:y1:qe"
		require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m), in)
		require.Equal(t, c.want, m.Target, in)
		require.Equal(t, c.want != none, m.HasTarget, in)
	}
}
