package dht

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// driven is one running node that is called by hand.
type driven struct {
	*Group
	book *Book
	out  protocol.Outbox
	turn protocol.Turn
	done []Result

	ballot []byte // for votes
}

var ownID = krpc.ID{Hi: 0x0123456789abcdef, Mid: 0x0123456789abcdef, Lo: 0x01234567}

// newDriven returns a node that knows the contacts and is running.
func newDriven(t require.TestingT, cfg Config, known ...Contact) *driven {
	d := &driven{book: NewBook()}
	rand := protocol.NewRand(7, 7, 7)
	d.turn = protocol.Turn{Rand: &rand, Out: &d.out}
	env := Env{Directory: d.book, Observer: d,
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }}
	g, err := New(cfg, env, 1)
	require.NoError(t, err)
	d.Group = g
	g.Assign(0, ownID)
	for _, c := range known {
		g.Fill(0, c, 0)
	}
	g.Start(0, &d.turn)
	d.out.Reset()
	return d
}

func (d *driven) Done(_ uint32, _ *protocol.Turn, r *Result) {
	d.done = append(d.done, r.Clone())
}

// gets brings the node a datagram; what it sends stays in out until the next call.
func (d *driven) gets(from protocol.Addr, p []byte) {
	d.out.Reset()
	d.Datagram(0, &d.turn, from, p)
}

// sent is a decoded datagram of the node.
type sent struct {
	to    protocol.Addr
	bytes []byte
	m     krpc.Message
}

// sends decodes what the node sent in its latest turn.
func (d *driven) sends(t require.TestingT) []sent {
	all := make([]sent, d.out.Sends())
	for n := range all {
		s := &all[n]
		to, p := d.out.Send(n)
		s.to, s.bytes = to, append([]byte{}, p...)
		require.Equal(t, krpc.OK, krpc.Decode(s.bytes, &s.m), "%q", s.bytes)
	}
	return all
}

// answer returns the one response or error of the latest turn, or nil; queries are passed over.
func (d *driven) answer(t require.TestingT) *sent {
	var found *sent
	for _, s := range d.sends(t) {
		if s.m.Kind != krpc.Query {
			require.Nil(t, found, "two answers")
			found = &s
		}
	}
	return found
}

// counted runs f and returns what it changed in the counters.
func (d *driven) counted(f func()) map[Reason]uint64 {
	before := d.Counters()
	f()
	diff := map[Reason]uint64{}
	after := d.Counters()
	after.Each(func(r Reason, n uint64) {
		if n != before[r] {
			diff[r] = n - before[r]
		}
	})
	return diff
}

func quiet() Config {
	c := Default()
	c.Refresh, c.VerifySenders = 0, false
	return c
}

// somebody returns the n-th of many contacts with random ids, all on hosts of their own.
func somebody(n int) Contact {
	r := protocol.NewRand(99, 0, uint64(n))
	return Contact{krpc.RandomID(&r), protocol.Addr4(0x0b000000+uint32(n), 6881)}
}

func somebody6(n int) Contact {
	c, ip := somebody(n), [16]byte{0: 0x20, 1: 1, 13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)}
	c.Addr = protocol.Addr6(ip[:], 6881)
	return c
}

func crowd(n int, one func(int) Contact) []Contact {
	all := make([]Contact, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}

const (
	id1 = "abcdefghij0123456789"
	id2 = "mnopqrstuvwxyz123456"
)

// rule is one packet and what comes of it, by one of the twelve steps that a node takes with what
// it receives (the protocol sheet's section 5; TestEveryStep lists them).
type rule struct {
	step   int
	name   string
	from   protocol.Addr
	packet string
	want   Reason
	code   int64 // of the error that is answered; -1: a response; 0: nothing
}

func rules() []rule {
	host := protocol.Addr4(0x0a000001, 6881)
	ip6 := func(b ...byte) protocol.Addr {
		var ip [16]byte
		copy(ip[:], b)
		return protocol.Addr6(ip[:], 6881)
	}
	const ping = "d1:ad2:id20:" + id1 + "e1:q4:ping1:t2:aa1:y1:qe"
	self := string(ownID.Append(nil))
	return []rule{
		{4, "ping", host, ping, Answered, -1},
		{1, "empty", host, "", Junk, 0},
		{1, "short", host, "d1:t1:a1:y1:q1:q0:e", Junk, 0},
		{1, "no dictionary", host, "l" + ping[1:], Junk, 0},
		{1, "cut", host, ping[:len(ping)-1], Junk, 0},
		{4, "tail", host, ping + "e", Junk, 0},
		{4, "no y", host, "d1:ad2:id20:" + id1 + "e1:q4:ping1:t2:aae", Junk, 0},
		{4, "long y", host, "d1:ad2:id20:" + id1 + "e1:q4:ping1:t2:aa1:y2:qqe", Junk, 0},
		{4, "unknown y", host, "d1:ad2:id20:" + id1 + "e1:q4:ping1:t2:aa1:y1:xe", Junk, 0},
		{4, "no t", host, "d1:ad2:id20:" + id1 + "e1:q4:ping1:y1:qe", Junk, 0},
		{2, "port 0", host.WithPort(0), ping, BadSource, 0},
		{2, "source 0.0.0.0", protocol.Addr4(0, 1), ping, BadSource, 0},
		{2, "source 0.1.2.3", protocol.Addr4(0x00010203, 1), ping, BadSource, 0},
		{2, "multicast", protocol.Addr4(0xe0000001, 1), ping, BadSource, 0},
		{2, "broadcast", protocol.Addr4(0xffffffff, 1), ping, BadSource, 0},
		{2, "no address", protocol.Addr{}, ping, BadSource, 0},
		{2, "v6 unspecified", ip6(), ping, BadSource, 0},
		{2, "v6 multicast", ip6(0xff, 2), ping, BadSource, 0},
		{2, "v6", ip6(0x20, 1), ping, Answered, -1},
		{2, "loopback, for laboratories", protocol.Addr4(0x7f000001, 1), ping, Answered, -1},
		{2, "bad source before junk", host.WithPort(0), "junk", BadSource, 0},
		{9, "no q", host, "d1:ad2:id20:" + id1 + "e1:t2:aa1:y1:qe", Refused, 203},
		{9, "no a", host, "d1:q4:ping1:t2:aa1:y1:qe", Refused, 203},
		{9, "no id", host, "d1:ade1:q4:ping1:t2:aa1:y1:qe", Refused, 203},
		{9, "short id", host, "d1:ad2:id19:" + id1[1:] + "e1:q4:ping1:t2:aa1:y1:qe", Refused, 203},
		{9, "no target", host, "d1:ad2:id20:" + id1 + "e1:q9:find_node1:t2:aa1:y1:qe",
			Refused, 203},
		{9, "find_node of an infohash", host, "d1:ad2:id20:" + id1 + "9:info_hash20:" + id2 +
			"e1:q9:find_node1:t2:aa1:y1:qe", Refused, 203},
		{9, "no info_hash", host, "d1:ad2:id20:" + id1 + "e1:q9:get_peers1:t2:aa1:y1:qe",
			Refused, 203},
		{9, "short target", host, "d1:ad2:id20:" + id1 +
			"6:target3:abce1:q9:find_node1:t2:aa1:y1:qe", Refused, 203},
		{11, "unknown method", host, "d1:ad2:id20:" + id1 + "e1:q4:vote1:t2:aa1:y1:qe",
			UnknownMethod, 204},
		{10, "unknown method about a target", host, "d1:ad2:id20:" + id1 + "6:target20:" + id2 +
			"e1:q4:vote1:t2:aa1:y1:qe", Answered, -1},
		{10, "unknown method about an infohash", host, "d1:ad2:id20:" + id1 + "9:info_hash20:" +
			id2 + "e1:q4:vote1:t2:aa1:y1:qe", Answered, -1},
		{9, "put of nothing", host, "d1:ad2:id20:" + id1 + "e1:q3:put1:t2:aa1:y1:qe",
			BadArgument, 203},
		{9, "get without target", host, "d1:ad2:id20:" + id1 + "e1:q3:get1:t2:aa1:y1:qe",
			Refused, 203},
		{10, "get", host, "d1:ad2:id20:" + id1 + "6:target20:" + id2 + "e1:q3:get1:t2:aa1:y1:qe",
			Answered, -1},
		{10, "sample_infohashes", host, "d1:ad2:id20:" + id1 + "6:target20:" + id2 +
			"e1:q17:sample_infohashes1:t2:aa1:y1:qe", Answered, -1},
		{9, "sample_infohashes without target", host, "d1:ad2:id20:" + id1 +
			"e1:q17:sample_infohashes1:t2:aa1:y1:qe", Refused, 203},
		{12, "own id", host, "d1:ad2:id20:" + self + "e1:q4:ping1:t2:aa1:y1:qe", OwnID, 0},
		{5, "response to nothing", host, "d1:rd2:id20:" + id1 + "e1:t2:aa1:y1:re", Unmatched, 0},
		{5, "response without id", host, "d1:rde1:t2:aa1:y1:re", Unmatched, 0},
		{4, "response without t", host, "d1:rd2:id20:" + id1 + "e1:y1:re", Junk, 0},
		{5, "error to nothing", host, "d1:eli201e1:xe1:t2:aa1:y1:ee", Unmatched, 0},
		{5, "broken error", host, "d1:eli201ee1:t2:aa1:y1:ee", Unmatched, 0},
	}
}

// TestReceivingRules goes through the order of checks, one packet each: what is sent back, and
// what is counted. Nothing but a query is ever answered.
func TestReceivingRules(t *testing.T) {
	for _, c := range rules() {
		t.Run(fmt.Sprintf("%d %s", c.step, c.name), func(t *testing.T) {
			d := newDriven(t, quiet(), crowd(30, somebody)...)
			diff := d.counted(func() { d.gets(c.from, []byte(c.packet)) })
			require.Equal(t, uint64(1), diff[c.want], "%v", diff)
			a := d.answer(t)
			if c.code == 0 {
				require.Zero(t, d.out.Sends())
				return
			}
			require.NotNil(t, a)
			require.Equal(t, c.from, a.to)
			require.Equal(t, "aa", string(a.m.T))
			if seen, ok := krpc.ParsePeer(a.m.IP); true {
				require.True(t, ok)
				require.Equal(t, c.from, seen, "ip is the asker's address (BEP 42)")
			}
			if c.code > 0 {
				require.Equal(t, krpc.Error, a.m.Kind)
				require.Equal(t, c.code, a.m.Code)
				return
			}
			require.Equal(t, krpc.Response, a.m.Kind)
			require.Equal(t, ownID, a.m.ID)
		})
	}
}

// TestTransactionIDs echoes whatever the asker chose, up to a bound.
func TestTransactionIDs(t *testing.T) {
	d := newDriven(t, quiet())
	host := protocol.Addr4(0x0a000001, 6881)
	for n := range 140 {
		tid := make([]byte, n)
		for i := range tid {
			tid[i] = byte(255 - i)
		}
		d.gets(host, krpc.Writer{}.Ping(nil, tid, krpc.ID{Hi: 5}))
		a := d.answer(t)
		if n > maxTID {
			require.Nil(t, a)
			continue
		}
		require.NotNil(t, a)
		require.Equal(t, tid, append([]byte{}, a.m.T...))
	}
	require.Equal(t, uint64(140-maxTID-1), d.Counters()[Junk])
}

// TestReplySizes asks the largest questions: no reply exceeds what a node may send (BEP 32), and
// the part that is left out is the peers. It prints how much a forger of addresses would gain.
func TestReplySizes(t *testing.T) {
	cfg := quiet()
	cfg.K, cfg.Buckets, cfg.ReplyContacts = 20, []int{20}, maxReplyContacts
	hash := krpc.ID{Hi: 0xabcdef << 40}
	greatest, gain := 0, 0
	for _, family := range []func(int) Contact{somebody, somebody6} {
		d := newDriven(t, cfg, crowd(300, family)...)
		for n := range 60 {
			asker := family(1000 + n).Addr
			token := d.token(0, asker, 0)
			d.gets(asker, krpc.Writer{}.Announce(nil, []byte("x"), krpc.ID{Hi: 7}, hash, 1, true,
				token[:]))
			require.Equal(t, krpc.Response, d.answer(t).m.Kind)
		}
		asker := family(2000).Addr
		for _, size := range []int{0, 1, 2, 20, 127, 128} {
			tid := make([]byte, size)
			for _, q := range [][]byte{
				krpc.Writer{}.Ping(nil, tid, krpc.ID{Hi: 7}),
				krpc.Writer{}.FindNode(nil, tid, krpc.ID{Hi: 7}, hash),
				krpc.Writer{}.GetPeers(nil, tid, krpc.ID{Hi: 7}, hash),
				krpc.Writer{}.Announce(nil, tid, krpc.ID{Hi: 7}, hash, 1, true, []byte("bad")),
				[]byte("d1:q0:1:t0:1:y1:qe "), []byte("d1:q1:x1:t1:a1:y1:qe"),
			} {
				d.gets(asker, q)
				bytes := 0
				for _, s := range d.sends(t) {
					require.LessOrEqual(t, len(s.bytes), maxPacket)
					bytes += len(s.bytes)
				}
				greatest, gain = max(greatest, bytes), max(gain, 100*bytes/len(q))
			}
		}
		d.gets(asker, krpc.Writer{}.GetPeers(nil, []byte("aa"), krpc.ID{Hi: 7}, hash))
		a := d.answer(t)
		require.Positive(t, a.m.NumValues)
		require.GreaterOrEqual(t, len(a.bytes), maxPacket-80, "the room is used")
		require.GreaterOrEqual(t, len(a.m.Nodes)+len(a.m.Nodes6), 17*krpc.NodeSize4)
	}
	t.Logf("largest reply %d bytes; gain %d.%02d", greatest, gain/100, gain%100)
	require.Less(t, gain, 1200)

	d := newDriven(t, quiet(), crowd(300, somebody)...)
	q := krpc.Writer{}.FindNode(nil, []byte("aa"), krpc.ID{Hi: 7}, hash)
	d.gets(somebody(2000).Addr, q)
	require.Equal(t, 8*krpc.NodeSize4, len(d.answer(t).m.Nodes))
	t.Logf("find_node of BEP 5: %d bytes for %d", len(d.answer(t).bytes), len(q))
	require.Less(t, 10*len(d.answer(t).bytes)/len(q), 38, "BEP 5's find_node; Rossow found 3.8")
}

// TestFamilies fills a table with contacts of both families: each asker hears of its own.
func TestFamilies(t *testing.T) {
	d := newDriven(t, quiet(), append(crowd(40, somebody), crowd(40, somebody6)[20:]...)...)
	heard := 0
	for n := range 200 {
		q := krpc.Writer{}.FindNode(nil, []byte("aa"), krpc.ID{Hi: 7}, somebody(n).ID)
		d.gets(somebody(5000).Addr, q)
		four := d.answer(t).m
		require.Zero(t, len(four.Nodes)%krpc.NodeSize4)
		require.Empty(t, four.Nodes6)
		for it := krpc.Nodes4(four.Nodes); it.Len() > 0; heard++ {
			_, a, _ := it.Next()
			require.Equal(t, uint32(0x0b), a.IP4()>>24)
		}
		d.gets(somebody6(5000).Addr, q)
		six := d.answer(t).m
		require.Empty(t, six.Nodes)
		for it := krpc.Nodes6(six.Nodes6); it.Len() > 0; heard++ {
			_, a, _ := it.Next()
			require.False(t, a.Is4())
		}
	}
	require.Greater(t, heard, 1000)
}

// TestVerifyingAmplifies bounds what one query makes the node send: the reply, and one ping.
func TestVerifyingAmplifies(t *testing.T) {
	cfg := Default()
	cfg.Refresh = 0
	d := newDriven(t, cfg)
	for n := range 1000 {
		c := somebody(n)
		d.gets(c.Addr, krpc.Writer{}.Ping(nil, []byte("aa"), c.ID))
		require.LessOrEqual(t, d.out.Sends(), 2)
	}
	require.LessOrEqual(t, d.pending.inUse(), verifyingMax, "pings to strangers have a bound")
	d.turn.Now = d.turn.Now.Add(cfg.QueryTimeout)
	d.out.Reset()
	d.Wake(0, &d.turn)
	require.Zero(t, d.pending.inUse())
	require.Zero(t, d.out.Sends())
}

// TestClock lets a node run for longer than the 194 days after which its seconds wrap.
func TestClock(t *testing.T) {
	cfg := Default()
	const day = 24 * time.Hour
	contact := somebody(1)
	d := newDriven(t, cfg)
	d.turn.Now = d.turn.Now.Add(194 * day)
	d.Fill(0, contact, d.turn.Now)
	d.RefreshAt(0, 0, d.turn.Now.Add(cfg.Refresh))
	end := d.turn.Now.Add(2 * day)
	wakes, asked := 0, 0
	for at := d.turn.Now.Add(cfg.Refresh); at < end; wakes++ {
		require.Less(t, wakes, 10000, "the node asks to be woken without end")
		d.turn.Now = at
		d.out.Reset()
		d.Wake(0, &d.turn)
		for _, s := range d.sends(t) {
			asked++
			d.gets(s.to, krpc.Writer{}.Reply(nil, &krpc.Reply{T: s.m.T, ID: contact.ID}))
		}
		at, _ = d.out.Deadline()
	}
	require.InDelta(t, 2*24*4, asked, 4, "a refresh each quarter of an hour")
}
