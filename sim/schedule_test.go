package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func requireBroken(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		require.Contains(t, recover(), text)
	}()
	f()
}

func TestAddressesAreArithmetic(t *testing.T) {
	require.Equal(t, "128.0.0.0:6881", AddrOf(0).String())
	require.Equal(t, "151.121.185.125:6881", AddrOf(1).String())
	for node := uint32(0); node < nodesMax; node += 4099 {
		got, ok := NodeOf(AddrOf(node))
		require.True(t, ok)
		require.Equal(t, node, got)
	}
	six := append([]byte{0x20, 1}, make([]byte, 14)...)
	for _, a := range []protocol.Addr{
		{}, protocol.Addr4(11<<24, 6881), protocol.Addr4(128<<24, 6882), protocol.Addr6(six, 6881),
		AddrOf(nodesMax), AddrOf(1<<29 - 1),
	} {
		_, ok := NodeOf(a)
		require.False(t, ok, a)
	}
}

func TestSchedulingInATurnIsForTheNodeItselfAndLater(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	s.start = func(i uint32, t *protocol.Turn) { w.StopAt(i, t.Now+1) }
	w.StartAt(0, 5)
	w.Run(10)
	requireLog(t, s, "5ns core 0 node 0 starts", "6ns core 0 node 0 stops", "core 0 dropped")

	cases := map[string]func(i uint32, t *protocol.Turn){
		"which is not ahead": func(i uint32, t *protocol.Turn) { w.StopAt(i, t.Now) },
		"in a turn of node":  func(i uint32, t *protocol.Turn) { w.StopAt(1-i, t.Now+9) },
		"Run called in a":    func(i uint32, t *protocol.Turn) { w.Run(t.Now + 1) },
		"65508 bytes": func(i uint32, t *protocol.Turn) {
			t.Out.SendTo(AddrOf(0), make([]byte, 65508))
		},
	}
	for text, start := range cases {
		w = world(s)
		s.start = start
		w.StartAt(1, 5)
		requireBroken(t, text, func() { w.Run(10) })
	}
}

func TestBrokenInvariantsPanic(t *testing.T) {
	s := &scripted{size: 1}
	w := world(s)
	w.Run(10)
	w.StartAt(0, 10) // between turns, Now itself will do
	requireBroken(t, "node 0 at 10ns, seed 7", func() { w.StartAt(0, 9) })
	requireBroken(t, "only 1 nodes", func() { w.StartAt(1, 20) })
	requireBroken(t, "without a Config.Actor", func() {
		New(Config{Network: steady{delay: 1}}).ActAt(0, 0, 0)
	})
	requireBroken(t, "Network is nil", func() { New(Config{}) })
	requireBroken(t, "must be positive", func() { New(Config{Network: steady{}}) })
	requireBroken(t, "nodes; there are addresses for", func() {
		New(Config{
			Network: steady{delay: 1},
			Groups:  []protocol.Datagrams{&scripted{size: nodesMax}, &scripted{size: 1}},
		})
	})
	w = world(s)
	w.delayMin = time.Second
	s.start = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(0), nil) }
	w.StartAt(0, 0)
	requireBroken(t, "less than its MinDelay", func() { w.Run(10) })
}

// TestADatagramAllocatesNothing: neither do wake-ups, actions, starts and crashes.
func TestADatagramAllocatesNothing(t *testing.T) {
	const nodes = 200
	g := newChatter(nodes, 300)
	w := New(Config{
		Groups: []protocol.Datagrams{g}, Network: varied{loss: 20}, Actor: silentActor{},
	})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
	}
	until := at(time.Minute)
	w.Run(until)
	before := w.Ledger().Delivered.Datagrams
	allocs := testing.AllocsPerRun(20, func() {
		for i := range uint32(nodes / 10) {
			w.ActAt(i, until, i)
			w.CrashAt(i, until+1)
			w.StartAt(i, until+2)
		}
		until = until.Add(time.Second)
		w.Run(until)
	})
	require.Zero(t, allocs)
	require.Greater(t, w.Ledger().Delivered.Datagrams-before, uint64(5000))
	require.Greater(t, w.Tally().Acts, uint64(300))
}

type silentActor struct{}

func (silentActor) Act(uint32, *protocol.Turn, uint32) {}
