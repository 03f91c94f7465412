package plots

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

const (
	alphaPath, kPath = "groups.nodes.dht.alpha", "groups.nodes.dht.k"
	timeoutPath      = "groups.nodes.dht.query_timeout"
	refreshPath      = "groups.nodes.dht.refresh"
	bytesMetric      = "traffic.bytes_per_node_s"
)

// studyRun is a sweep over four settings, of which the first values are not the smallest. Each
// metric is a formula of the settings.
func studyRun() synthetic {
	s := synthetic{seeds: 5, lookups: 5, figures: []string{"sweep", "heat", "front"},
		study: &stored.Study{
			Axes: []string{alphaPath, kPath, timeoutPath, refreshPath},
			Metrics: []string{stored.LatencyMetric + ".p50", bytesMetric, stored.SuccessMetric,
				"no.such_metric"},
			Cost: bytesMetric, Worth: stored.LatencyMetric + ".p50", Success: 0.9,
		}}
	for _, alpha := range []int{3, 1, 8} {
		for _, k := range []int{8, 4} {
			for _, timeout := range []string{"2s", "500ms", "1m"} {
				for _, refresh := range []string{"15m", "5m"} {
					c := referenceCells()[0]
					c.set = map[string]any{alphaPath: alpha, kPath: k, timeoutPath: timeout,
						refreshPath: refresh}
					c.metrics = studyMetrics(alpha, k, timeout, refresh)
					s.cells = append(s.cells, c)
				}
			}
		}
	}
	return s
}

func studyMetrics(alpha, k int, timeout, refresh string) map[string]any {
	seconds := map[string]float64{"500ms": 0.5, "2s": 2, "1m": 60}[timeout]
	upkeep := map[string]float64{"15m": 1, "5m": 3}[refresh]
	ms := 200 + 1000*seconds*float64(k)/float64(alpha)
	bytes := float64(k)*upkeep + 5*float64(alpha)
	success := 0.9 + 0.01*float64(k) - 0.001*seconds
	return map[string]any{
		stored.LatencyMetric: map[string]any{"unit": "ms", "n": 50, "mean": 2 * ms, "p50": ms,
			"p50_ci95": []float64{0.9 * ms, 1.2 * ms}, "p90": 3 * ms, "p90_ci95": nil},
		bytesMetric: map[string]any{"unit": "B/s", "n": 5, "mean": bytes,
			"ci95": []float64{bytes - 1, bytes + 1}},
		stored.SuccessMetric: map[string]any{"unit": "share", "n": 50, "mean": success,
			"ci95": []float64{success - 0.1, success + 0.2}},
	}
}

// expected returns the metric that a row of a figure's data is about, in the row's unit.
func expected(t *testing.T, row map[string]string) float64 {
	alpha, err := strconv.Atoi(row[alphaPath])
	require.NoError(t, err)
	k, err := strconv.Atoi(row[kPath])
	require.NoError(t, err)
	all := studyMetrics(alpha, k, row[timeoutPath], row[refreshPath])
	mean := func(name string) float64 { return all[name].(map[string]any)["mean"].(float64) }
	switch row["metric"] {
	case stored.LatencyMetric + ".p50":
		require.Equal(t, "s", row["unit"])
		return mean(stored.LatencyMetric) / 2000
	case bytesMetric:
		require.Equal(t, "B/s", row["unit"])
		return mean(bytesMetric)
	}
	require.Equal(t, stored.SuccessMetric, row["metric"])
	require.Equal(t, "%", row["unit"])
	return 100 * mean(stored.SuccessMetric)
}

func TestSweepDataIsTheInput(t *testing.T) {
	s := studyRun()
	s.figures = []string{"sweep"}
	dir, lines := drawRun(t, s, Slide)
	require.NotContains(t, lines[0], "skipped")
	rows := rowsOf(t, dir, "sweep")
	require.Len(t, rows, 2*3*2*3, "two metrics by three timeouts, two lines of three")
	seen := map[string]bool{}
	for _, row := range rows {
		require.Equal(t, "15m", row[refreshPath], "the fourth axis is at its default")
		require.InDelta(t, expected(t, row), parsed(t, row["value"]), 1e-9)
		require.Less(t, parsed(t, row["ci95_low"]), parsed(t, row["value"]))
		require.Greater(t, parsed(t, row["ci95_high"]), parsed(t, row["value"]))
		seen[fmt.Sprint(row["metric"], row[alphaPath], row[kPath], row[timeoutPath])] = true
	}
	require.Len(t, seen, len(rows))
	caption := string(read(t, dir, "sweep.md"))
	require.Contains(t, caption, "# k 8, alpha from 1 to 8: lookup time p50 16.2 to 2.2 s, "+
		"traffic per node 13 to 48 B/s")
	require.Contains(t, caption, "36 cells of 50 lookups each")
	require.Contains(t, caption, "Without no.such_metric: the run has none.")
	require.Contains(t, caption, "The settings varied beside these, refresh 15m, are at their "+
		"defaults")
	require.Contains(t, caption, "The default is the first value of each varied setting: alpha 3, "+
		"k 8, query_timeout 2s, refresh 15m.")
}

// TestSweepOfTwoAxes has a panel for each metric.
func TestSweepOfTwoAxes(t *testing.T) {
	s := studyRun()
	s.figures = []string{"sweep"}
	s.study.Axes = []string{alphaPath, kPath}
	s.cells = slices.DeleteFunc(s.cells, func(c syntheticCell) bool {
		return c.set[timeoutPath] != "2s" || c.set[refreshPath] != "15m" ||
			c.set[alphaPath] == 8 && c.set[kPath] == 4 // as if all its runs had failed
	})
	dir, _ := drawRun(t, s, Paper)
	rows := rowsOf(t, dir, "sweep")
	require.Len(t, rows, 3*(3*2-1))
	for _, row := range rows {
		require.NotEqual(t, "8 4", row[alphaPath]+" "+row[kPath])
	}
}

func TestHeatDataIsTheInput(t *testing.T) {
	s := studyRun()
	s.figures = []string{"heat"}
	dir, _ := drawRun(t, s, Dark)
	rows := rowsOf(t, dir, "heat")
	require.Len(t, rows, 3*3*2)
	for _, row := range rows {
		require.Equal(t, "15m 2s", row[refreshPath]+" "+row[timeoutPath])
		require.InDelta(t, expected(t, row), parsed(t, row["value"]), 1e-9)
	}
	require.Contains(t, string(read(t, dir, "heat.md")),
		"# Lookup time p50: from 16.2 s (alpha 1, k 8) to 1.2 s (alpha 8, k 4)")
}

func TestStudiesThatCannotBeDrawn(t *testing.T) {
	s := studyRun()
	all := s.cells
	for _, c := range []struct {
		cells   []syntheticCell
		figures []string
		says    string
	}{
		{all[:1], s.figures[:1], "sweep: skipped: needs a setting that was varied"},
		{all[:2], s.figures[1:2], "heat: skipped: needs two settings that were varied"},
		{all[:1], s.figures[2:], "front: skipped: needs a setting that was varied"},
	} {
		s.cells, s.figures = c.cells, c.figures
		_, lines := drawRun(t, s, Slide)
		require.Len(t, lines, 1)
		require.Contains(t, lines[0], c.says)
	}
	s = studyRun()
	s.study.Metrics, s.study.Worth = []string{"no.such"}, "no.such"
	_, lines := drawRun(t, s, Slide)
	require.Equal(t, []string{"sweep: skipped: the run has none of the metrics of its study",
		"heat: skipped: the run has none of the metrics of its study",
		"front: skipped: needs two cells that have both " + bytesMetric + " and no.such"}, lines)
	s = flagship()
	s.figures = []string{"sweep", "heat", "front"}
	_, lines = drawRun(t, s, Slide)
	for _, line := range lines {
		require.Contains(t, line, "skipped")
	}
}
