package sim

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestStreamsInShards: connections need no knowledge of the order in which nodes are run.
func TestStreamsInShards(t *testing.T) {
	run := func(shards int) (Fingerprint, []Checkpoint, []Transfer, StreamTally, []uint64) {
		w, g := babbleWorld(t, 11, 20, false)
		if shards == 0 {
			w.Run(at(13 * time.Second))
			w.Audit()
		} else {
			s := windows{w: w, shards: make([]backlog, shards)}
			s.run(t, at(13*time.Second))
			for i := range s.shards {
				for j := range s.shards[i].events {
					w.queue.push(&s.shards[i].events[j])
				}
			}
			w.Audit()
		}
		require.NoError(t, g.trouble)
		return w.Fingerprint(), g.checkpoints, w.Transfers(), w.StreamTally(), w.FaultHits()
	}
	want, list, transfers, tally, hits := run(0)
	require.Greater(t, len(transfers), 100)
	require.Len(t, list, 13)
	require.Equal(t, "217778e9b8f046f2-e0ccfe2c849ba262-821aa2aea4f68fb3", want.String(),
		"the same on every machine; when it moves, that is the finding")
	for _, shards := range []int{1, 3, 7, 20} {
		got, checkpoints, rows, counts, struck := run(shards)
		require.Equal(t, want, got, "%d shards", shards)
		require.Equal(t, list, checkpoints)
		require.Equal(t, transfers, rows)
		require.Equal(t, tally, counts)
		require.Equal(t, hits, struck)
	}
}

// TestFullBytesHaveTheSameTrace: bodies may travel by reference, or as bytes that every core
// checks: whatever happens, happens to the same nodes at the same time, and the books are the same.
func TestFullBytesHaveTheSameTrace(t *testing.T) {
	run := func(full bool) (*World, *babble) {
		w, g := babbleWorld(t, 3, 20, full)
		w.Run(at(100 * time.Second))
		w.Audit()
		require.NoError(t, g.trouble)
		return w, g
	}
	w, short := run(false)
	v, long := run(true)
	require.Equal(t, w.Fingerprint(), v.Fingerprint())
	require.Equal(t, short.calls, long.calls)
	require.Equal(t, w.Transfers(), v.Transfers())
	require.Equal(t, w.StreamTally(), v.StreamTally())
	require.Greater(t, short.bodies, 500)
	require.Zero(t, long.bodies)
	require.Equal(t, short.checked, long.checked)
}

// TestBodiesThatCannotBeReadReset: the core hears of it, and so does the other end.
func TestBodiesThatCannotBeReadReset(t *testing.T) {
	s := newCaller(2)
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			t.Out.Dial(0, AddrOf(1))
		}
	}
	s.accept = accepting(9)
	s.opened = func(i uint32, t *protocol.Turn, c protocol.Conn) { t.Out.Write(c, block(0)) }
	w := New(Config{Groups: []protocol.Datagrams{s}, FullBytes: true, Contents: nothing{},
		Network: wired(t, 2, 50*time.Millisecond, 0, 0)})
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(time.Second))
	w.Audit()
	requireLog(t, s.scripted,
		"0s core 0 node 0 starts", "0s core 1 node 1 starts",
		"50ms core 1 node 1 is dialed by 0, accepts true",
		"100ms core 0 node 0 opened 0",
		"100.000001ms core 0 node 0 lost 0: reset",
		"150ms core 1 node 1 lost 9: reset")
	require.Empty(t, w.Transfers())
}

type nothing struct{}

var errGone = errors.New("gone")

func (nothing) ReadBody(protocol.Body, []byte) error { return errGone }

// FuzzStreams has random cores do everything on random networks, for a while: no byte is wrong or
// out of order, the books balance, and full bytes change nothing. What lasts long is TestBabble.
func FuzzStreams(f *testing.F) {
	f.Add(uint64(1), uint8(4), uint8(2))
	f.Add(uint64(2), uint8(12), uint8(7)) // until connections have been severed
	f.Add(uint64(80), uint8(0), uint8(0)) // the first draw of a fault names nobody
	f.Fuzz(func(t *testing.T, seed uint64, size, span uint8) {
		nodes := 12 + int(size%20)
		print := [2]Fingerprint{}
		for i, full := range []bool{false, true} {
			w, g := babbleWorld(t, seed, nodes, full)
			for step := range 1 + int(span%8) {
				w.Run(at(time.Duration(step+1) * 1600 * time.Millisecond))
				w.Audit()
			}
			require.NoError(t, g.trouble)
			print[i] = w.Fingerprint()
		}
		require.Equal(t, print[0], print[1])
	})
}
