package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// backlog is the queue of one shard, as simple as can be. By arrival, it has the mistake that
// most simulators make: events of one time come in the order in which they were created.
type backlog struct {
	events    []event
	byArrival bool
}

func (b *backlog) first() int {
	best := 0
	for i := range b.events {
		e, f := &b.events[i], &b.events[best]
		if e.when < f.when || e.when == f.when && !b.byArrival && e.before(f) {
			best = i
		}
	}
	return best
}

func (b *backlog) pop(edge protocol.Time, e *event) bool {
	if len(b.events) == 0 {
		return false
	}
	i := b.first()
	*e = b.events[i]
	if e.when >= edge {
		return false
	}
	b.events = slices.Delete(b.events, i, i+1)
	return true
}

// windows runs a world as a parallel engine would: the nodes are dealt to shards, and within a
// window no longer than the minimum delay each shard runs on its own, one after the other here.
type windows struct {
	w      *World
	shards []backlog
}

func (s *windows) deal(t *testing.T, from int, edge protocol.Time) {
	for e := range s.w.queue.all {
		to := int(e.target*11) % len(s.shards)
		if to != from && from >= 0 {
			require.GreaterOrEqual(t, e.when, edge, "an event for another shard within the window")
		}
		s.shards[to].events = append(s.shards[to].events, *e)
	}
	s.w.queue = wheel{}
}

func (s *windows) run(t *testing.T, until protocol.Time) {
	w := s.w
	s.deal(t, -1, 0)
	for start := protocol.Time(0); start < until; {
		edge := min(until, start.Add(w.delayMin), endOfSecond(w.second))
		for i := range s.shards {
			var e event
			for s.shards[i].pop(edge, &e) {
				w.now = e.when
				w.step(&e)
				s.deal(t, i, edge)
			}
		}
		w.now, start = edge, edge
		w.announce()
	}
}

// lockstep is a world full of ties: all delays are equal, and many nodes start at once.
func lockstep(checkpoint func(Checkpoint)) *World {
	g := newChatter(60, 40)
	w := New(Config{
		Seed: 11, Groups: []protocol.Datagrams{g}, Checkpoint: checkpoint,
		Network: steady{delay: 50 * time.Millisecond, loss: 10},
	})
	for i := range uint32(w.Len()) {
		w.StartAt(i, at(2*time.Second))
		w.CrashAt(i, at(time.Duration(4+i%3)*time.Second))
		w.StartAt(i, at(time.Duration(5+i%3)*time.Second))
	}
	return w
}

func sharded(t *testing.T, shards int, byArrival bool) (Fingerprint, []Checkpoint) {
	var list []Checkpoint
	w := lockstep(func(c Checkpoint) { list = append(list, c) })
	if shards == 0 {
		w.Run(at(8 * time.Second))
		return w.Fingerprint(), list
	}
	s := windows{w: w, shards: make([]backlog, shards)}
	for i := range s.shards {
		s.shards[i].byArrival = byArrival
	}
	s.run(t, at(8*time.Second))
	return w.Fingerprint(), list
}

// TestShardsGiveTheSameFingerprint shows that nothing in the engine depends on the order in which
// nodes that are far apart are run, so that they may one day be run at the same time.
func TestShardsGiveTheSameFingerprint(t *testing.T) {
	want, list := sharded(t, 0, false)
	require.Len(t, list, 8)
	for _, shards := range []int{1, 2, 3, 7, 16, 60} {
		got, checkpoints := sharded(t, shards, false)
		require.Equal(t, want, got, "%d shards", shards)
		require.Equal(t, list, checkpoints)
	}
}

// TestOrderOfArrivalIsFound plants the mistake of ordering simultaneous events by their creation.
func TestOrderOfArrivalIsFound(t *testing.T) {
	_, one := sharded(t, 1, true)
	found := 0 // in one shard arrival is an order, too: only the number of shards betrays it
	for _, shards := range []int{2, 3, 7, 16} {
		_, several := sharded(t, shards, true)
		if second, candidates, differs := FirstDifference(one, several, 60); differs {
			require.GreaterOrEqual(t, second, 2, "no ties before")
			require.NotEmpty(t, candidates)
			found++
		}
	}
	require.Equal(t, 4, found)
}
