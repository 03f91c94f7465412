package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// caller is a script whose cores have connections.
type caller struct {
	*scripted
	accept func(i uint32, t *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool)
	opened func(i uint32, t *protocol.Turn, c protocol.Conn)
	data   func(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk)
	sent   func(i uint32, t *protocol.Turn, c protocol.Conn, n int)
	closed func(i uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason)
	quiet  bool // writes down nothing
}

func newCaller(size int) *caller { return &caller{scripted: &scripted{size: size}} }

func (s *caller) say(t *protocol.Turn, i uint32, format string, args ...any) {
	if !s.quiet {
		s.note(t, i, format, args...)
	}
}

func (s *caller) Accept(
	i uint32, t *protocol.Turn, peer protocol.Addr,
) (c protocol.Conn, ok bool) {
	from, _ := HostOf(peer)
	if s.accept != nil {
		c, ok = s.accept(i, t, peer)
	}
	s.say(t, i, "is dialed by %d, accepts %v", from, ok)
	return c, ok
}

func (s *caller) Opened(i uint32, t *protocol.Turn, c protocol.Conn) {
	s.say(t, i, "opened %d", c)
	if s.opened != nil {
		s.opened(i, t, c)
	}
}

func (s *caller) Data(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	s.say(t, i, "gets %q %v on %d", ch.Bytes, ch.Body, c)
	if s.data != nil {
		s.data(i, t, c, ch)
	}
}

func (s *caller) Sent(i uint32, t *protocol.Turn, c protocol.Conn, n int) {
	s.say(t, i, "sent %d on %d", n, c)
	if s.sent != nil {
		s.sent(i, t, c, n)
	}
}

func (s *caller) Closed(i uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason) {
	s.say(t, i, "lost %d: %v", c, why)
	if s.closed != nil {
		s.closed(i, t, c, why)
	}
}

// wired is a network with one delay and one kind of line.
func wired(t testing.TB, nodes int, delay time.Duration, up, down uint64) *netmodel.Network {
	cfg := netmodel.Config{Seed: 1, Nodes: nodes, Latency: netmodel.Constant{Delay: delay}}
	if up != 0 || down != 0 {
		cfg.Links = netmodel.Links{Queue: 500 * time.Millisecond,
			Lines: []netmodel.Line{{Share: netmodel.Certain, Up: up, Down: down}}}
	}
	n, err := netmodel.New(cfg)
	require.NoError(t, err)
	return n
}

func accepting(c protocol.Conn) func(uint32, *protocol.Turn, protocol.Addr) (protocol.Conn, bool) {
	return func(uint32, *protocol.Turn, protocol.Addr) (protocol.Conn, bool) { return c, true }
}

func block(n int) protocol.Chunk {
	return protocol.Chunk{Bytes: []byte("13 bytes here"),
		Body: protocol.Body{Content: 1, Length: 16 << 10, Offset: uint64(n) * 16 << 10}}
}

func streamWorld(t testing.TB, n Network, groups ...protocol.Datagrams) *World {
	w := New(Config{Seed: 7, Groups: groups, Network: n})
	t.Cleanup(func() {
		if !t.Failed() {
			w.Audit()
		}
	})
	return w
}

// Set-up takes one round trip, what was written before goes out with it, and an end follows all.
func TestAConversation(t *testing.T) {
	s := newCaller(2)
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			t.Out.Dial(3, AddrOf(1))
			t.Out.Write(3, protocol.Chunk{Bytes: []byte("hello")})
			t.Out.Write(3, protocol.Chunk{Bytes: []byte(" there")})
		}
	}
	s.accept = accepting(5)
	s.data = func(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
		if i == 1 && ch.Body.Length == 0 {
			t.Out.Write(c, block(2))
			t.Out.Write(c, protocol.Chunk{Bytes: []byte("bye")})
			t.Out.Close(c)
		}
	}
	w := streamWorld(t, wired(t, 2, 50*time.Millisecond, 0, 0), s)
	w.StartAt(1, 0)
	w.StartAt(0, at(time.Second))
	w.Run(at(2 * time.Second))
	requireLog(t, s.scripted,
		"0s core 1 node 1 starts",
		"1s core 0 node 0 starts",
		"1.05s core 1 node 1 is dialed by 0, accepts true",
		"1.1s core 0 node 0 opened 3",
		`1.15s core 1 node 1 gets "hello there" {0 0 0} on 5`,
		`1.2s core 0 node 0 gets "13 bytes here" {1 16384 32768} on 3`,
		`1.2s core 0 node 0 gets "bye" {0 0 0} on 3`,
		"1.2s core 0 node 0 lost 3: finished")
	w.Audit()
	require.Equal(t, []Transfer{
		{From: 0, To: 1, Content: Overhead, Sent: 11, Delivered: 11},
		{From: 1, To: 0, Content: 1, Sent: 16384, Delivered: 16384},
		{From: 1, To: 0, Content: Overhead, Sent: 16, Delivered: 16},
	}, w.Transfers())
	require.Zero(t, w.StreamTally().Ends)
}

// pouring has node 0 send blocks to all others for ever, keeping a few queued on each.
func pouring(nodes int) *caller {
	s := newCaller(nodes)
	s.quiet = true
	s.start = func(i uint32, t *protocol.Turn) {
		for peer := 1; i == 0 && peer < nodes; peer++ {
			t.Out.Dial(protocol.Conn(peer), AddrOf(uint32(peer)))
		}
	}
	s.accept = accepting(0)
	s.opened = func(i uint32, t *protocol.Turn, c protocol.Conn) {
		for n := range 200 {
			t.Out.Write(c, block(n))
		}
	}
	s.sent = func(i uint32, t *protocol.Turn, c protocol.Conn, n int) {
		for range n / (16384 + 13) {
			t.Out.Write(c, block(1))
		}
	}
	return s
}

func payload(w *World, from, to uint32) (delivered uint64) {
	for _, x := range w.Transfers() {
		if x.From == from && x.To == to && x.Content == 1 {
			delivered = x.Delivered
		}
	}
	return delivered
}

// One flow has the line's rate less the headers, several have equal shares of it.
func TestFlowsShareALine(t *testing.T) {
	const seconds, up = 100, 1_000_000
	for _, nodes := range []int{2, 3, 6} {
		w := streamWorld(t, wired(t, nodes, 20*time.Millisecond, up, 10*up), pouring(nodes))
		for i := range uint32(nodes) {
			w.StartAt(i, 0)
		}
		w.Run(at(seconds * time.Second))
		wire := netmodel.StreamWire(16384 + 13)
		require.Equal(t, 16397+12*40, wire)
		blocks := up / 8 * seconds / wire
		sum, least, most := 0, 1<<30, 0
		for peer := 1; peer < nodes; peer++ {
			got := int(payload(w, 0, uint32(peer)) / 16384)
			sum, least, most = sum+got, min(least, got), max(most, got)
		}
		require.InDelta(t, blocks, sum, 2, "%d nodes: one at the beginning", nodes)
		require.LessOrEqual(t, most-least, 1)
	}
}

// Without a limit of lines a flow has the greatest window in each round trip.
func TestTheWindowBoundsAFlow(t *testing.T) {
	w := streamWorld(t, wired(t, 2, 100*time.Millisecond, 0, 0), pouring(2))
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(10 * time.Second))
	before := payload(w, 0, 1)
	w.Run(at(20 * time.Second))
	rate := (payload(w, 0, 1) - before) / 10
	require.InDelta(t, windowMax*5, rate, 5*17<<10)
}

func TestWhyDialingFails(t *testing.T) {
	plain := &scripted{size: 1}
	s := newCaller(3)
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			for c, to := range []protocol.Addr{AddrOf(1), AddrOf(2), AddrOf(3), AddrOf(99),
				AddrOf(1).WithPort(7)} {
				t.Out.Dial(protocol.Conn(c), to)
			}
		}
	}
	w := streamWorld(t, wired(t, 4, 50*time.Millisecond, 0, 0), s, plain)
	w.StartAt(1, 0)
	w.StartAt(3, 0)
	w.StartAt(0, at(time.Second))
	w.Run(at(time.Minute))
	requireLog(t, s.scripted,
		"0s core 1 node 1 starts",
		"1s core 0 node 0 starts",
		"1.05s core 1 node 1 is dialed by 0, accepts false",
		"1.1s core 0 node 0 lost 0: refused",
		"1.1s core 0 node 0 lost 4: refused",
		"1.1s core 0 node 0 lost 2: refused",
		"22s core 0 node 0 lost 3: unreachable",
		"22s core 0 node 0 lost 1: unreachable")
}

func TestACrashResets(t *testing.T) {
	s := newCaller(2)
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			t.Out.Dial(0, AddrOf(1))
			t.Out.Write(0, block(0))
		}
	}
	s.accept = accepting(9)
	w := streamWorld(t, wired(t, 2, 50*time.Millisecond, 100_000, 0), s)
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.CrashAt(1, at(500*time.Millisecond))
	w.StartAt(1, at(501*time.Millisecond))
	w.Run(at(time.Minute))
	requireLog(t, s.scripted,
		"0s core 0 node 0 starts", "0s core 1 node 1 starts",
		"50ms core 1 node 1 is dialed by 0, accepts true",
		"100ms core 0 node 0 opened 0",
		"core 1 dropped", "501ms core 1 node 1 starts",
		"550ms core 0 node 0 lost 0: reset")
	require.Equal(t, []Transfer{
		{From: 0, To: 1, Content: 1, Sent: 16384, Lost: 16384},
		{From: 0, To: 1, Content: Overhead, Sent: 13, Lost: 13},
	}, w.Transfers())
}
