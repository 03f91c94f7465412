package lab

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// TestOverrunIsAResult: of two cells the larger exceeds the budget, and the other goes on. What
// failed is named, is stored, and is the same again; with more to spend it is tried again.
func TestOverrunIsAResult(t *testing.T) {
	set := []string{"groups.nodes.size", "50", "repeat", "2", "budget.events", "60000", "vary",
		"{groups.nodes.size: [30, 400]}"}
	home := t.TempDir()
	run := func(s *scenarios.Scenario) (*results.Outcome, results.Summary, int) {
		cells, err := s.Cells()
		require.NoError(t, err)
		st, err := unfinished.Open(home, s, cells)
		require.NoError(t, err)
		defer st.Close()
		var last Progress
		o, err := (&Experiment{Scenario: s, Jobs: 2, Store: st,
			Progress: func(p Progress) { last = p }}).Run(context.Background())
		require.NoError(t, err)
		require.False(t, o.Interrupted)
		require.Equal(t, 2, last.CellsDone)
		require.Equal(t, len(o.Failures), last.Failed)
		return o, results.Summarise(o), st.Found
	}
	o, summary, found := run(open(t, "quickstart", set...))
	require.Zero(t, found)
	require.Len(t, o.Runs, 2)
	require.Len(t, o.Failures, 2)
	require.Len(t, summary.Cells, 1)
	f := summary.Failures[1]
	require.Equal(t, map[string]any{"groups.nodes.size": 400}, f.Set)
	require.Regexp(t, `^budget: more than 60000 events by \d+s of simulated time; raise `, f.Error)
	require.Equal(t, "swarmlab run scenario.yaml --seed 2 --repeat 1 --set groups.nodes.size=400",
		f.Replay)

	again, summaryAgain, found := run(open(t, "quickstart", set...))
	require.Equal(t, 4, found)
	require.Equal(t, o.Failures, again.Failures)
	require.Equal(t, summary, summaryAgain)

	set[5] = "unlimited"
	o, _, _ = run(open(t, "quickstart", set...))
	require.Len(t, o.Runs, 4)
	require.Empty(t, o.Failures)
}

// TestPulseEndsASecond: a run is given up also between two simulated seconds, by the wall clock.
func TestPulseEndsASecond(t *testing.T) {
	s := open(t, "quickstart", "groups.nodes.size", "20000", "budget.time", "100ms",
		"groups.nodes.join.over", "1s")
	cells, err := s.Cells()
	require.NoError(t, err)
	run, err := (&job{cell: cells[0], seed: 1}).attempt(context.Background())
	require.Nil(t, run)
	require.ErrorContains(t, err, "budget: not at its end after 100ms, but at ")
}
