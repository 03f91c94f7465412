package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// recorded runs a quiet world of some nodes for three seconds, in which the named nodes have an
// outcome of their own in the second second, and returns the checkpoints.
func recorded(nodes int, odd ...uint32) []Checkpoint {
	var list []Checkpoint
	w := New(Config{
		Groups: []protocol.Datagrams{&scripted{size: nodes}}, Network: steady{delay: 1},
		Checkpoint: func(c Checkpoint) { list = append(list, c) },
	})
	for i := range uint32(nodes) {
		w.nodes[i].eventHash = protocol.Mix(uint64(i)) // as if something had happened
	}
	w.Run(at(1500 * time.Millisecond))
	for _, node := range odd {
		w.Outcome(node, 1)
	}
	w.Run(at(3*time.Second) + 5)
	return list
}

func TestCheckpointsComeAtTheEndOfEachSecond(t *testing.T) {
	list := recorded(3, 1)
	require.Len(t, list, 3)
	for i, c := range list {
		require.Equal(t, i, c.Second)
		require.Len(t, c.Syndrome, radix)
	}
	require.NotEqual(t, list[0].Fingerprint, list[1].Fingerprint)
	require.Equal(t, list[1].Fingerprint, list[2].Fingerprint)
}

func TestEveryLayerIsInTheSyndrome(t *testing.T) {
	var f Fingerprint
	same := uint32(f.fold(&node{eventHash: 1, wireHash: 1, outcomeHash: 1}))
	require.NotEqual(t, same, uint32(f.fold(&node{eventHash: 2, wireHash: 1, outcomeHash: 1})))
	require.NotEqual(t, same, uint32(f.fold(&node{eventHash: 1, wireHash: 2, outcomeHash: 1})))
	require.NotEqual(t, same, uint32(f.fold(&node{eventHash: 1, wireHash: 1, outcomeHash: 2})))
	require.NotEqual(t, uint32(f.fold(&node{eventHash: 2, wireHash: 1, outcomeHash: 1})),
		uint32(f.fold(&node{eventHash: 1, wireHash: 2, outcomeHash: 1})))
}

func TestACheckpointCoversTheSecondBeforeIt(t *testing.T) {
	run := func(start protocol.Time) (list []Checkpoint) {
		s := &scripted{size: 2}
		w := New(Config{
			Groups: []protocol.Datagrams{s}, Network: steady{delay: 1},
			Checkpoint: func(c Checkpoint) { list = append(list, c) },
		})
		w.StartAt(1, start)
		w.Run(at(2 * time.Second))
		require.Equal(t, w.Fingerprint(), list[1].Fingerprint)
		return list
	}
	never, last, first := run(at(time.Hour)), run(at(time.Second)-1), run(at(time.Second))
	require.NotEqual(t, never[0].Fingerprint, last[0].Fingerprint)
	require.Equal(t, never[0].Fingerprint, first[0].Fingerprint)
	require.NotEqual(t, never[1].Fingerprint, first[1].Fingerprint)
}

func TestOneNodeThatDiffersIsNamed(t *testing.T) {
	for _, nodes := range []int{1, 2, 127, 128, 129, 1000, 20000, 70000} {
		same := recorded(nodes)
		step := max(1, nodes/13)
		for node := 0; node < nodes; node += step {
			odd := recorded(nodes, uint32(node))
			second, candidates, differs := FirstDifference(same, odd, nodes)
			require.True(t, differs)
			require.Equal(t, 1, second)
			require.Equal(t, []uint32{uint32(node)}, candidates)
		}
		_, _, differs := FirstDifference(same, recorded(nodes), nodes)
		require.False(t, differs)
	}
}

func TestSeveralNodesThatDifferAreAmongTheCandidates(t *testing.T) {
	const nodes = 40000
	same := recorded(nodes)
	odd := []uint32{5, 130, 17000, 39999}
	second, candidates, differs := FirstDifference(same, recorded(nodes, odd...), nodes)
	require.True(t, differs)
	require.Equal(t, 1, second)
	require.True(t, slices.IsSorted(candidates))
	require.LessOrEqual(t, len(candidates), 4*4*3)
	for _, node := range odd {
		require.Contains(t, candidates, node)
	}
	for _, node := range candidates {
		require.Less(t, node, uint32(nodes))
	}
	var many []uint32
	for i := range uint32(nodes / 7) {
		many = append(many, i*7)
	}
	_, candidates, _ = FirstDifference(same, recorded(nodes, many...), nodes)
	require.Len(t, candidates, candidatesMax)
	require.True(t, slices.IsSorted(candidates))
}

func TestRunsOfDifferentLengthDiffer(t *testing.T) {
	list := recorded(10)
	for _, short := range []int{0, 1, 2} {
		second, candidates, differs := FirstDifference(list, list[:short], 10)
		require.True(t, differs)
		require.Equal(t, short, second)
		require.Empty(t, candidates)
		second, _, differs = FirstDifference(list[:short], list, 10)
		require.True(t, differs)
		require.Equal(t, short, second)
	}
	second, candidates, differs := FirstDifference(list, recorded(10, 4)[:2], 10)
	require.True(t, differs, "a difference comes before the missing end")
	require.Equal(t, 1, second)
	require.Equal(t, []uint32{4}, candidates)
	_, _, differs = FirstDifference(list, list, 10)
	require.False(t, differs)
}

func TestCheckpointsComeOnceASecondHoweverRunIsCalled(t *testing.T) {
	var seconds []protocol.Time
	var w *World
	w = New(Config{
		Groups: []protocol.Datagrams{newChatter(3, 12)}, Network: steady{delay: 1e6},
		Checkpoint: func(Checkpoint) { seconds = append(seconds, w.Now()) },
	})
	for until := range 41 {
		w.Run(at(time.Duration(until) * 100 * time.Millisecond))
	}
	w.Run(at(4 * time.Second))
	require.Equal(t, []protocol.Time{1e9, 2e9, 3e9, 4e9}, seconds)
}

// BenchmarkCheckpoint measures what a checkpoint costs, once a simulated second.
func BenchmarkCheckpoint(b *testing.B) {
	for _, nodes := range []int{1e4, 1e6} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			w := New(Config{
				Groups: []protocol.Datagrams{&scripted{size: nodes}}, Network: steady{delay: 1},
			})
			for b.Loop() {
				w.check()
			}
			walked := float64(b.N) * float64(nodes)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/walked, "ns/node")
		})
	}
}

// A stride leaves checkpoints out, and changes nothing in the others.
func TestCheckpointStride(t *testing.T) {
	take := func(stride int) (list []Checkpoint) {
		w := New(Config{Seed: 5, Groups: []protocol.Datagrams{newChatter(3, 12)}, Stride: stride,
			Network:    steady{delay: 1e6},
			Checkpoint: func(c Checkpoint) { list = append(list, c) }})
		for n := range uint32(3) {
			w.StartAt(n, 0)
		}
		for n := range 100 {
			w.Outcome(uint32(n%3), uint64(n))
			w.Run(at(time.Duration(n+1) * 700 * time.Millisecond))
		}
		return list
	}
	all, seventh := take(0), take(7)
	require.Len(t, all, 70)
	require.Len(t, seventh, 10)
	for n, c := range seventh {
		require.Equal(t, all[7*n+6], c)
	}
}
