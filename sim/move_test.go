package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// Addresses are of one node each, wherever it moves, and HostOf and NodeOf know those of the first.
func TestAddressesOfMoves(t *testing.T) {
	seen := map[protocol.Addr]bool{}
	for _, node := range []uint32{0, 1, 2, 99_999, nodesMax - 1} {
		for moves := range uint8(movesMax) {
			a := movedAddr(node, moves)
			require.False(t, seen[a])
			seen[a] = true
			of, again, ok := holder(a)
			require.True(t, ok)
			require.Equal(t, node, of)
			require.Equal(t, moves, again)
			_, ok = NodeOf(a)
			require.Equal(t, moves == 0, ok)
			_, ok = HostOf(a)
			require.Equal(t, moves == 0, ok)
		}
	}
}

// A node that comes back at another address is heard from there, and is not reached at the old one:
// not by what is sent to it, nor by what was under way.
func testMove(t *testing.T, network Network) {
	var from protocol.Addr
	heard := map[uint32][]string{}
	s := &scripted{size: 3}
	w := New(Config{Seed: 7, Groups: []protocol.Datagrams{quiet{s, func(
		i uint32, t *protocol.Turn, a protocol.Addr, p []byte,
	) {
		heard[i] = append(heard[i], string(p))
		if i == 0 {
			from = a
		}
	}}}, Network: network, Moves: true})
	first := AddrOf(1)
	target := first
	s.start = func(i uint32, t *protocol.Turn) {
		switch i {
		case 0:
			t.Out.WakeAt(t.Now.Add(time.Second))
		case 1:
			t.Out.SendTo(AddrOf(0), []byte("here I am"))
		}
	}
	s.wake = func(_ uint32, t *protocol.Turn) {
		t.Out.SendTo(target, []byte{byte('0' + t.Now/protocol.Time(time.Second))})
		t.Out.WakeAt(t.Now.Add(time.Second))
	}
	w.StartAt(0, 0)
	w.StartAt(1, at(500*time.Millisecond))
	w.CrashAt(1, at(2500*time.Millisecond))
	w.Run(at(2600 * time.Millisecond))
	require.Equal(t, first, from)
	w.Move(1)
	second := w.AddrOf(1)
	require.NotEqual(t, first, second)
	_, ok := w.HostOf(first)
	require.False(t, ok)
	node, ok := w.HostOf(second)
	require.True(t, ok)
	require.EqualValues(t, 1, node)
	w.StartAt(1, at(3500*time.Millisecond))
	w.Run(at(5500 * time.Millisecond))
	require.Equal(t, []string{"1", "2"}, heard[1], "nothing that went to the old address")
	require.Equal(t, second, from)
	target = second
	w.Run(at(7500 * time.Millisecond))
	require.Equal(t, []string{"1", "2", "6", "7"}, heard[1])
	require.EqualValues(t, 3, w.Ledger().Unroutable.Datagrams)
	require.Panics(t, func() { w.Move(1) }, "it is up")
	w.Audit()
}

// quiet is a script whose datagrams go elsewhere.
type quiet struct {
	*scripted
	heardBy func(i uint32, t *protocol.Turn, from protocol.Addr, p []byte)
}

func (q quiet) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	q.heardBy(i, t, from, p)
}

func TestMove(t *testing.T) {
	t.Run("plain", func(t *testing.T) { testMove(t, steady{delay: 10 * time.Millisecond}) })
	for name, config := range map[string]netmodel.Config{
		"lines": {Links: netmodel.Links{Queue: time.Second, Lines: []netmodel.Line{
			{Share: netmodel.Certain, Up: 1_000_000, Down: 1_000_000}}}},
		"gates": {Reach: netmodel.Reach{Timeout: time.Hour,
			Shares: [...]netmodel.Probability{netmodel.Certain - 1, 1, 0, 0, 0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			config.Nodes, config.Latency = 3, netmodel.Constant{Delay: 10 * time.Millisecond}
			network, err := netmodel.New(config)
			require.NoError(t, err)
			testMove(t, network)
		})
	}
}

// Where nobody moves, the addresses of those who would have moved lead nowhere, and nobody can.
func TestNobodyIsAtAnAddressBeforeTheMove(t *testing.T) {
	s := &scripted{size: 2}
	w := world(s)
	s.start = func(_ uint32, t *protocol.Turn) { t.Out.SendTo(movedAddr(1, 1), []byte("x")) }
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(time.Second))
	require.EqualValues(t, 2, w.Ledger().Unroutable.Datagrams)
	w.CrashAt(1, w.Now())
	w.Run(at(2 * time.Second))
	requireBroken(t, "without Config.Moves", func() { w.Move(1) })
}

// movers are answerers that have another address whenever they return, some of which guess.
type movers struct {
	*answerers
	world *World
}

func (m *movers) Drop(i uint32) {
	m.answerers.Drop(i)
	m.world.Move(i)
}

func (m *movers) Start(i uint32, t *protocol.Turn) {
	m.answerers.Start(i, t)
	t.Out.SendTo(movedAddr(uint32(t.Rand.Uint64n(m.nodes)), 1), []byte("is it you?"))
}

// TestMovesInShards: a node's moves need no knowledge of other nodes, not even of whether anybody
// has moved before.
func TestMovesInShards(t *testing.T) {
	const nodes = 60
	run := func(shards int) (Fingerprint, []Checkpoint, Ledger) {
		var list []Checkpoint
		g := &movers{answerers: &answerers{*newChatter(nodes, 40)}}
		g.patient = 200 * time.Millisecond
		w := New(Config{Seed: 5, Groups: []protocol.Datagrams{g}, Moves: true,
			Network:    steady{delay: 50 * time.Millisecond, loss: 10},
			Checkpoint: func(c Checkpoint) { list = append(list, c) }})
		g.world = w
		for i := range uint32(nodes) {
			w.StartAt(i, at(time.Duration(3*i)*time.Millisecond))
			w.CrashAt(i, at(time.Duration(1040+9*i)*time.Millisecond)) // late in a window
			w.StartAt(i, at(time.Duration(1300+9*i)*time.Millisecond))
		}
		if shards == 0 {
			w.Run(at(4 * time.Second))
			w.Audit()
		} else {
			s := windows{w: w, shards: make([]backlog, shards)}
			s.run(t, at(4*time.Second))
		}
		return w.Fingerprint(), list, sums(w)
	}
	want, list, ledger := run(0)
	require.Greater(t, ledger.Unroutable.Datagrams, uint64(200))
	for _, shards := range []int{1, 3, 16, nodes} {
		got, checkpoints, books := run(shards)
		require.Equal(t, list, checkpoints)
		require.Equal(t, want, got, "%d shards", shards)
		require.Equal(t, ledger, books)
	}
}
