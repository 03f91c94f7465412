package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
)

const second = int64(time.Second)

func runOf(s *findings.Swarm) []*findings.Run {
	return []*findings.Run{{Seed: 1, Nodes: 5, Swarm: s, Measured: 30 * time.Second}}
}

func TestSwarmMetricsByHand(t *testing.T) {
	metrics := Of(runOf(made.Swarm()), AnyClient, 30)
	for name, want := range map[string]float64{
		"swarm.completion_s":      17.5,
		"swarm.completion.fast_s": 15,
		"swarm.completion.slow_s": 20,
		"swarm.first_piece_s":     2,
		"swarm.completed":         1,
		"swarm.share_ratio.fast":  0.9,
		"swarm.served.slow":       0.15,
		"swarm.interest":          0.75,
		"swarm.connections":       4,
		"swarm.found_first_s":     0.5,
		"swarm.last_s":            20,
		"swarm.bound_s":           10,
		"swarm.bound_ratio":       2,
		"swarm.utilisation":       2100. / (2*1500 + 2*1000),
		"swarm.utilisation.fast":  1800. / 3000,
		"swarm.total_utilisation": 0.4,
		"swarm.fairness":          1000. / 525,
		"swarm.fairness.slow":     200. / 525,
		"swarm.interest_p80":      0.75,
		"swarm.within_class.fast": 15. / 20,
		"swarm.clustering.fast":   (15. / 20) / (1. / 3),
		"swarm.clustering":        (19. / 24) / (1. / 3),
		"swarm.wasted_share":      100. / 4100,
		"swarm.overhead_share":    205. / 4305,
		"swarm.payload_bytes":     4100,
		"swarm.seed_copies":       1.5,
		"swarm.bunching":          math.Sqrt(3),
		"swarm.found_share.pex":   4. / 16,
		"swarm.leechers":          70. / 30,
		"swarm.seeds":             0,
		"swarm.download_s":        17.5,
		"swarm.effectiveness":     0.8 / 6 * wireShare,
	} {
		m, ok := metrics[name]
		require.True(t, ok, name)
		require.InDelta(t, want, float64(m.Mean), 2e-6, name)
	}
	require.EqualValues(t, 4, metrics["swarm.completion_s"].N)
	require.NotContains(t, metrics, "swarm.found_share.dht", "nobody used it")
	require.NotContains(t, metrics, "swarm.completion.seeds_s", "they had it from the start")
	require.NotContains(t, metrics, "swarm.fluid_download_s", "nobody comes any more")
}

// TestSwarmDictionary: each metric is in the dictionary, groups' by their pattern, and targets can
// name them.
func TestSwarmDictionary(t *testing.T) {
	known := map[string]Definition{}
	for _, d := range Definitions() {
		known[d.Name] = d
	}
	require.Contains(t, known, "swarm.completion.GROUP_s")
	for _, d := range DefinitionsOf([]*findings.Run{{Swarm: made.Swarm()}}) {
		require.NotContains(t, d.Name, groupWord)
		found := Find(d.Name)
		require.NotNil(t, found, d.Name)
		require.Equal(t, d.group, found.group, d.Name)
		require.Equal(t, d.Unit, found.Unit, d.Name)
	}
	require.Equal(t, "free-riders", Find("swarm.completion.free-riders_s").group)
	require.Nil(t, Find("swarm.completion.fast"), "the unit is missing")
	require.Nil(t, Find("swarm.wasted_share.fast"), "there is none by group")
}

// wireShare is what 16 KiB take on a line, by themselves: 13 bytes of the message and 40 of each of
// the 12 packets more.
const wireShare = (16384. + 13 + 12*40) / 16384
