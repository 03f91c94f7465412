package results

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
)

// sized makes an outcome of two sizes and two seeds, with one run each: the lookups of seed s among
// n nodes take hops(n, s) hops.
func sized(t *testing.T, targets string, hops func(nodes, seed int) []int32) *Outcome {
	t.Helper()
	s, err := scenarios.Parse("test", []byte(strings.ReplaceAll(`
name: test
groups: [{name: nodes, size: 100}]
workload: [{kind: lookup, group: nodes, rate: 1/s}]
vary: {groups.nodes.size: [100, 10000]}
repeat: 2
targets:
`, "\t", "")+targets))
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	o := &Outcome{Scenario: s, Cells: cells}
	for n, cell := range cells {
		for seed := 1; seed <= 2; seed++ {
			nodes := cell.Scenario.Nodes()
			run := &findings.Run{Cell: n, Seed: uint64(seed), Nodes: nodes}
			for _, h := range hops(nodes, seed) {
				run.Lookups = append(run.Lookups,
					findings.Lookup{Cell: int32(n), Seed: uint64(seed),
						Kind: scenarios.KindLookup, Contact: h, Rounds: 2, Success: true})
			}
			o.Runs = append(o.Runs, run)
		}
	}
	return o
}

func row(metric, of, where, published, tolerance string) string {
	return "  - {what: it, metric: " + metric + ", of: " + of + ", where: " + where +
		", published: " + published + ", tolerance: " + tolerance +
		", kind: oracle, source: a paper}\n"
}

// TestVerdicts compares with values that are worked out by hand: 100 nodes take 1, 2 and 3 hops
// with seed 1 and one more with seed 2; 10,000 nodes take two more than that.
func TestVerdicts(t *testing.T) {
	small, large := "{groups.nodes.size: 100}", "{groups.nodes.size: 10000}"
	const hop = "lookup.hops.contact"
	cases := []struct {
		row     string
		ours    float64
		verdict string
		half    float64 // of the interval: 12.706 is Student's t with one degree of freedom
	}{
		{row(hop, "mean", small, "2.5", "0"), 2.5, TargetMet, 12.706 * 0.5},
		{row(hop, "mean", small, "2.6", "0.05"), 2.5, TargetMissed, 12.706 * 0.5},
		{row(hop, "mean", small, "2.6", "4%"), 2.5, TargetMet, 12.706 * 0.5},
		{row(hop, "cdf(2)", small, "0.5", "0"), 0.5, TargetMet, 12.706 / 6},
		{row(hop, "cdf(9)", large, "1", "0"), 1, TargetMet, 0},
		{row(hop, "p50", large, "4", "0"), 4, TargetMet, 12.706 * 0.5},
		{row(hop, "max", large, "6", "0"), 6, TargetMet, 12.706 * 0.5},
		{row(hop, "slope", "none", "1", "1e-9"), 1, TargetMet, 0},
		{row(hop, "ratio, against: "+small, large, "1.8", "1e-9"), 1.8, TargetMet,
			12.706 * (2.0 - 5.0/3) / 2},
		{row(hop, "ratio, over: lookup.rounds", small, "1.25", "1e-9"), 1.25, TargetMet,
			12.706 * 0.25},
		{row(hop, "ratio, over: lookup.messages", small, "1", "0"), math.NaN(),
			TargetNotMeasured, 0},
		{row(hop, "mean", "none", "1", "0"), math.NaN(), TargetNotMeasured, 0},
		{row(hop, "mean", "{groups.nodes.size: 7}", "1", "0"), math.NaN(), TargetNotMeasured, 0},
		{row(hop, "slope", small, "1", "0"), math.NaN(), TargetNotMeasured, 0},
		{row("none", "mean", small, "1", "0"), math.NaN(), TargetNotMeasured, 0},
		{row("announce.stored", "mean", small, "1", "0"), math.NaN(), TargetNotMeasured, 0},
		{row(hop, "ratio, against: {groups.nodes.size: 7}", small, "1", "0"), math.NaN(),
			TargetNotMeasured, 0},
	}
	rows := ""
	for _, c := range cases {
		rows += c.row
	}
	o := sized(t, rows, func(nodes, seed int) []int32 {
		more := int32(seed - 1)
		if nodes == 10000 {
			more += 2
		}
		return []int32{1 + more, 2 + more, 3 + more}
	})
	targets := Summarise(o).Targets
	require.Len(t, targets, len(cases))
	for n, c := range cases {
		got := targets[n]
		require.Equal(t, c.verdict, got.Verdict, c.row)
		if c.verdict == TargetNotMeasured {
			require.True(t, math.IsNaN(float64(got.Ours)), c.row)
			require.NotEmpty(t, got.Why, c.row)
			require.Nil(t, got.CI95, c.row)
			continue
		}
		require.Empty(t, got.Why)
		require.InDelta(t, c.ours, float64(got.Ours), 1e-9, c.row)
		require.InDelta(t, c.ours-float64(got.Published), float64(got.Deviation), 1e-9, c.row)
		require.NotNil(t, got.CI95, c.row)
		require.InDelta(t, c.half, float64(got.CI95[1]-got.CI95[0])/2, 1e-3, c.row)
	}
}

// TestTargetMetrics: a target can name no metric that does not exist.
func TestTargetMetrics(t *testing.T) {
	check := func(metric string) error {
		s, err := scenarios.Parse("test.yaml", []byte(`
name: test
groups: [{name: nodes, size: 100}]
targets:
`+row(metric, "mean", "none", "1", "1")))
		require.NoError(t, err)
		return CheckMetrics(s)
	}
	for _, d := range metrics.Definitions() {
		require.NoError(t, check(d.Name))
	}
	require.NoError(t, check("none"))
	require.ErrorContains(t, check("lookup.hops.contct"), `test.yaml:5:24: targets.0.metric: `+
		`there is no metric "lookup.hops.contct"; did you mean "lookup.hops.contact"?`)
}

func TestWriteJointRemovesWhatAKilledProgramLeft(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".swarmlab-targets.json-12"), nil, 0o644))
	require.NoError(t, WriteJoint(dir, Join("set", "A set", nil)))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, TargetsFile, left[0].Name())
}

func TestJoin(t *testing.T) {
	part := Summary{Scenario: "a", Title: "A", Seed: 3, Repeat: 2, Fingerprint: "f",
		Targets: []Target{{What: "x", Verdict: TargetMet}}}
	other := part
	other.Scenario, other.Fingerprint = "b", "g"
	j := Join("set", "A set", []Summary{part, other})
	require.Equal(t, []JointPart{{"a", "A", 3, 2, "f", false}, {"b", "A", 3, 2, "g", false}},
		j.Parts)
	require.Len(t, j.Targets, 2)
	require.Equal(t, "b", j.Targets[1].Scenario)
	require.Len(t, j.Fingerprint, 32)
	other.Fingerprint = "h"
	require.NotEqual(t, j.Fingerprint, Join("set", "A set", []Summary{part, other}).Fingerprint)
}
