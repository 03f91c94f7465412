package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// scripted is a group whose cores do what a test says, and which writes down every call.
type scripted struct {
	size  int
	log   []string
	start func(i uint32, t *protocol.Turn)
	wake  func(i uint32, t *protocol.Turn)
	stop  func(i uint32, t *protocol.Turn)
	heard func(i uint32, t *protocol.Turn, from protocol.Addr, p []byte)
}

func (s *scripted) Len() int { return s.size }

func (s *scripted) note(t *protocol.Turn, i uint32, format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf("%v core %d node %d ", time.Duration(t.Now), i, t.Self)+
		fmt.Sprintf(format, args...))
}

func (s *scripted) Start(i uint32, t *protocol.Turn) {
	s.note(t, i, "starts")
	if s.start != nil {
		s.start(i, t)
	}
}

func (s *scripted) Wake(i uint32, t *protocol.Turn) {
	s.note(t, i, "wakes")
	if s.wake != nil {
		s.wake(i, t)
	}
}

func (s *scripted) Stop(i uint32, t *protocol.Turn) {
	s.note(t, i, "stops")
	if s.stop != nil {
		s.stop(i, t)
	}
}

func (s *scripted) Drop(i uint32) { s.log = append(s.log, fmt.Sprintf("core %d dropped", i)) }

func (s *scripted) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	s.note(t, i, "hears %q from %d", p, sender(from))
	if s.heard != nil {
		s.heard(i, t, from, p)
	}
}

func sender(a protocol.Addr) uint32 {
	node, ok := NodeOf(a)
	if !ok {
		panic("a datagram from nowhere")
	}
	return node
}

func (s *scripted) Act(node uint32, t *protocol.Turn, code uint32) {
	s.note(t, node, "acts %d", code)
}

func world(groups ...protocol.Datagrams) *World {
	actor, _ := groups[0].(Actor)
	return New(Config{
		Seed: 7, Groups: groups, Actor: actor,
		Network: steady{delay: 10 * time.Millisecond},
	})
}

func at(d time.Duration) protocol.Time { return protocol.Time(d) }

func requireLog(t *testing.T, s *scripted, lines ...string) {
	t.Helper()
	require.Equal(t, strings.Join(lines, "\n"), strings.Join(s.log, "\n"))
}

func TestADatagramTakesItsDelayAndCarriesItsSender(t *testing.T) {
	a, b := &scripted{size: 3}, &scripted{size: 2}
	w := world(a, b)
	a.start = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(4), []byte("hello")) }
	b.heard = func(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
		t.Out.SendTo(from, append([]byte("re: "), p...))
	}
	w.StartAt(2, at(time.Second))
	w.StartAt(4, 0)
	w.Run(at(2 * time.Second))
	requireLog(t, a,
		"1s core 2 node 2 starts", `1.02s core 2 node 2 hears "re: hello" from 4`)
	requireLog(t, b,
		"0s core 1 node 4 starts", `1.01s core 1 node 4 hears "hello" from 2`)
	require.Equal(t, 5, w.Len())
	require.Equal(t, at(2*time.Second), w.Now())
	require.Equal(t, Account{
		Sent: Count{1, 5}, Delivered: Count{1, 5}, Received: Count{1, 9},
	}, w.Account(2))
}

func TestSimultaneousEventsHaveOneOrder(t *testing.T) {
	s := &scripted{size: 4}
	w := world(s)
	second := at(time.Second)
	arrive := second.Add(-10 * time.Millisecond)
	for _, node := range []uint32{3, 0, 2, 1} {
		w.StartAt(node, 0)
	}
	s.wake = func(i uint32, t *protocol.Turn) {
		if t.Now == arrive {
			t.Out.SendTo(AddrOf(1), []byte{'a' + byte(i)})
			t.Out.SendTo(AddrOf(1), []byte{'A' + byte(i)})
			t.Out.WakeAt(second)
		}
	}
	s.start = func(i uint32, t *protocol.Turn) { t.Out.WakeAt(arrive) }
	w.StopAt(1, second)
	w.StartAt(1, second)
	w.ActAt(0, second, 5)
	w.Run(second)
	s.log = nil
	w.Run(second + 1)
	requireLog(t, s, // by target; then datagrams by source and number, wake-up, scenario
		"1s core 0 node 0 wakes",
		"1s core 0 node 0 acts 5",
		`1s core 1 node 1 hears "a" from 0`,
		`1s core 1 node 1 hears "A" from 0`,
		`1s core 1 node 1 hears "b" from 1`,
		`1s core 1 node 1 hears "B" from 1`,
		`1s core 1 node 1 hears "c" from 2`,
		`1s core 1 node 1 hears "C" from 2`,
		`1s core 1 node 1 hears "d" from 3`,
		`1s core 1 node 1 hears "D" from 3`,
		"1s core 1 node 1 wakes",
		"1s core 1 node 1 stops",
		"core 1 dropped",
		"1s core 1 node 1 starts",
		"1s core 2 node 2 wakes",
		"1s core 3 node 3 wakes")
}

func TestLivenessIsDecidedAtDelivery(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	ms := func(n int) protocol.Time { return at(time.Duration(n) * time.Millisecond) }
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			t.Out.WakeAt(ms(10))
		}
	}
	s.wake = func(i uint32, t *protocol.Turn) {
		t.Out.SendTo(AddrOf(1), fmt.Appendf(nil, "%d", t.Now/1e6))
		t.Out.WakeAt(t.Now.Add(5 * time.Millisecond))
	}
	w.StartAt(0, 0)
	w.StartAt(1, ms(24))
	w.CrashAt(1, ms(37))
	w.StartAt(1, ms(46))
	w.Run(ms(60))
	// Sent at 10: arrives at 20, down. At 15, 20: after the start at 24, but sent before. At 25:
	// arrives. At 30: down. At 35: down. At 40, 45: for the incarnation that crashed.
	requireLog(t, s,
		"0s core 0 node 0 starts", "10ms core 0 node 0 wakes", "15ms core 0 node 0 wakes",
		"20ms core 0 node 0 wakes", "24ms core 1 node 1 starts", "25ms core 0 node 0 wakes",
		"30ms core 0 node 0 wakes", "35ms core 0 node 0 wakes",
		`35ms core 1 node 1 hears "25" from 0`,
		"core 1 dropped", "40ms core 0 node 0 wakes", "45ms core 0 node 0 wakes",
		"46ms core 1 node 1 starts", "50ms core 0 node 0 wakes", "55ms core 0 node 0 wakes")
	l := w.Ledger()
	require.Equal(t, Count{10, 20}, l.Sent)
	require.Equal(t, Count{1, 2}, l.Delivered)
	require.Equal(t, Count{3, 6}, l.Down)
	require.Equal(t, Count{4, 8}, l.Late)
	require.Equal(t, Count{2, 4}, l.InFlight)
}

func TestARestartHasItsOwnRandomStream(t *testing.T) {
	draws := func(restarts int) (first, last uint64) {
		s := &scripted{size: 2}
		w := world(s)
		var seen []uint64
		s.start = func(i uint32, t *protocol.Turn) { seen = append(seen, t.Rand.Uint64()) }
		for r := range restarts + 1 {
			w.StartAt(1, protocol.Time(2*r))
			w.CrashAt(1, protocol.Time(2*r+1))
		}
		w.Run(at(time.Second))
		require.Len(t, seen, restarts+1)
		return seen[0], seen[restarts]
	}
	a, a0 := draws(0)
	b, b1 := draws(1)
	c, c2 := draws(2)
	require.Equal(t, a, a0)
	require.Equal(t, a, b)
	require.Equal(t, a, c)
	require.NotEqual(t, a, b1)
	require.NotEqual(t, b1, c2)
}

func TestAStoppedNodeMaySendButIsNotWoken(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	s.stop = func(i uint32, t *protocol.Turn) {
		t.Out.SendTo(AddrOf(1), []byte("bye"))
		t.Out.WakeAt(t.Now.Add(time.Millisecond))
	}
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.StopAt(0, at(time.Second))
	w.Run(at(time.Second) + 1)
	require.False(t, w.Alive(0))
	require.True(t, w.Alive(1))
	w.Run(at(2 * time.Second))
	requireLog(t, s, "0s core 0 node 0 starts", "0s core 1 node 1 starts",
		"1s core 0 node 0 stops", "core 0 dropped",
		`1.01s core 1 node 1 hears "bye" from 0`)
}

func TestWhatMakesNoSenseIsSkippedAndCounted(t *testing.T) {
	s := &scripted{size: 1}
	w := world(s)
	w.StopAt(0, 1)
	w.CrashAt(0, 2)
	w.ActAt(0, 3, 9)
	w.StartAt(0, 4)
	w.StartAt(0, 5)
	w.ActAt(0, 6, 1<<32-1)
	w.Run(10)
	requireLog(t, s, "4ns core 0 node 0 starts", "6ns core 0 node 0 acts 4294967295")
	require.Equal(t, Tally{Events: 6, Skipped: 4, Starts: 1, Acts: 1}, w.Tally())
}

func TestUnroutableAddresses(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	s.start = func(i uint32, t *protocol.Turn) {
		t.Out.SendTo(protocol.Addr{}, []byte("1"))
		t.Out.SendTo(AddrOf(2), []byte("22"))
		t.Out.SendTo(AddrOf(1).WithPort(80), []byte("333"))
		t.Out.SendTo(AddrOf(1), []byte("4444"))
	}
	w.StartAt(0, 0)
	w.Run(5)
	l := w.Ledger()
	require.Equal(t, Count{3, 6}, l.Unroutable)
	require.Equal(t, Count{1, 4}, l.InFlight)
}

func TestPayloadsOfAllSizesArriveWhole(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	sizes := []int{0, 1, 51, 52, 53, 116, 1500, 2036, 2037, 9000, payloadMax}
	got := 0
	s.start = func(i uint32, t *protocol.Turn) {
		for _, size := range sizes[:len(sizes)*int(i)] {
			t.Out.SendTo(AddrOf(0), []byte(strings.Repeat("x", size)))
		}
	}
	s.heard = func(_ uint32, _ *protocol.Turn, _ protocol.Addr, p []byte) {
		require.Equal(t, strings.Repeat("x", sizes[got]), string(p))
		got++
	}
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(time.Second))
	require.Equal(t, len(sizes), got)
}
