package lab

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/oracle"
	"swarmlab/scenarios/results"
)

var large = flag.Bool("large", false, "TestIdealMatchesTheory with 100,000 nodes, too")

// TestIdealMatchesTheory holds the whole simulator, real bytes and all, against the model of Roos,
// Salah and Strufe, on the model's own assumptions.
func TestIdealMatchesTheory(t *testing.T) {
	sizes := []int{1_000, 10_000}
	if *large {
		sizes = append(sizes, 100_000)
	}
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			cell := runCell(t, "hops-ideal", "groups.nodes.size", fmt.Sprint(size))
			hops := cell.Metrics["lookup.hops.contact"]
			require.Equal(t, 50_000, hops.N)
			model := oracle.Model{Nodes: size, Buckets: []int{8}, Alpha: 3, Beta: 2}
			cdf, err := model.CDF()
			require.NoError(t, err)
			t.Logf("mean %.4f, model %.4f", hops.Mean, oracle.Mean(cdf))
			require.InDelta(t, oracle.Mean(cdf), float64(hops.Mean), 0.02)
			for h := range max(len(cdf), len(hops.CDF)) {
				require.InDelta(t, at(cdf, h), float64(at(hops.CDF, h)), 0.01, "P(H <= %d)", h+1)
			}
			require.EqualValues(t, 1, cell.Metrics["lookup.success"].Mean)
			require.Zero(t, cell.Metrics["lookup.timeouts"].Max)
		})
	}
}

// at returns a value of a distribution function, which is 1 beyond its end.
func at[T ~float64](cdf []T, n int) T {
	if n < len(cdf) {
		return cdf[n]
	}
	return 1
}

// TestFullAnswers holds rounds and messages of complete lookups against an independent Monte Carlo
// of whole networks (k = 8, alpha = 3, beta = k): 4.00 rounds and 10.9 messages at 1,000 nodes,
// 4.68 and 12.9 at 10,000.
func TestFullAnswers(t *testing.T) {
	want := map[string][2]float64{"1000": {4.00, 10.9}, "10000": {4.68, 12.9}}
	for size, w := range want {
		cell := runCell(t, "hops-ideal", "groups.nodes.size", size,
			"groups.nodes.dht.reply_contacts", "8")
		require.InEpsilon(t, w[0], float64(cell.Metrics["lookup.rounds"].Mean), 0.03)
		require.InEpsilon(t, w[1], float64(cell.Metrics["lookup.messages"].Mean), 0.03)
		// A neighbour may be missing in the tables of all others; that it is one of the eight
		// closest and nobody knows it is rare.
		require.Greater(t, float64(cell.Metrics["lookup.recall"].Mean), 7.99)
	}
}

// TestJoinedTables holds tables built by real joins to within 0.15 hops of the model, which
// assumes uniform samples; more would mean a fault in joining or refreshing.
func TestJoinedTables(t *testing.T) {
	cell := runCell(t, "hops", "groups.nodes.size", "1250", "groups.nodes.dht.rounds", "true",
		"network.loss", "0%")
	hops := cell.Metrics["lookup.hops.contact"].Mean
	model := cell.Models["lookup.hops.contact"].Mean
	t.Logf("mean %.3f, model %.3f", hops, model)
	require.InDelta(t, float64(model), float64(hops), 0.15)
	require.Greater(t, float64(cell.Metrics["lookup.success"].Mean), 0.999)
}

// runCell runs a shipped scenario of one cell, with one seed and with some settings changed.
func runCell(t *testing.T, name string, settings ...string) results.CellSummary {
	t.Helper()
	o := runScenario(t, name, settings...)
	summary := results.Summarise(o)
	require.Len(t, summary.Cells, 1)
	return summary.Cells[0]
}

func runScenario(t *testing.T, name string, settings ...string) *results.Outcome {
	t.Helper()
	s := open(t, name, append(settings, "repeat", "1")...)
	o, err := (&Experiment{Scenario: s, Jobs: 1}).Run(context.Background())
	require.NoError(t, err)
	require.Empty(t, o.Failures)
	return o
}

func open(t *testing.T, name string, settings ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Open(name)
	require.NoError(t, err)
	for n := 0; n < len(settings); n += 2 {
		require.NoError(t, s.Set(settings[n], settings[n+1]))
	}
	require.NoError(t, s.Validate())
	return s
}
