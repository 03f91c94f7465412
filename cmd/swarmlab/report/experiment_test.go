package report

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

func metrics() map[string]stats.Summary {
	const n = 62724
	nan := stats.Number(math.NaN())
	return map[string]stats.Summary{
		"lookup.hops.contact": {Unit: "hops", N: n, Mean: 3.21591, P50: 3, P90: 4, P99: 5,
			CI95: &[2]stats.Number{3.2111, 3.2207}},
		"lookup.hops.total": {Unit: "hops", Mean: nan, P50: nan},
		"lookup.messages":   {Unit: "queries", N: n, Mean: 13.3, P50: 13, P90: 15, P99: 17},
		"lookup.latency_ms": {Unit: "ms", N: n, Mean: 1222.4, P50: 1085.3, P90: 1754, P99: 3148,
			CI95: &[2]stats.Number{1211, 1233}},
		"lookup.found_ms": {Unit: "ms", N: n, Mean: 512.3, P50: 430.2, P90: 911, P99: 1500},
		"lookup.success":  {Unit: "share", N: n, Mean: 0.99999},
	}
}

// finished is an experiment with two cells, of which the second has one seed less.
func finished(t *testing.T) *Experiment {
	s, err := scenarios.Open("quickstart")
	require.NoError(t, err)
	s.Title = "Hop counts in a Mainline DHT"
	s.Vary = scenarios.Vary{{Path: "groups.nodes.size"}, {Path: "groups.nodes.dht.k"}}
	cell := func(size int, seeds ...uint64) results.CellSummary {
		return results.CellSummary{
			Set:   map[string]any{"groups.nodes.size": size, "groups.nodes.dht.k": 8},
			Seeds: seeds, Nodes: size, Metrics: metrics(),
			Models: map[string]results.Prediction{
				"lookup.hops.contact": {Name: "Roos", Mean: 2.896}},
		}
	}
	cells := []results.CellSummary{cell(10000, 1, 2), cell(625, 1)}
	cells[1].Cell = 1
	return &Experiment{
		Scenario: s, Runs: 4, Folder: "results/hops",
		Summary: &results.Summary{Title: s.Title, Fingerprint: "aa-bb-cc", Cells: cells},
		Outcome: &results.Outcome{Runs: make([]*findings.Run, 3), Failures: []findings.Failure{
			{Cell: 1, Seed: 2, Error: "panic: broken\ngoroutine 1", Replay: "swarmlab run ..."}}},
		Figures: []string{"hops: results/hops/figures/hops.{svg,pdf,png,csv,md}"},
		Took:    39 * time.Second,
	}
}

func TestReport(t *testing.T) {
	text := finished(t).Text()
	require.Equal(t, `Hop counts in a Mainline DHT
10,000 nodes, 2 seeds, 62,724 lookups
groups.nodes.size=10000 groups.nodes.dht.k=8

                                mean ± 95 %   p50   p90   p99
hops to the closest node      3.216 ± 0.005     3     4     5  model 2.90
messages                               13.3    13    15    17
time to the closest node, ms            512   430   911  1500
latency, ms                       1222 ± 11  1085  1754  3148
success, %                            99.99

cell    size  k           hops  model  messages  found p50  latency p50  success
   0  10,000  8  3.216 ± 0.005   2.90      13.3     430 ms      1085 ms  99.99 %
   1     625  8  3.216 ± 0.005   2.90      13.3     430 ms      1085 ms  99.99 %

failed: cell 1, seed 2: panic: broken
  swarmlab run ...

fingerprint  aa-bb-cc
seeds        1-2
finished     3 of 4 runs
results      results/hops
figures      hops: results/hops/figures/hops.{svg,pdf,png,csv,md}
time         39 s
`, text)
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), columns, line)
	}
}

func TestReportOfNothingButFailures(t *testing.T) {
	e := finished(t)
	e.Summary.Cells, e.Figures = nil, nil
	for n := range 30 {
		e.Outcome.Failures = append(e.Outcome.Failures, findings.Failure{Seed: uint64(n)})
	}
	text := e.Text()
	require.True(t, strings.HasPrefix(text, "Hop counts in a Mainline DHT\n\nfailed: cell 1"), text)
	require.Contains(t, text, "... and 21 more failures in results/hops/manifest.json\n")
	require.NotContains(t, text, "fingerprint")
}
