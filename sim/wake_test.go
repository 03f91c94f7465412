package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// restless is a group whose one core moves its deadline at random: with every wake-up and every
// action. It knows itself when it should be woken.
type restless struct {
	t        *testing.T
	w        *World
	deadline protocol.Time
	spread   uint64
	woken    int
}

func (g *restless) Len() int                         { return 1 }
func (g *restless) Start(_ uint32, t *protocol.Turn) { g.deadline = protocol.Never }
func (g *restless) Stop(uint32, *protocol.Turn)      {}
func (g *restless) Drop(uint32)                      { g.deadline = protocol.Never }

func (g *restless) Datagram(uint32, *protocol.Turn, protocol.Addr, []byte) {}

func (g *restless) Wake(_ uint32, t *protocol.Turn) {
	require.Equal(g.t, g.deadline, t.Now, "woken, but not at the deadline")
	g.deadline = protocol.Never
	g.woken++
	if t.Rand.Intn(2) == 0 {
		g.move(t)
	}
}

func (g *restless) Act(_ uint32, t *protocol.Turn, _ uint32) {
	require.Greater(g.t, g.deadline, t.Now, "a deadline went by")
	g.move(t)
}

func (g *restless) move(t *protocol.Turn) {
	switch t.Rand.Intn(10) {
	case 0:
		g.deadline = protocol.Never
		t.Out.WakeAt(protocol.Never)
	case 1: // a deadline that is not ahead comes at once, which is a nanosecond later
		g.deadline = t.Now + 1
		t.Out.WakeAt(t.Now - protocol.Time(t.Rand.Intn(5)))
	default:
		t.Out.WakeAt(protocol.Never) // the last one counts
		g.deadline = t.Now + 1 + protocol.Time(t.Rand.Uint64n(g.spread))
		t.Out.WakeAt(g.deadline)
	}
}

func TestACoreIsWokenAtItsDeadlineAndOnlyThen(t *testing.T) {
	for seed := range uint64(200) {
		g := &restless{t: t, spread: 1 << (seed % 12)}
		w := New(Config{
			Seed: seed, Groups: []protocol.Datagrams{g}, Actor: g, Network: steady{delay: 1},
		})
		g.w = w
		r := protocol.NewRand(seed, 1, 1)
		w.StartAt(0, 0)
		for range 1000 {
			when := protocol.Time(1 + r.Uint64n(2000))
			switch r.Intn(20) {
			case 0:
				w.StopAt(0, when)
				w.StartAt(0, when+protocol.Time(r.Intn(10)))
			case 1:
				w.CrashAt(0, when)
				w.StartAt(0, when+protocol.Time(r.Intn(10)))
			default:
				w.ActAt(0, when, 0)
			}
		}
		w.Run(20000)
		require.Greater(t, g.woken, 20)
		require.Zero(t, w.queue.pending-boundOn(w), "seed %d", seed)
	}
}

// boundOn counts the wake-ups that the queue still holds and that the alarm knows.
func boundOn(w *World) int {
	known := 0
	for e := range w.queue.all {
		if a := &w.nodes[0].alarm; e.when == a.near || e.when == a.far {
			known++
		}
	}
	return known
}

// TestDeadlinesThatMoveOnQueueNothing: a deadline two seconds after the last of many messages.
func TestDeadlinesThatMoveOnQueueNothing(t *testing.T) {
	s := &scripted{size: 1}
	w := world(s)
	longest := 0
	s.start = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(0), []byte("tick")) }
	s.heard = func(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
		longest = max(longest, w.queue.pending)
		t.Out.SendTo(from, p)
		t.Out.WakeAt(t.Now.Add(2 * time.Second))
	}
	w.StartAt(0, 0)
	w.Run(at(time.Minute))
	require.Equal(t, 1, longest, "the queue held more than one wake-up")
	require.Less(t, w.Tally().StaleWakes, uint64(32))
}

// TestANearAndAFarDeadlineShareTheQueue: a refresh far away, and a timeout after every message that
// comes long before it and then gives way to it again.
func TestANearAndAFarDeadlineShareTheQueue(t *testing.T) {
	s := &scripted{size: 1}
	w := world(s)
	longest, wakes := 0, 0
	far := at(15 * time.Minute)
	s.start = func(_ uint32, t *protocol.Turn) {
		t.Out.SendTo(AddrOf(0), []byte("tick"))
		t.Out.WakeAt(far)
	}
	s.heard = func(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
		t.Out.SendTo(from, p)
		t.Out.WakeAt(t.Now.Add(time.Millisecond))
	}
	s.wake = func(_ uint32, t *protocol.Turn) {
		wakes++
		longest = max(longest, w.queue.pending)
		if t.Now >= far {
			far = t.Now.Add(15 * time.Minute)
		}
		t.Out.WakeAt(far)
	}
	w.StartAt(0, 0)
	w.Run(at(20 * time.Minute))
	require.Equal(t, 2, longest, "one datagram and the far wake-up")
	require.Greater(t, wakes, 110_000)
	require.LessOrEqual(t, w.Tally().StaleWakes, uint64(1), "a message at the far deadline itself")
}

func TestACoreThatNeverLetsTimePassIsFound(t *testing.T) {
	s := &scripted{size: 3}
	w := world(s)
	s.wake = func(_ uint32, t *protocol.Turn) {
		s.log = nil
		t.Out.WakeAt(t.Now - 1)
	}
	s.start = s.wake
	w.StartAt(2, 0)
	defer func() { require.Contains(t, recover(), "node 2 at") }()
	w.Run(at(time.Hour))
}
