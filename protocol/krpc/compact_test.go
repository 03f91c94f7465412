package krpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

func addr6(last byte, port uint16) protocol.Addr {
	return protocol.Addr6([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}, port)
}

func TestNodesRoundTrip(t *testing.T) {
	r := protocol.NewRand(3, 0, 0)
	for n := range 10 {
		var p4, p6 []byte
		var ids []krpc.ID
		for i := range n {
			ids = append(ids, krpc.RandomID(&r))
			p4 = krpc.AppendNode(p4, ids[i], protocol.Addr4(uint32(i), uint16(i)))
			p6 = krpc.AppendNode(p6, ids[i], addr6(byte(i), uint16(i)))
		}
		require.Len(t, p4, n*krpc.NodeSize4)
		require.Len(t, p6, n*krpc.NodeSize6)
		for tail := range krpc.NodeSize4 {
			four := krpc.Nodes4(append(p4, make([]byte, tail)...))
			six := krpc.Nodes6(append(p6, make([]byte, tail)...))
			require.Equal(t, n, four.Len())
			for i := range n {
				id, a, ok := four.Next()
				require.True(t, ok)
				require.Equal(t, ids[i], id)
				require.Equal(t, protocol.Addr4(uint32(i), uint16(i)), a)
				id, a, ok = six.Next()
				require.True(t, ok)
				require.Equal(t, ids[i], id)
				require.Equal(t, addr6(byte(i), uint16(i)), a)
			}
			for _, it := range []krpc.NodeIter{four, six} {
				_, _, ok := it.Next()
				require.False(t, ok)
				require.Equal(t, tail, it.Tail())
			}
		}
	}
	var none krpc.NodeIter
	_, _, ok := none.Next()
	require.False(t, ok)
	require.Zero(t, none.Len()+none.Tail())
}

func TestPeers(t *testing.T) {
	peers := []protocol.Addr{
		protocol.Addr4(0x61786a65, 11893), addr6(7, 6881), protocol.Addr4(0, 0),
	}
	p := ours.Reply(nil, &krpc.Reply{T: aa, ID: idA, Values: peers})
	var m krpc.Message
	require.Equal(t, krpc.OK, krpc.Decode(p, &m))
	require.Equal(t, 3, m.NumValues)
	it := krpc.Peers(m.Values)
	for _, want := range peers {
		got, ok := it.Next()
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok := it.Next()
	require.False(t, ok)
	require.Zero(t, it.Skipped())
}

// TestPeersSkipsTheRest gives the iterator values that are no addresses.
func TestPeersSkipsTheRest(t *testing.T) {
	const values = "i1e06:axje.u0:l6:abcdefed6:abcdefi1ee12:idhtnmidhtnm6:idhtnm7:abcdefg"
	in := "d1:rd2:id20:" + textA + "6:valuesl" + values + "ee1:t2:aa1:y1:re"
	var m krpc.Message
	require.Equal(t, krpc.OK, krpc.Decode([]byte(in), &m))
	require.Equal(t, values, string(m.Values))
	require.Equal(t, 8, m.NumValues)
	require.True(t, m.NonCanonical)
	it := krpc.Peers(m.Values)
	var got []string
	for a, ok := it.Next(); ok; a, ok = it.Next() {
		got = append(got, a.String())
	}
	require.Equal(t, []string{"97.120.106.101:11893", "105.100.104.116:28269"}, got)
	require.Equal(t, 6, it.Skipped())
	empty := krpc.Peers(nil)
	_, ok := empty.Next()
	require.False(t, ok)
}

// TestNoAllocations pins zero allocations for everything that happens per message.
func TestNoAllocations(t *testing.T) {
	dst := make([]byte, 0, 2048)
	values := []protocol.Addr{protocol.Addr4(1, 2), addr6(3, 4)}
	full := krpc.Reply{
		T: aa, ID: idA, To: addr6(5, 6), Nodes: eight(), Nodes6: eight(), Token: aa, Values: values,
	}
	w := krpc.Writer{Version: krpc.Version, ReadOnly: true, Want4: true, Want6: true}
	const stray = "1:xd1:bli1ee1:ade1:cd0:0:ee"
	unsorted := []byte("d1:y1:q1:t2:aa1:q4:ping" + stray + "1:ad2:id20:" + textA + "ee")
	r := protocol.NewRand(1, 1, 1)
	var m krpc.Message
	decode := func(p []byte) {
		if krpc.Decode(p, &m) != krpc.OK {
			panic("not decoded")
		}
	}
	sum := uint64(0)
	allocs := testing.AllocsPerRun(100, func() {
		decode(w.Ping(dst[:0], aa, idA))
		decode(w.FindNode(dst[:0], aa, idA, idB))
		decode(w.GetPeers(dst[:0], aa, idA, idB))
		decode(w.Announce(dst[:0], aa, idA, idB, 6881, true, aa))
		decode(w.Error(dst[:0], aa, krpc.ServerError, "no", full.To))
		decode(unsorted)
		decode(w.Reply(dst[:0], &full))
		four, six, peers := krpc.Nodes4(m.Nodes), krpc.Nodes6(m.Nodes6), krpc.Peers(m.Values)
		for id, a, ok := four.Next(); ok; id, a, ok = four.Next() {
			sum += id.Hi + a.Hash()
		}
		for id, a, ok := six.Next(); ok; id, a, ok = six.Next() {
			sum += id.Hi + a.Hash()
		}
		for a, ok := peers.Next(); ok; a, ok = peers.Next() {
			sum += a.Hash()
		}
		sum += idA.RandomInBucket(7, &r).Hi
	})
	require.Zero(t, allocs)
	require.NotZero(t, sum)
}

// TestNoAllocationsForRare is the same for the messages and facts of BEP 33, 42, 44, 46 and 51.
func TestNoAllocationsForRare(t *testing.T) {
	dst := make([]byte, 0, 4096)
	c := signed[1]
	it := krpc.Item{
		V: []byte(c.v), Key: unhex(t, c.key), Salt: []byte(c.salt), Sig: unhex(t, c.sig),
		Seq: c.seq, HasSeq: true, Cas: 1, HasCas: true,
	}
	sample := krpc.Sample{Interval: 1, Num: 2, IDs: []byte(textA)}
	var f krpc.Filter
	full := krpc.Reply{
		T: aa, ID: idA, Nodes: eight(), Token: aa, Item: &it, Sample: &sample,
		SeedFilter: &f, PeerFilter: &f,
	}
	w := krpc.Writer{Flags: krpc.NoSeed | krpc.Scrape | krpc.Seed}
	r := protocol.NewRand(1, 1, 1)
	four, six := full.To, addr6(5, 6)
	var m krpc.Message
	sum := 0
	decode := func(p []byte) {
		if krpc.Decode(p, &m) != krpc.OK {
			panic("not decoded")
		}
	}
	allocs := testing.AllocsPerRun(100, func() {
		decode(w.GetPeers(dst[:0], aa, idA, idB))
		decode(w.Announce(dst[:0], aa, idA, idB, 6881, false, aa))
		decode(w.Get(dst[:0], aa, idA, idB, 7))
		decode(w.SampleInfohashes(dst[:0], aa, idA, idB))
		decode(w.Reply(dst[:0], &full))
		decode(w.Put(dst[:0], aa, idA, aa, &it))
		if !m.Item.Verify() || !krpc.ValidID(krpc.SecureID(six, 7, &r), six) {
			panic("not valid")
		}
		f.Insert(four)
		f.Insert(six)
		f.Union(&f)
		pointer := krpc.AppendPointer(dst[:0], m.Item.Target())
		id, _ := krpc.ParsePointer(pointer)
		sum += int(f.Estimate()) + int(id.Lo&1) + int(krpc.ImmutableTarget(pointer).Lo&1)
	})
	require.Zero(t, allocs)
	require.NotZero(t, sum)
}
