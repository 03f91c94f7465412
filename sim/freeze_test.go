package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// TestAPauseInTheTrace: what arrives is lost, what is due comes late, and a stop is a crash.
func TestAPauseInTheTrace(t *testing.T) {
	n, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: 4,
		Latency: netmodel.Constant{Delay: 100 * time.Millisecond},
		Faults: []netmodel.Fault{{Kind: netmodel.Pause, Whom: netmodel.Whom{Count: 3},
			From: at(2 * time.Second), To: at(5 * time.Second)}}})
	require.NoError(t, err)
	s := &scripted{size: 4}
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 || i == 3 {
			t.Out.WakeAt(t.Now.Add(time.Second))
		}
	}
	s.wake = func(i uint32, t *protocol.Turn) {
		if i == 3 {
			t.Out.SendTo(AddrOf(0), []byte("hello"))
		}
		t.Out.WakeAt(t.Now.Add(time.Second))
	}
	w := New(Config{Seed: 1, Groups: []protocol.Datagrams{s}, Network: n, Actor: s})
	for i := range uint32(4) {
		w.StartAt(i, 0)
	}
	w.ActAt(0, at(3*time.Second), 7)
	w.ActAt(0, at(4*time.Second), 8)
	w.StopAt(1, at(3*time.Second))
	w.StartAt(1, at(3500*time.Millisecond))
	w.ActAt(1, at(4*time.Second), 9)
	w.CrashAt(2, at(4*time.Second))
	w.Run(at(3 * time.Second))
	require.False(t, w.Alive(0))
	require.True(t, w.Alive(3))
	w.Run(at(6 * time.Second))
	w.Audit()
	require.True(t, w.Alive(0))
	var zero, others []string
	for _, line := range s.log {
		switch {
		case strings.Contains(line, "core 0 "):
			zero = append(zero, line)
		case !strings.Contains(line, "core 3"):
			others = append(others, line)
		}
	}
	require.Equal(t, []string{
		"0s core 0 node 0 starts",
		"1s core 0 node 0 wakes",
		`1.1s core 0 node 0 hears "hello" from 3`,
		"5s core 0 node 0 wakes", // that of the second at which it froze
		"5s core 0 node 0 acts 7",
		"5s core 0 node 0 acts 8",
		`5.1s core 0 node 0 hears "hello" from 3`,
	}, zero)
	require.Equal(t, []string{
		"0s core 1 node 1 starts", "0s core 2 node 2 starts",
		"core 1 dropped", "3.5s core 1 node 1 starts", "4s core 1 node 1 acts 9", "core 2 dropped",
	}, others)
	l, tally := w.Ledger(), w.Tally()
	require.Equal(t, Count{3, 15}, l.Frozen)
	require.Equal(t, Count{3, 15}, l.Undelivered)
	require.Equal(t, []uint64{3}, w.FaultHits())
	require.Zero(t, tally.Stops)
	require.EqualValues(t, 2, tally.Crashes)
	require.EqualValues(t, 3, tally.Acts)
}

// shaky is a network on which nodes freeze and datagrams are damaged.
func shaky(t testing.TB, nodes int) *netmodel.Network {
	const percent = netmodel.Certain / 100
	pause := func(draw uint32, from, to time.Duration) netmodel.Fault {
		return netmodel.Fault{Kind: netmodel.Pause, From: at(from), To: at(to), Draw: draw,
			Whom: netmodel.Whom{Share: 40 * percent, Draw: draw}}
	}
	n, err := netmodel.New(netmodel.Config{Seed: 5, Nodes: nodes, Loss: 25 * percent,
		Faults: []netmodel.Fault{pause(1, time.Second, 3*time.Second),
			pause(2, 2*time.Second, 4*time.Second), pause(3, 4*time.Second, 4500*time.Millisecond),
			{Kind: netmodel.Corrupt, To: protocol.Never, Share: 10 * percent},
			{Kind: netmodel.Duplicate, To: protocol.Never, Share: 10 * percent, Delay: 1e8},
		}, Latency: netmodel.Uniform{Low: 20 * time.Millisecond, High: 100 * time.Millisecond}})
	require.NoError(t, err)
	return n
}

func shakyWorld(t testing.TB, nodes int, checkpoint func(Checkpoint)) *World {
	g := &answerers{chatter: *newChatter(nodes, 40)}
	g.patient = 200 * time.Millisecond
	w := New(Config{Seed: 5, Groups: []protocol.Datagrams{g}, Network: shaky(t, nodes),
		Checkpoint: checkpoint})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
		w.StopAt(i, at(time.Duration(2+i%4)*time.Second))
		w.StartAt(i, at(time.Duration(2+i%4)*time.Second+1))
	}
	return w
}

// TestAShakyWorldInShards: neither pauses nor damage need to know what other nodes do.
func TestAShakyWorldInShards(t *testing.T) {
	run := func(shards int) (Fingerprint, Ledger, []Checkpoint, []uint64) {
		var list []Checkpoint
		w := shakyWorld(t, 60, func(c Checkpoint) { list = append(list, c) })
		if shards == 0 {
			w.Run(at(6 * time.Second))
			w.Audit()
		} else {
			s := windows{w: w, shards: make([]backlog, shards)}
			s.run(t, at(6*time.Second))
		}
		return w.Fingerprint(), sums(w), list, w.FaultHits()
	}
	want, ledger, list, hits := run(0)
	require.Len(t, list, 6)
	require.Equal(t, ledger.Frozen.Datagrams, hits[0]+hits[1]+hits[2])
	for _, n := range hits {
		require.Greater(t, n, uint64(20))
	}
	require.InEpsilon(t, 0.1, float64(hits[3])/float64(ledger.Sent.Datagrams-
		ledger.Lost.Datagrams), 0.1, "of what the network did not lose before")
	for _, shards := range []int{1, 3, 16} {
		got, books, checkpoints, struck := run(shards)
		require.Equal(t, list, checkpoints)
		require.Equal(t, want, got, "%d shards", shards)
		require.Equal(t, ledger, books)
		require.Equal(t, hits, struck)
	}
}

// TestDamagedOnArrival: as many datagrams as the fault has hit arrive with other bytes, the books
// have the bytes that were sent, and a copy is damaged as its original is.
func TestDamagedOnArrival(t *testing.T) {
	const percent = netmodel.Certain / 100
	n, err := netmodel.New(netmodel.Config{Seed: 5, Nodes: 2, Faults: []netmodel.Fault{
		{Kind: netmodel.Corrupt, To: protocol.Never, Share: 30 * percent},
		{Kind: netmodel.Duplicate, To: protocol.Never, Share: 100 * percent, Delay: 1}},
		Latency: netmodel.Constant{Delay: 20 * time.Millisecond}})
	require.NoError(t, err)
	const sent, text = 2000, "the same text, again and again"
	s := &scripted{size: 2}
	s.start = func(i uint32, t *protocol.Turn) {
		for range int(i) * sent {
			t.Out.SendTo(AddrOf(0), []byte(text))
		}
	}
	damaged, seen := 0, map[string]int{}
	s.heard = func(_ uint32, _ *protocol.Turn, _ protocol.Addr, p []byte) {
		if seen[string(p)]++; string(p) != text {
			damaged++
		}
	}
	w := New(Config{Seed: 5, Groups: []protocol.Datagrams{s}, Network: n})
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(time.Second))
	w.Audit()
	require.EqualValues(t, 2*w.FaultHits()[0], damaged)
	require.InDelta(t, 2*0.3*sent, damaged, 2*4*21)
	require.Equal(t, Count{2 * sent, 2 * sent * uint64(len(text))}, w.Ledger().Delivered)
	for p, n := range seen {
		require.Zero(t, n%2, "%q", p)
	}
	require.Greater(t, len(seen), 200)
}

func TestAShakyWorldAllocatesNothing(t *testing.T) {
	w := shakyWorld(t, 200, nil)
	w.Run(at(2500 * time.Millisecond))
	before, until := w.Ledger().Frozen.Datagrams, w.Now()
	require.Zero(t, testing.AllocsPerRun(10, func() {
		until = until.Add(30 * time.Millisecond)
		w.Run(until)
	}))
	require.Greater(t, w.Ledger().Frozen.Datagrams, before+50)
}
