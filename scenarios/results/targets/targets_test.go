package targets

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
)

// sized makes cells of two sizes with two seeds each, with one run each: the lookups of seed s
// among n nodes take hops(n, s) hops.
func sized(
	t *testing.T, targets string, hops func(nodes, seed int) []int32,
) ([]scenarios.Target, []Cell) {
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
	var all []Cell
	for n, cell := range cells {
		c := Cell{Cell: n, Scenario: cell.Scenario, Nodes: cell.Scenario.Nodes()}
		var runs []*findings.Run
		for seed := 1; seed <= 2; seed++ {
			run := &findings.Run{Cell: n, Seed: uint64(seed), Nodes: c.Nodes}
			for _, h := range hops(c.Nodes, seed) {
				run.Lookups = append(run.Lookups,
					findings.Lookup{Cell: int32(n), Seed: uint64(seed),
						Kind: scenarios.KindLookup, Contact: h, Rounds: 2, Success: true})
			}
			runs = append(runs, run)
			c.Seeds = append(c.Seeds, run.Seed)
			c.Alone = append(c.Alone,
				metrics.Of([]*findings.Run{run}, metrics.AnyClient, 60))
		}
		c.Metrics = metrics.Of(runs, metrics.AnyClient, 60)
		all = append(all, c)
	}
	return s.Targets, all
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
		{row(hop, "mean", small, "2.5", "0"), 2.5, Met, 12.706 * 0.5},
		{row(hop, "mean", small, "2.6", "0.05"), 2.5, Missed, 12.706 * 0.5},
		{row(hop, "mean", small, "2.6", "4%"), 2.5, Met, 12.706 * 0.5},
		{row(hop, "cdf(2)", small, "0.5", "0"), 0.5, Met, 12.706 / 6},
		{row(hop, "cdf(9)", large, "1", "0"), 1, Met, 0},
		{row(hop, "p50", large, "4", "0"), 4, Met, 12.706 * 0.5},
		{row(hop, "max", large, "6", "0"), 6, Met, 12.706 * 0.5},
		{row(hop, "slope", "none", "1", "1e-9"), 1, Met, 0},
		{row(hop, "ratio, against: "+small, large, "1.8", "1e-9"), 1.8, Met,
			12.706 * (2.0 - 5.0/3) / 2},
		{row(hop, "ratio, over: lookup.rounds", small, "1.25", "1e-9"), 1.25, Met,
			12.706 * 0.25},
		{row(hop, "ratio, over: lookup.messages", small, "1", "0"), math.NaN(),
			NotMeasured, 0},
		{row(hop, "mean", "none", "1", "0"), math.NaN(), NotMeasured, 0},
		{row(hop, "mean", "{groups.nodes.size: 7}", "1", "0"), math.NaN(), NotMeasured, 0},
		{row(hop, "slope", small, "1", "0"), math.NaN(), NotMeasured, 0},
		{row("none", "mean", small, "1", "0"), math.NaN(), NotMeasured, 0},
		{row("announce.stored", "mean", small, "1", "0"), math.NaN(), NotMeasured, 0},
		{row(hop, "ratio, against: {groups.nodes.size: 7}", small, "1", "0"), math.NaN(),
			NotMeasured, 0},
	}
	rows := ""
	for _, c := range cases {
		rows += c.row
	}
	published, cells := sized(t, rows, func(nodes, seed int) []int32 {
		more := int32(seed - 1)
		if nodes == 10000 {
			more += 2
		}
		return []int32{1 + more, 2 + more, 3 + more}
	})
	targets := Compare(published, cells)
	require.Len(t, targets, len(cases))
	for n, c := range cases {
		got := targets[n]
		require.Equal(t, c.verdict, got.Verdict, c.row)
		if c.verdict == NotMeasured {
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
