package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// hilly is a network of which every part is on.
func hilly(t testing.TB, nodes int) *netmodel.Network {
	reach, ok := netmodel.ReachPreset("dht-2010s")
	require.True(t, ok)
	reach.Timeout = 2 * time.Second
	const percent = netmodel.Certain / 100
	always := netmodel.Fault{To: protocol.Never, Share: 5 * percent}
	of := func(k netmodel.FaultKind, set func(f *netmodel.Fault)) netmodel.Fault {
		f := always
		f.Kind = k
		set(&f)
		return f
	}
	n, err := netmodel.New(netmodel.Config{
		Seed: 5, Nodes: nodes, Loss: netmodel.Certain / 20, Reach: reach,
		Links: netmodel.Links{Queue: 20 * time.Millisecond, Lines: []netmodel.Line{
			{Share: 50 * percent, Down: 100_000, Up: 60_000}, {Share: 30 * percent},
			{Share: 20 * percent, Up: 300_000}}},
		Faults: []netmodel.Fault{
			of(netmodel.Loss, func(f *netmodel.Fault) {}),
			of(netmodel.Sever, func(f *netmodel.Fault) {}),
			of(netmodel.LineBursts, func(f *netmodel.Fault) { f.Bad, f.Length = f.Share, 1e9 }),
			of(netmodel.PathBursts, func(f *netmodel.Fault) { f.Bad, f.Length = f.Share, 1e9 }),
			of(netmodel.Reorder, func(f *netmodel.Fault) { f.Delay = 1e8 }),
			of(netmodel.Slow, func(f *netmodel.Fault) { f.Delay, f.Length = 1e8, 1e9 }),
			of(netmodel.Partition, func(f *netmodel.Fault) {
				f.Share, f.Whom.Share = 0, 30*percent
				f.From, f.To = at(3*time.Second), at(3500*time.Millisecond)
			}),
			of(netmodel.Duplicate, func(f *netmodel.Fault) { f.Delay = 1e8 }),
		},
		Latency: netmodel.Uniform{Low: 20 * time.Millisecond, High: 100 * time.Millisecond},
	})
	require.NoError(t, err)
	return n
}

// hillyWorld is full of chatterers that answer to whoever spoke to them, and speak to others.
func hillyWorld(t testing.TB, nodes int, checkpoint func(Checkpoint)) *World {
	g := &answerers{chatter: *newChatter(nodes, 40)}
	g.patient = 200 * time.Millisecond
	w := New(Config{Seed: 5, Groups: []protocol.Datagrams{g}, Network: hilly(t, nodes),
		Checkpoint: checkpoint})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
		w.CrashAt(i, at(time.Duration(3+i%3)*time.Second))
		w.StartAt(i, at(time.Duration(4+i%3)*time.Second))
	}
	return w
}

// answerers answer to the address that a datagram came from, and speak to a random one.
type answerers struct{ chatter }

func (g *answerers) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	g.heard[i]++
	if t.Rand.Uint64n(3) > 0 {
		t.Out.SendTo(from, p)
	}
	if t.Rand.Uint64n(2) > 0 {
		g.speak(i, t)
	}
}

func TestTheBooksBalanceOnATerrain(t *testing.T) {
	w := hillyWorld(t, 200, nil)
	for step := range 80 {
		w.Run(at(time.Duration(step) * 100 * time.Millisecond))
		w.Audit()
	}
	l := w.Ledger()
	for name, c := range map[string]Count{
		"delivered": l.Delivered, "lost": l.Lost, "down": l.Down, "filtered": l.Filtered,
		"in flight": l.InFlight, "dropped": l.Dropped, "copied": l.Copied,
	} {
		require.Greater(t, c.Datagrams, uint64(5), name)
		require.Equal(t, c.Datagrams*40, c.Bytes, name)
	}
	ends := l.Delivered
	for _, c := range []Count{l.Lost, l.Undelivered, l.Filtered, l.Dropped, l.InFlight} {
		ends.plus(c)
	}
	begins := l.Sent
	begins.plus(l.Copied)
	require.Equal(t, begins, ends)
	hits := w.FaultHits()
	require.Len(t, hits, 8)
	for i, n := range hits {
		require.Greater(t, n, uint64(5), "fault %d", i)
	}
	require.Equal(t, l.Copied.Datagrams, hits[7])
	w.terrain.filtered[3].Bytes++
	requireBroken(t, "node 3 at", w.Audit)
}

// Whatever a terrain keeps, it keeps for one node: shards may run one after the other.
func TestATerrainGivesTheSameInShards(t *testing.T) {
	run := func(shards int) (Fingerprint, Ledger, []Checkpoint, []uint64) {
		var list []Checkpoint
		w := hillyWorld(t, 60, func(c Checkpoint) { list = append(list, c) })
		if shards == 0 {
			w.Run(at(7 * time.Second))
		} else {
			s := windows{w: w, shards: make([]backlog, shards)}
			s.run(t, at(7*time.Second))
		}
		return w.Fingerprint(), sums(w), list, w.FaultHits()
	}
	want, ledger, list, hits := run(0)
	require.Len(t, list, 7)
	require.Greater(t, ledger.Filtered.Datagrams, uint64(100))
	require.Equal(t, "6deb9a477a0edef9-a5d856210f5af8cd-fa8ca9fa49a77e89", want.String(),
		"the same on every machine; when it moves, that is the finding")
	for _, shards := range []int{1, 2, 3, 7, 16, 60} {
		got, books, checkpoints, struck := run(shards)
		require.Equal(t, hits, struck)
		require.Equal(t, want, got, "%d shards", shards)
		require.Equal(t, ledger, books)
		require.Equal(t, list, checkpoints)
	}
}

// sums are the books without what is in flight, which a queue in shards does not tell.
func sums(w *World) Ledger {
	l := w.Ledger()
	l.InFlight = Count{}
	return l
}

// A symmetric NAT shows each a different port; an answer to it arrives, and to another does not.
func TestASymmetricNATShowsItsPorts(t *testing.T) {
	var reach netmodel.Reach
	reach.Timeout, reach.Shares[netmodel.Symmetric] = time.Minute, netmodel.Certain/2
	reach.Shares[netmodel.Open] = netmodel.Certain / 2
	n, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: 40, Reach: reach,
		Latency: netmodel.Constant{Delay: 10 * time.Millisecond}})
	require.NoError(t, err)
	behind, open := uint32(0), []uint32(nil)
	for i := range uint32(40) {
		if n.Class(i) == netmodel.Open {
			open = append(open, i)
		} else {
			behind = i
		}
	}
	s := &scripted{size: 40}
	s.start = func(i uint32, t *protocol.Turn) {
		if i == behind {
			t.Out.SendTo(AddrOf(open[0]), []byte("to 0"))
			t.Out.SendTo(AddrOf(open[1]), []byte("to 1"))
		}
	}
	seen := map[uint32]protocol.Addr{}
	answers := 0
	tellers := &hearing{scripted: s, heard: func(i uint32, t *protocol.Turn, from protocol.Addr) {
		if i == behind {
			answers++
			return
		}
		seen[i] = from
		node, ok := HostOf(from)
		if !ok || node != behind {
			panic("the address is not that of the sender")
		}
		t.Out.SendTo(from, []byte("answer"))
		t.Out.SendTo(AddrOf(behind), []byte("to the port that nobody has"))
	}}
	w := New(Config{Seed: 1, Groups: []protocol.Datagrams{tellers}, Network: n})
	for i := range uint32(40) {
		w.StartAt(i, 0)
	}
	w.Run(at(time.Second))
	require.Len(t, seen, 2)
	require.NotEqual(t, seen[open[0]], seen[open[1]])
	require.True(t, seen[open[0]].SameIP(AddrOf(behind)))
	require.Equal(t, 2, answers)
	require.Equal(t, uint64(2), w.Ledger().Filtered.Datagrams)
	third := seen[open[1]]
	require.EqualValues(t, 1, w.Account(open[0]).Filtered.Datagrams)
	_, isHome := NodeOf(third)
	require.False(t, isHome, "a directory must not take it for the node's own address")
}

// hearing is a script whose datagrams may come from any port.
type hearing struct {
	*scripted
	heard func(i uint32, t *protocol.Turn, from protocol.Addr)
}

func (h *hearing) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, _ []byte) {
	h.heard(i, t, from)
}

func TestATerrainAllocatesNothing(t *testing.T) {
	const nodes = 200
	g := &answerers{chatter: *newChatter(nodes, 300)}
	g.patient = 200 * time.Millisecond
	w := New(Config{Groups: []protocol.Datagrams{g}, Network: hilly(t, nodes)})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
	}
	until := at(time.Minute)
	w.Run(until)
	before := w.Ledger().Delivered.Datagrams
	allocs := testing.AllocsPerRun(20, func() {
		until = until.Add(time.Second)
		w.Run(until)
	})
	require.Zero(t, allocs)
	require.Greater(t, w.Ledger().Delivered.Datagrams-before, uint64(1000))
}

// What is off costs nothing: the world has no terrain.
func TestAPlainNetworkHasNoTerrain(t *testing.T) {
	n, err := netmodel.New(netmodel.Config{Nodes: 1, Latency: netmodel.Constant{}})
	require.NoError(t, err)
	w := New(Config{Groups: []protocol.Datagrams{&scripted{size: 1}}, Network: n})
	require.Nil(t, w.terrain)
}
