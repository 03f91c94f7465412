package lab

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// until is a sweep in which lookups that wait less are known well enough sooner.
func until(t *testing.T) *scenarios.Scenario {
	return open(t, "quickstart", "groups.nodes.size", "30", "duration", "130s", "repeat", "12",
		"until", "{metric: lookup.latency_ms, half_width: 25%, first: 3}",
		"transient", "lookup.latency_ms", "vary", "{groups.nodes.dht.alpha: [1, 3]}")
}

// TestStopsAtTheSameLook: with any number of workers, and with runs found in a store, cells have
// the same runs, whose number is that of a look, and whose intervals are as narrow as asked for.
func TestStopsAtTheSameLook(t *testing.T) {
	s := until(t)
	require.Equal(t, []int{3, 6, 12}, s.Looks())
	cells, err := s.Cells()
	require.NoError(t, err)
	home := t.TempDir()
	var first results.Summary
	for n, jobs := range []int{4, 1, 2} {
		e := &Experiment{Scenario: s, Jobs: jobs}
		if n > 0 { // the second fills the store that the third finds
			e.Store, err = unfinished.Open(home, s, cells)
			require.NoError(t, err)
		}
		var last Progress
		e.Progress = func(p Progress) { last = p }
		o, err := e.Run(context.Background())
		require.NoError(t, err)
		require.False(t, o.Interrupted)
		require.Equal(t, last.Runs, last.Done)
		require.Equal(t, 2, last.CellsDone)
		summary := results.Summarise(o)
		if n == 0 {
			first = summary
		}
		want, err := json.Marshal(first)
		require.NoError(t, err)
		got, err := json.Marshal(summary)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		if e.Store != nil {
			require.NoError(t, e.Store.Close())
		}
	}
	for _, c := range first.Cells {
		require.Contains(t, s.Looks(), len(c.Seeds))
		require.Equal(t, len(c.Seeds), c.Stopping.Look)
		require.Equal(t, c.Stopping.Enough, c.Stopping.Half <= c.Stopping.Mean/4)
		require.True(t, c.Stopping.Enough || len(c.Seeds) == s.Repeat)
		m := c.Metrics["lookup.latency_ms"]
		require.InDelta(t, 2*float64(c.Stopping.Half), float64(m.CI95[1]-m.CI95[0]), 1e-6)
		require.Len(t, c.Transient.From, len(c.Seeds))
	}

	require.NotEqual(t, s.Repeat, len(first.Cells[0].Seeds), "one cell stops early")

	// The two arms share what is random, and the summary says how much that is worth.
	require.Len(t, first.Comparisons, 1)
	d := first.Comparisons[0].Metrics["lookup.latency_ms"]
	require.Equal(t, min(len(first.Cells[0].Seeds), len(first.Cells[1].Seeds)), d.N)
	require.Negative(t, float64(d.CI95[1]), "three queries at a time are faster than one")
}

func TestUnknownMetricsAreRefused(t *testing.T) {
	s := open(t, "quickstart", "until", "{metric: lookup.latency, half_width: 4%}")
	_, err := (&Experiment{Scenario: s, Jobs: 1}).Run(context.Background())
	require.ErrorContains(t, err, `until.metric: there is no metric "lookup.latency"; did you `+
		`mean "lookup.latency_ms"?`)
	s = open(t, "quickstart", "transient", "nodes.online")
	_, err = (&Experiment{Scenario: s, Jobs: 1}).Run(context.Background())
	require.ErrorContains(t, err, "transient: nodes.online has one value a run")
}
