package results_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// TestStudiesAreChecked: what a study names must exist; the message has the line and the mend.
func TestStudiesAreChecked(t *testing.T) {
	const scenario = `name: mine
groups: [{name: nodes, size: 20}]
workload: [{kind: lookup, group: nodes, rate: 2/s}]
vary: {groups.nodes.dht.k: [8, 4]}
study:
  `
	for line, says := range map[string]string{
		"metrics: [lookup.success, lookup.latency.p90]": "mine.yaml:6:12: study.metrics: there " +
			"is no metric \"lookup.latency.p90\"; did you mean \"lookup.latency_ms\"?",
		"metrics: []": "mine.yaml:6:12: study.metrics: names no metric; write some, as in " +
			"[lookup.success]",
		"metrics: [lookup.success, lookup.success]": "study.metrics: lookup.success is there " +
			"twice; remove one",
		"cost: traffic.bytes_per_node_s.p50": "mine.yaml:6:9: study.cost: " +
			"traffic.bytes_per_node_s has one value a run, and so no p50 of its own; write " +
			"traffic.bytes_per_node_s",
		"worth: lookup.latency_ms.p95": "mine.yaml:6:10: study.worth: there is no metric " +
			"\"lookup.latency_ms.p95\"; did you mean \"lookup.latency_ms\"?",
	} {
		s, err := scenarios.Parse("mine.yaml", []byte(scenario+line+"\n"))
		require.NoError(t, err)
		require.ErrorContains(t, results.CheckMetrics(s), says)
	}
	for _, shipped := range scenarios.Shipped() {
		s, err := scenarios.Open(shipped.Name)
		require.NoError(t, err)
		require.NoError(t, results.CheckMetrics(s), shipped.Name)
	}
}

// TestStudyIsWritten: the summary has the axes in the order of vary, which its cells do not tell.
func TestStudyIsWritten(t *testing.T) {
	s := quickstart(t)
	for _, set := range [][2]string{{"repeat", "1"}, {"groups.nodes.size", "20"},
		{"study.metrics", "[lookup.success, lookup.latency_ms.p90]"}, {"study.success", "95%"},
		{"vary", "{groups.nodes.dht.k: [8], groups.nodes.dht.alpha: [3, 1]}"}} {
		require.NoError(t, s.Set(set[0], set[1]))
	}
	dir := t.TempDir()
	_, err := results.Write(dir, outcome(t, s), time.Now())
	require.NoError(t, err)
	body, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	require.NoError(t, err)
	var summary struct {
		Study results.StudySummary `json:"study"`
	}
	require.NoError(t, json.Unmarshal(body, &summary))
	require.Equal(t, results.StudySummary{
		Axes:    []string{"groups.nodes.dht.k", "groups.nodes.dht.alpha"},
		Metrics: []string{"lookup.success", "lookup.latency_ms.p90"},
		Cost:    "traffic.bytes_per_node_s", Worth: "lookup.latency_ms.p50", Success: 0.95,
	}, summary.Study)
	require.Nil(t, results.Summarise(outcome(t, quickstart(t))).Study, "without vary there is none")
}
