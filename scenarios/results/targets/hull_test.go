package targets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/stats"
)

// dumbHull mixes every two points.
func dumbHull(points []point, cost float64) (float64, bool) {
	least := math.Inf(1)
	for _, a := range points {
		if a.cost <= cost {
			least = min(least, a.time)
		}
		for _, b := range points {
			if a.cost <= cost && cost < b.cost {
				least = min(least, a.time+(b.time-a.time)*(cost-a.cost)/(b.cost-a.cost))
			}
		}
	}
	return least, !math.IsInf(least, 1)
}

func TestHull(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	none, inner := 0, 0
	for range 2000 {
		points := make([]point, 1+r.IntN(12))
		for n := range points { // a small grid, so that some are in line or equal
			points[n] = point{float64(r.IntN(8)), float64(100 + r.IntN(8))}
		}
		cost := float64(r.IntN(40)) / 4
		want, known := dumbHull(points, cost)
		got, ok := hull(slices.Clone(points), cost)
		require.Equal(t, known, ok, "%v at %v", points, cost)
		if !ok {
			none++
			continue
		}
		require.InDelta(t, want, got, 1e-9, "%v at %v", points, cost)
		if math.Abs(got-math.Round(got)) > 1e-6 {
			inner++
		}
	}
	require.Greater(t, none, 50)
	require.Greater(t, inner, 100, "between two points")
}

// grid makes cells of alpha and refresh, with one run each.
func grid(
	targets string, cost, ms func(alpha, refresh int) float64,
) ([]scenarios.Target, []Cell) {
	s, err := scenarios.Parse("test", []byte(`
name: test
groups: [{name: nodes, size: 100}]
workload: [{kind: lookup, group: nodes, rate: 1/s}]
vary: {groups.nodes.dht.alpha: [1, 2, 4], groups.nodes.dht.refresh: [5m, 20m]}
targets:
`+targets))
	if err != nil {
		panic(err)
	}
	cells, err := s.Cells()
	if err != nil {
		panic(err)
	}
	var sums []Cell
	for n, c := range cells {
		alpha, refresh := 1<<(n/2), 5+15*(n%2)
		set := map[string]any{}
		for _, v := range c.Set {
			set[v.Path] = v.Value
		}
		sums = append(sums, Cell{Cell: n, Scenario: c.Scenario, Set: set, Seeds: []uint64{1},
			Metrics: map[string]stats.Summary{
				"lookup.found_ms":          {N: 9, P50: stats.Number(ms(alpha, refresh))},
				"traffic.bytes_per_node_s": {N: 1, Mean: stats.Number(cost(alpha, refresh))},
			}})
	}
	return s.Targets, sums
}

// TestHullTargets: alpha costs its number of bytes and divides 400 ms by it; a long refresh is a
// byte cheaper and 8 ms slower.
func TestHullTargets(t *testing.T) {
	const alpha, refresh = "groups.nodes.dht.alpha", "groups.nodes.dht.refresh"
	row := func(of, at, axis string) string {
		if axis != "" {
			axis = ", axis: " + axis
		}
		return fmt.Sprintf("  - {what: it, metric: lookup.found_ms, of: %s, over: "+
			"traffic.bytes_per_node_s, at: %s%s, published: 1, tolerance: 0, kind: oracle, "+
			"source: a paper}\n", of, at, axis)
	}
	rows := []struct {
		row  string
		ours float64 // NaN: not measured
	}{
		{row("hull", "10", ""), 100},
		{row("hull", "4", ""), 108},   // cells at 1, 2, 3, 4 and 5 bytes
		{row("hull", "3.5", ""), 133}, // between 208 at 2 and 108 at 4
		{row("hull", "0.5", ""), math.NaN()},
		{row("best", "10", alpha), 4},
		{row("best", "1", alpha), 1},
		{row("best", "10", refresh), 300},
		{row("best", "4", refresh), 1200},
		{row("best", "0.5", refresh), math.NaN()},
		{row("rank", "10", alpha), 1},
		{row("rank", "10", refresh), 0},
		{row("rank", "1", alpha), math.NaN()}, // only the cheapest cell can be had
	}
	text := ""
	for _, r := range rows {
		text += r.row
	}
	targets, cells := grid(text,
		func(alpha, refresh int) float64 { return float64(alpha) + float64(20-refresh)/15 },
		func(alpha, refresh int) float64 { return 400/float64(alpha) + 8*float64(refresh-5)/15 })
	for n, got := range Compare(targets, cells) {
		if math.IsNaN(rows[n].ours) {
			require.Equal(t, NotMeasured, got.Verdict, rows[n].row)
			require.NotEmpty(t, got.Why)
			continue
		}
		require.Empty(t, got.Why, rows[n].row)
		require.InDelta(t, rows[n].ours, float64(got.Ours), 1e-9, rows[n].row)
	}
}

// TestHullNeedsCost: a metric that nothing measured is no cost.
func TestHullNeedsCost(t *testing.T) {
	targets, cells := grid("  - {what: it, metric: lookup.found_ms, of: hull, over: "+
		"traffic.li_bytes_per_node_s, at: 3, published: 1, tolerance: 0, kind: oracle, "+
		"source: x}\n",
		func(int, int) float64 { return 1 }, func(int, int) float64 { return 1 })
	require.Equal(t, NotMeasured, Compare(targets, cells)[0].Verdict)
}
