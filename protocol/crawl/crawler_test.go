package crawl

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestTrace is a whole crawl. A is the address to start from, C is dead, and D is known only to B:
//
//	A 0111 --- B 1000 --- D 1100
//	   \------ C 0010 (dead)
func TestTrace(t *testing.T) {
	a, b, c, d := addr(1), addr(2), addr(3), addr(4)
	cfg := Default()
	cfg.Samples = true
	r := newRig(t, cfg, a)
	r.names = map[protocol.Addr]string{a: "A", b: "B", c: "C", d: "D"}
	toA, toB := told{topID(0x7000), a}, told{topID(0x8000), b}
	toC, toD := told{topID(0x2000), c}, told{topID(0xc000), d}
	r.hosts[a] = showing(toA.id, toB, toC)
	r.hosts[b] = showing(toB.id, toA, toD)
	find := showing(toD.id, toB)
	r.hosts[d] = func(at protocol.Time, q *krpc.Message) []string {
		if q.Method != krpc.SampleInfohashes {
			return find(at, q)
		}
		return []string{string(writer.Reply(nil, &krpc.Reply{T: q.T, ID: toD.id,
			Sample: &krpc.Sample{Interval: 60, Num: 5, IDs: topID(0xabcd).Append(nil)}}))}
	}
	r.run(time.Hour)
	trace := strings.TrimSpace(r.trace.String())
	require.Equal(t, strings.TrimSpace(wholeTrace), trace)

	require.Equal(t, Progress{Known: 4, Addresses: 4, Asked: 4, Answered: 3, Silent: 1, Done: 4,
		Sampled: 1, Sent: 11, Ended: Complete}, r.Progress())
	require.Equal(t, []Infohash{{topID(0xabcd), 1}}, r.Infohashes())
	dead := r.node(toC.id, c)
	require.False(t, dead.Reachable)
	require.True(t, dead.Asked)
	require.Equal(t, 2, dead.Timeouts)
	require.Nil(t, dead.Buckets)
	first := r.node(toA.id, a)
	require.True(t, first.Reachable)
	require.Equal(t, 1, first.Hop)
	require.Equal(t, 2*rigDelay, first.RTT)
	require.Equal(t, []uint8{1, 1, 0}, first.Buckets[:3])
	require.Equal(t, 2, first.Learned)
	require.Equal(t, 2, first.Taught)
	last := r.node(toD.id, d)
	require.Equal(t, 3, last.Hop)
	require.True(t, last.Complete)
	require.True(t, last.Sampled)
	require.Equal(t, 5, last.Infohashes)
	require.Equal(t, time.Minute, last.SampleInterval)
	require.Equal(t, []uint8{0, 1}, last.Buckets[:2])
}

// wholeTrace gives the time in ms, and of targets the first four bits: find_node asks for the other
// half of the space first. C is asked twice, and nobody is asked for what it has shown.
const wholeTrace = `
    0 to   A find_node 1011
   20 from A id 7000 shows B=8000 C=2000
   20 to   B find_node 0100
   20 to   C find_node 1010
   40 from B id 8000 shows A=7000 D=c000
   40 to   D find_node 0111
   60 from D id c000 shows B=8000
  520 to   A find_node 1111
  540 from A id 7000 shows B=8000 C=2000
  540 to   B find_node 1100
  560 from B id 8000 shows D=c000 A=7000
  560 to   D find_node 1010
  580 from D id c000 shows B=8000
 1040 to   A sample_infohashes
 1060 from A id 7000 shows C=2000 B=8000
 1060 to   B sample_infohashes
 1080 from B id 8000 shows D=c000 A=7000
 1080 to   D sample_infohashes
 1100 from D id c000 samples abcd of 5
 3520 to   C find_node 1101
`

// TestOnlyTheAskedAreHeard sends what does not belong to a query: nothing of it counts.
func TestOnlyTheAskedAreHeard(t *testing.T) {
	a, b := addr(1), addr(2)
	r := newRig(t, Default(), a)
	fake := told{topID(0x1234), addr(99)}
	r.hosts[a] = func(_ protocol.Time, q *krpc.Message) []string {
		forged := *q
		forged.T = []byte{q.T[0] ^ 1, q.T[1], q.T[2], q.T[3]}
		short := *q
		short.T = q.T[:2]
		r.post(b, reply(topID(1), q, fake))             // from elsewhere
		r.post(a.WithPort(1), reply(topID(1), q, fake)) // from another port
		return []string{
			reply(topID(1), &forged, fake), reply(topID(1), &short, fake), "junk, and long enough",
			string(writer.Ping(nil, []byte("aa"), topID(2))),
			reply(topID(1), q), reply(topID(1), q, fake), // the second one comes too late
		}
	}
	r.run(time.Hour)
	p := r.Progress()
	require.Equal(t, 1, p.Known)
	require.Equal(t, 1, p.Answered)
	require.Equal(t, Complete, p.Ended)
	n := uint64(len(r.sent)) // the last datagram comes after the end
	require.Equal(t, Counters{Answered: n, Unmatched: 5*n - 1, Junk: n, Ignored: n}, r.Counters())
	require.Positive(t, n)
}

// TestLiars meets hosts that say what cannot be.
func TestLiars(t *testing.T) {
	cfg := Default()
	cfg.PerSource, cfg.PerHost, cfg.PerAnswer, cfg.Nodes = 90, 5, 20, 3000
	a, flood, crowd, wanderer := addr(1), addr(2), addr(3), addr(4)
	good := told{topID(0x9000), addr(5)}
	r := newRig(t, cfg, a)
	r.hosts[a] = showing(topID(0x7000),
		told{topID(0x8000), flood}, told{topID(0x8001), crowd}, told{topID(0x8002), wanderer}, good,
		told{rigSelf, addr(50)}, told{topID(0x8003), addr(51).WithPort(0)},
		told{topID(0x8004), protocol.Addr4(10<<24|1, 80)},
		told{topID(0x8005), protocol.Addr4(127<<24|1, 80)})
	count := uint32(1000)
	r.hosts[flood] = func(_ protocol.Time, q *krpc.Message) []string {
		var fakes []told
		for range 1000 {
			count++
			fakes = append(fakes, told{krpc.ID{Hi: uint64(count) << 40, Lo: count}, addr(count)})
		}
		return []string{reply(topID(0x8000), q, fakes...)}
	}
	port := uint16(0)
	r.hosts[crowd] = func(_ protocol.Time, q *krpc.Message) []string {
		var fakes []told
		for range 8 { // ports of one victim, and ids of one address
			port++
			fakes = append(fakes, told{krpc.ID{Hi: uint64(port) << 40}, addr(70).WithPort(port)},
				told{krpc.ID{Mid: uint64(port)}, addr(71)})
		}
		return []string{reply(topID(0x8001), q, fakes...)}
	}
	r.hosts[wanderer] = func(_ protocol.Time, q *krpc.Message) []string {
		port++
		return []string{reply(krpc.ID{Hi: uint64(port) << 32}, q, good)}
	}
	r.hosts[good.addr] = showing(good.id)
	r.run(time.Hour)

	p, c := r.Progress(), r.Counters()
	require.Equal(t, Complete, p.Ended)
	require.True(t, r.node(good.id, good.addr).Reachable)
	require.EqualValues(t, 1, c[IDChanged])
	require.Positive(t, c[OwnID])
	require.Positive(t, c[NoPort])
	require.Positive(t, c[BadAddress])
	require.Positive(t, c[Surplus])
	require.Positive(t, c[Distrusted])
	require.Positive(t, c[Crowded])
	require.Equal(t, 90, r.node(topID(0x8000), flood).Taught)
	checkAsked(t, r, cfg)
}

// checkAsked holds the queries of TestLiars against the settings: no private network, a few ports
// of one victim, one role for an address.
func checkAsked(t *testing.T, r *rig, cfg Config) {
	victims, asked := map[protocol.Addr]int{}, map[protocol.Addr]int{}
	for _, l := range r.sent {
		asked[l.peer]++
		require.True(t, public(l.peer), "%v was asked", l.peer)
		if l.peer.SameIP(addr(70)) {
			victims[l.peer]++
		}
	}
	require.Len(t, victims, cfg.PerHost)
	require.Equal(t, 2, asked[addr(71)], "an address is asked in one role, whatever its ids")
	require.Zero(t, asked[addr(50)])
	ids := 0
	for i := range r.Progress().Known {
		if v := r.Node(i); v.Addr == addr(71) {
			require.Equal(t, idsMax, v.IDs)
			ids++
		}
	}
	require.Equal(t, idsMax, ids)
	for a, n := range asked {
		require.LessOrEqual(t, n, cfg.PerNode, "%v", a)
	}
}

// TestFull ends a crawl that found more than it may remember.
func TestFull(t *testing.T) {
	cfg := Default()
	cfg.Nodes = 5
	r := newRig(t, cfg, addr(1))
	table := []told{}
	for n := uint32(2); n < 30; n++ {
		table = append(table, told{krpc.ID{Hi: uint64(n) << 59}, addr(n)})
	}
	r.hosts[addr(1)] = showing(topID(0xf123), table...)
	r.run(time.Hour)
	require.Equal(t, Full, r.Progress().Ended)
	require.Equal(t, 5, r.Progress().Known)
	require.Equal(t, "max_nodes", r.Progress().Ended.String())
	require.Positive(t, r.Counters()[Overfull])
}

// TestOneIDAtManyAddresses notes it, and does not take them for one.
func TestOneIDAtManyAddresses(t *testing.T) {
	id := topID(0x4444)
	r := newRig(t, Default(), addr(1))
	r.hosts[addr(1)] = showing(topID(1), told{id, addr(2)}, told{id, addr(3)}, told{id, addr(4)})
	r.hosts[addr(2)] = showing(id)
	r.hosts[addr(4)] = showing(topID(0x5555))
	r.run(time.Hour)
	require.True(t, r.node(id, addr(2)).Reachable)
	require.False(t, r.node(id, addr(3)).Reachable)
	require.Equal(t, 3, r.node(id, addr(3)).Addrs)
	require.False(t, r.node(id, addr(4)).Reachable, "it answered with another id")
	require.False(t, r.node(id, addr(4)).Asked)
	require.True(t, r.node(topID(0x5555), addr(4)).Reachable)
	require.Equal(t, 2, r.node(topID(0x5555), addr(4)).IDs)
	require.EqualValues(t, 1, r.Counters()[IDMismatch])
}

// TestErrorsAndUselessAnswers end the questions to a host, and are counted.
func TestErrorsAndUselessAnswers(t *testing.T) {
	a, b, c := addr(1), addr(2), addr(3)
	r := newRig(t, Default(), a, b, c)
	r.hosts[a] = func(_ protocol.Time, q *krpc.Message) []string {
		return []string{string(writer.Error(nil, q.T, 202, "busy", protocol.Addr{}))}
	}
	r.hosts[b] = func(_ protocol.Time, q *krpc.Message) []string {
		return []string{"d1:rde1:t4:" + string(q.T) + "1:y1:re"}
	}
	r.hosts[c] = func(_ protocol.Time, q *krpc.Message) []string {
		return []string{reply(rigSelf, q)}
	}
	r.run(time.Hour)
	require.Len(t, r.sent, 3)
	require.Zero(t, r.Progress().Known)
	require.Equal(t, 3, r.Progress().Silent)
	require.Equal(t, Counters{Refused: 1, BadAnswer: 2}, r.Counters())
}

func TestBadSettingsAreRefused(t *testing.T) {
	for hint, change := range map[string]func(*Config){
		"rate is 0":      func(c *Config) { c.Rate = 0 },
		"burst is 0":     func(c *Config) { c.Burst = 0 },
		"depth is 41":    func(c *Config) { c.Depth = DepthMax + 1 },
		"timeout is 0s":  func(c *Config) { c.Timeout = 0 },
		"pause is -1ns":  func(c *Config) { c.Pause = -1 },
		"nodes is 0":     func(c *Config) { c.Nodes = 0 },
		"per_host is -1": func(c *Config) { c.PerHost = -1 },
		"zone is 24":     func(c *Config) { c.Zone = c.Depth },
	} {
		cfg := Default()
		change(&cfg)
		_, err := New(cfg, rigSelf, []protocol.Addr{addr(1)})
		require.ErrorContains(t, err, hint)
	}
	v6 := protocol.Addr6(append([]byte{0x20, 1}, make([]byte, 14)...), 1)
	for hint, seeds := range map[string][]protocol.Addr{
		"no address":         nil,
		"different families": {addr(1), v6},
		"is not an address":  {addr(1).WithPort(0)},
		"be asked":           {protocol.Addr4(224<<24|1, 1)},
	} {
		_, err := New(Default(), rigSelf, seeds)
		require.ErrorContains(t, err, hint)
	}
}

// TestNothingAllocatesOnceAllIsKnown pins the cost of an answer that shows what was known before.
func TestNothingAllocatesOnceAllIsKnown(t *testing.T) {
	cfg := Default()
	cfg.PerNode, cfg.Pause, cfg.Depth = 1000, 0, DepthMax
	r := newRig(t, cfg, addr(1))
	r.turn(func(t *protocol.Turn) { r.Start(0, t) })
	var out protocol.Outbox
	var table []byte
	for n := uint32(2); n < 10; n++ {
		table = krpc.AppendNode(table, krpc.ID{Hi: uint64(n) << 40, Lo: n}, addr(n))
	}
	var packet []byte
	answer := krpc.Reply{T: make([]byte, 4), ID: topID(1), Nodes: table}
	turn := protocol.Turn{Rand: &r.rand, Out: &out}
	once := func() {
		h := &r.Crawler.hosts[0]
		h.depth, h.complete = 0, false
		if n := h.shown; n != nilIndex {
			r.shown[n] = r.shown[n][:min(7, len(r.shown[n]))] // the eighth is news of this host
		}
		answer.T[0], answer.T[1] = byte(h.tid>>24), byte(h.tid>>16)
		answer.T[2], answer.T[3] = byte(h.tid>>8), byte(h.tid)
		packet = writer.Reply(packet[:0], &answer)
		out.Reset()
		turn.Now = turn.Now.Add(time.Second)
		r.Datagram(0, &turn, addr(1), packet)
		h.queries = 5
		r.fresh.clear() // only this host matters here
	}
	for range 20 {
		once()
	}
	sent := r.progress.Sent
	require.Zero(t, testing.AllocsPerRun(100, once))
	require.EqualValues(t, 101, r.progress.Sent-sent, "each answer was followed by a query")
}
