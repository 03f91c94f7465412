package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

func TestReportOfASwarm(t *testing.T) {
	e := finished(t)
	time := func(p50 stats.Number) stats.Summary {
		return stats.Summary{Unit: "s", N: 100, Mean: p50 + 1, P50: p50, P90: 2 * p50,
			Max: 3 * p50}
	}
	one := func(unit string, v stats.Number) stats.Summary {
		return stats.Summary{Unit: unit, N: 1, Mean: v, P50: v}
	}
	e.Summary.Cells[0].Metrics = map[string]stats.Summary{
		"swarm.completion_s": time(100), "swarm.completion.fast_s": time(80),
		"swarm.completion.slow_s": time(120), "swarm.completed": one("share", 0.99),
		"swarm.completed.fast": one("share", 1), "swarm.completed.slow": one("share", 0.98),
		"swarm.utilisation": one("share", 0.934), "swarm.share_ratio": one("ratio", 0.97),
		"swarm.bound_s": one("s", 250), "swarm.last_s": one("s", 300),
		"swarm.bound_ratio": one("ratio", 1.2), "swarm.wasted_share": one("share", 0.002),
		"swarm.download_s": one("s", 101), "swarm.fluid_download_s": one("s", 95),
		"swarm.fluid_leechers": one("peers", 38),
	}
	e.Summary.Cells[1].Metrics = map[string]stats.Summary{"swarm.completed": one("share", 0)}
	require.Equal(t, `10,000 nodes, 2 seeds
groups.nodes.size=10000 groups.nodes.dht.k=8

                                   mean ± 95 %  p50  p90  last
completion, s                              101  100  200   300
  fast                                    81.0   80  160   240
  slow                                     121  120  240   360
peers that completed, %                     99
  fast                                     100
  slow                                      98
uplinks used while downloading, %         93.4
share ratio                              0.970
wasted payload, %                          0.2
the last completed after 300 s, 1.2 times the 250 s that their lines allow (Kumar-Ross)
a peer downloads for 101 s; the fluid model of Qiu and Srikant says 95 s, and 38 peers downloading
`, e.headline(&e.Summary.Cells[0]))
	text := e.Text()
	require.Contains(t, text, `
cell    size  k  completion p50    p90   last  by bound  uplinks used  completed  wasted
   0  10,000  8           100 s  200 s  300 s       1.2        93.4 %       99 %   0.2 %
   1     625  8               -      -      -         -             -        0 %       -
`)

	e.Summary.Comparisons = []results.Comparison{{Axis: "groups.nodes.size", Cell: 1, Against: 0,
		Metrics: map[string]results.Difference{completion: {N: 1, Mean: 7}}}}
	e.Scenario.Vary = scenarios.Vary{{Path: "groups.nodes.size"}}
	require.Contains(t, e.comparisons(), "completion, s")
	require.Contains(t, e.comparisons(), "7.00")
}
