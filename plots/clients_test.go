package plots

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// clientsRun is a run of five clients in one network.
func clientsRun() synthetic {
	s := synthetic{seeds: 5, lookups: 300, figures: []string{"clients"}}
	for i, name := range []string{"bep5", "libtorrent", "jech", "anacrolix", "webtorrent"} {
		c := referenceCells()[1]
		c.set = map[string]any{"groups.nodes.client": name}
		c.delay = 100 + 30*float64(i)
		c.metrics = map[string]any{
			"lookup.success": share(0.99 - 0.015*float64(i)),
			"traffic.bytes_per_node_s": map[string]any{"unit": "B/s", "n": 5,
				"mean": 20 + 9.0*float64(i),
				"ci95": []float64{19 + 9*float64(i), 21 + 9*float64(i)}},
			"table.stale_share": share(0.08 + 0.05*float64(i)),
		}
		s.cells = append(s.cells, c)
	}
	return s
}

func share(v float64) map[string]any {
	return map[string]any{"unit": "share", "n": 1500, "mean": v,
		"ci95": []float64{v - .01, v + .012}}
}

func TestClientsDataIsTheInput(t *testing.T) {
	s := clientsRun()
	dir, lines := drawRun(t, s, Slide)
	require.Contains(t, lines[0], "clients.{svg,pdf,png,csv,md}")
	rows := rowsOf(t, dir, "clients")
	require.Len(t, rows, 6*5+2*5)
	places := map[string]int{}
	for _, row := range rows {
		what := row["metric"] + row["percentile"]
		j := places[what]
		places[what]++
		require.Equal(t, s.cells[j].set["groups.nodes.client"], row["client"])
		switch row["metric"] {
		case stored.LatencyMetric, stored.FoundMetric:
			quantile, unit := parsed(t, row["percentile"]), 1e9
			if row["metric"] == stored.FoundMetric {
				unit = 1e6
			}
			var all latency.Sample
			var bySeed []float64
			for seed := uint64(1); seed <= 5; seed++ {
				var one latency.Sample
				for _, lookup := range s.rows(j, seed) {
					switch {
					case !lookup.Success:
					case row["metric"] == stored.FoundMetric:
						one.NS = append(one.NS, lookup.FoundNs)
					default:
						one.NS = append(one.NS, lookup.LatencyNs)
					}
				}
				all.NS = append(all.NS, one.NS...)
				bySeed = append(bySeed, dumbQuantile(one.NS, quantile)/unit)
			}
			value := dumbQuantile(all.NS, quantile) / unit
			require.InDelta(t, value, parsed(t, row["value"]), 1e-6)
			want, _ := number.Interval95(bySeed)
			require.InDelta(t, want.Low, parsed(t, row["ci95_low"]), 1e-6)
			require.InDelta(t, want.High, parsed(t, row["ci95_high"]), 1e-6)
		case "lookup.success":
			require.InDelta(t, 99-1.5*float64(j), parsed(t, row["value"]), 1e-9)
			require.LessOrEqual(t, parsed(t, row["ci95_high"]), 100.0)
		case "table.stale_share":
			require.InDelta(t, 8+5*float64(j), parsed(t, row["value"]), 1e-9)
		}
	}
	require.Len(t, places, 8)
	require.Contains(t, string(read(t, dir, "clients.md")), "# Half of the targets are found ")
}

// dumbQuantile is the smallest value that at least this share does not exceed.
func dumbQuantile(values []int64, share float64) float64 {
	best := int64(-1)
	for _, v := range values {
		most := 0
		for _, other := range values {
			if other <= v {
				most++
			}
		}
		if float64(most) >= share*float64(len(values)) && (best < 0 || v < best) {
			best = v
		}
	}
	return float64(best)
}

// TestClientsDrawsWhatThereIs leaves out a quantity that the run did not measure, and says so.
func TestClientsDrawsWhatThereIs(t *testing.T) {
	s := clientsRun()
	s.seeds = 1
	for i := range s.cells {
		delete(s.cells[i].metrics, "table.stale_share")
	}
	for _, theme := range []Theme{Slide, Paper} {
		dir, _ := drawRun(t, s, theme)
		require.Len(t, rowsOf(t, dir, "clients"), 5*5+2*5)
		require.Contains(t, string(read(t, dir, "clients.md")), "Without table.stale_share")
	}
	s = flagship()
	s.figures, s.lookups = []string{"clients"}, 5
	dir, lines := drawRun(t, s, Slide)
	require.Equal(t, []string{"clients: skipped: needs at least two cells that differ in their " +
		"client"}, lines)
	require.NoDirExists(t, filepath.Join(dir, "figures"))
}

// TestMixesHaveShortNames: a mix of clients would not fit beside a row, nor into a legend.
func TestMixesHaveShortNames(t *testing.T) {
	s := clientsRun()
	const mix, other = "libtorrent 60%, jech 40%", "libtorrent 50%, jech 50%"
	s.cells[3].set = map[string]any{"groups.nodes.client": mix}
	s.figures = []string{"clients", "latency-cdf"}
	dir, _ := drawRun(t, s, Slide)
	require.Equal(t, mix, rowsOf(t, dir, "clients")[3]["client"])
	for _, name := range s.figures {
		caption := string(read(t, dir, name+".md"))
		require.Contains(t, caption, "- **Clients of mix:** "+mix+"\n")
		require.Contains(t, caption, "(mix, seeds 1–5)")
		require.Contains(t, caption, "(webtorrent, seeds 1–5)")
	}
	labels := map[string]bool{}
	for _, row := range rowsOf(t, dir, "latency-cdf") {
		labels[row["label"]] = true
	}
	require.Equal(t, map[string]bool{"bep5": true, "libtorrent": true, "jech": true, "mix": true,
		"webtorrent": true}, labels)
	s.cells[4].set = map[string]any{"groups.nodes.client": other}
	dir, _ = drawRun(t, s, Paper)
	require.Contains(t, string(read(t, dir, "clients.md")), "- **Clients of mix 2:** "+other+"\n")
}
