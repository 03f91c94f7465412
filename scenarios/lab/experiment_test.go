package lab

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
)

// pinned is the fingerprint of a small scenario. It must be the same on every machine; when it
// moves, the commit that moves it says why.
const pinned = "3b4468c91c230827-77d4d2453f909ce6-f087b113385ba095"

func small(t *testing.T) *scenarios.Scenario {
	return open(t, "quickstart", "groups.nodes.size", "200", "repeat", "3")
}

// TestSameBytes runs an experiment with one worker and with many, and demands the same files.
func TestSameBytes(t *testing.T) {
	var dirs []string
	for _, jobs := range []int{1, 4} {
		dir := t.TempDir()
		o, err := (&Experiment{Scenario: small(t), Jobs: jobs}).Run(context.Background())
		require.NoError(t, err)
		summary, err := results.Write(dir, o, time.Now())
		require.NoError(t, err)
		require.Equal(t, pinned, summary.Fingerprint)
		dirs = append(dirs, dir)
	}
	entries, err := os.ReadDir(dirs[0])
	require.NoError(t, err)
	require.Len(t, entries, 12)
	for _, e := range entries {
		if e.Name() == manifest.File {
			continue
		}
		a, err := os.ReadFile(filepath.Join(dirs[0], e.Name()))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(dirs[1], e.Name()))
		require.NoError(t, err)
		require.Equal(t, a, b, e.Name())
	}
}

// TestAddedNodesChangeNothing shows common random numbers at work: a node's identity does not
// depend on how many others there are, and no two nodes are twins.
func TestAddedNodesChangeNothing(t *testing.T) {
	few, many := newIdentities(7, 10), newIdentities(7, 1000)
	seen := map[krpc.ID]bool{}
	for i := range uint32(1000) {
		if i < 10 {
			require.Equal(t, few.id(i), many.id(i))
		}
		require.False(t, seen[many.id(i)])
		seen[many.id(i)] = true
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	o, err := (&Experiment{Scenario: small(t), Jobs: 2}).Run(context.Background())
	require.NoError(t, err)
	_, err = results.Write(dir, o, time.Now())
	require.NoError(t, err)

	stored, err := results.Open(dir)
	require.NoError(t, err)
	found, err := Verify(context.Background(), stored, 2, nil)
	require.NoError(t, err)
	require.Empty(t, found)

	// A run that went another way from second 3 on, at node 42, is named so.
	run := stored.Manifest.Runs[1]
	for n := range stored.Checkpoints(run) {
		if c := &stored.Checkpoints(run)[n]; c.Second >= 3 {
			c.Events++
			c.Syndrome[42%128]++
			c.Syndrome[128+42/128]++
		}
	}
	found, err = Verify(context.Background(), stored, 2, nil)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, run.Seed, found[0].Seed)
	require.Equal(t, 3, found[0].Second)
	require.Equal(t, []uint32{42}, found[0].Nodes)
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	e := &Experiment{Scenario: small(t), Jobs: 1, Progress: func(p Progress) {
		if p.Done == 1 {
			cancel()
		}
	}}
	o, err := e.Run(ctx)
	require.NoError(t, err)
	require.True(t, o.Interrupted)
	require.Len(t, o.Runs, 1)
	require.Empty(t, o.Failures)
}

func TestPanicIsAResult(t *testing.T) {
	s := small(t)
	b := newBoard(&results.Outcome{Scenario: s}, nil)
	j := b.newJob(scenarios.Cell{Index: 3, Scenario: s}, 9)
	j.cell.Scenario = nil
	run, failure, err := (&Experiment{}).conclude(context.Background(), j)
	require.NoError(t, err)
	require.Nil(t, run)
	b.ended(context.Background(), j, run, failure)
	require.Len(t, b.outcome.Failures, 1)
	require.Equal(t, 3, b.outcome.Failures[0].Cell)
	require.EqualValues(t, 9, b.outcome.Failures[0].Seed)
	require.Contains(t, b.outcome.Failures[0].Error, "panic")
}

func TestProgressReachesTheEnd(t *testing.T) {
	var last Progress
	e := &Experiment{Scenario: small(t), Jobs: 2, Progress: func(p Progress) {
		require.GreaterOrEqual(t, p.Share, last.Share)
		last = p
	}}
	_, err := e.Run(context.Background())
	require.NoError(t, err)
	require.Equal(t, Progress{Runs: 3, Done: 3, Cells: 1, CellsDone: 1, Share: 1}, last)
}
