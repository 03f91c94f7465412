package experiments

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

// ended is a run of the program with two cells, of which the second has one seed less.
func ended() *work {
	cell := func(metrics map[string]stats.Summary, seeds ...uint64) results.CellSummary {
		return results.CellSummary{Seeds: seeds, Metrics: metrics}
	}
	nan := stats.Number(math.NaN())
	return &work{
		plan: &plan.Plan{Estimate: scenarios.Estimate{Runs: 4}},
		dir:  &claim.Folder{Path: "results/hops"},
		summary: results.Summary{Fingerprint: "aa-bb-cc", Cells: []results.CellSummary{
			cell(map[string]stats.Summary{
				"lookup.hops.contact": {Unit: "hops", N: 62724, Mean: 3.21591, P50: 3, P90: 4,
					P99: 5, CI95: &[2]stats.Number{3.2111, 3.2207}},
				"lookup.hops.total": {Unit: "hops", Mean: nan, P50: nan},
			}, 1, 2),
			cell(nil, 1)}},
		outcome: &results.Outcome{Runs: make([]*findings.Run, 3), Failures: []findings.Failure{
			{Cell: 1, Seed: 2, Error: "panic: broken\ngoroutine 1", Replay: "swarmlab run ..."}}},
	}
}

func TestVerdict(t *testing.T) {
	w := ended()
	require.Equal(t, command.Failed, command.Status(w.verdict()))
	require.EqualError(t, w.verdict(), "1 of 4 runs failed")

	w.outcome.Interrupted = true
	require.Equal(t, command.Interrupted, command.Status(w.verdict()))
	require.EqualError(t, w.verdict(), "interrupted: 3 of 4 runs finished; "+
		"their results are in results/hops")

	w.undrawn = true
	require.Equal(t, command.Interrupted, command.Status(w.verdict()))
	require.ErrorContains(t, w.verdict(), "swarmlab plot results/hops draws them")

	w.undrawn, w.outcome = false, &results.Outcome{}
	w.trouble = errors.New("disk full")
	require.Equal(t, command.Exit(command.Failed, w.trouble), w.verdict())
	w.trouble = nil
	require.NoError(t, w.verdict())
}

func TestDocumentIsOneJSONObjectWithoutNaN(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, command.PrintJSON(&out, ended().document()))
	var doc map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &doc))
	require.Equal(t, "results/hops", doc["out"])
	require.Len(t, doc["failures"], 1)
	require.Len(t, doc["cells"], 2)
}

func TestReplayNamesTheStoredScenario(t *testing.T) {
	w := ended()
	w.dir.Path = "my results"
	w.outcome.Cells = []scenarios.Cell{{}, {Set: []scenarios.Setting{
		{Path: "groups.nodes.size", Value: 625}, {Path: "network.loss", Value: "0.5%"},
		{Path: "groups.nodes.dht.buckets", Value: "[16, 8]"}}}}
	w.nameReplays()
	require.Equal(t, "swarmlab run 'my results/scenario.yaml' --seed 2 --repeat 1 "+
		"--set groups.nodes.size=625 --set network.loss=0.5% "+
		"--set 'groups.nodes.dht.buckets=[16, 8]' --out 'my results-replay'",
		w.outcome.Failures[0].Replay)
}
