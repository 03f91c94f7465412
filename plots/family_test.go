package plots

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
)

// TestHopBandsAreOfTheSeeds counts the shares of each seed again.
func TestHopBandsAreOfTheSeeds(t *testing.T) {
	s := sweep()
	s.figures, s.lookups = []string{"hops-cdf"}, 200
	dir, _ := drawRun(t, s, Slide)
	checked := 0
	for _, row := range rowsOf(t, dir, "hops-cdf") {
		if row["source"] != "simulated" {
			require.Empty(t, row["share_ci95_low"])
			continue
		}
		var bySeed []float64
		for seed := uint64(1); seed <= 5; seed++ {
			n, all := 0.0, 0.0
			for _, l := range s.rows(int(parsed(t, row["cell"])), seed) {
				if l.HopsContact > 0 {
					all++
					if float64(l.HopsContact) <= parsed(t, row["hops"]) {
						n++
					}
				}
			}
			bySeed = append(bySeed, n/all)
		}
		want, ok := number.Interval95(bySeed)
		require.True(t, ok)
		require.InDelta(t, want.Clamp().Low, parsed(t, row["share_ci95_low"]), 1e-9)
		require.InDelta(t, want.Clamp().High, parsed(t, row["share_ci95_high"]), 1e-9)
		checked++
	}
	require.Greater(t, checked, 12)
	require.Contains(t, string(read(t, dir, "hops-cdf.md")), "Bands: 95 % interval of the share.")
	s.seeds = 1
	dir, _ = drawRun(t, s, Slide)
	require.Contains(t, string(read(t, dir, "hops-cdf.md")), "none: one seed")
	require.NotContains(t, string(read(t, dir, "hops-cdf.md")), "Bands")
}

// TestLatencyFamily: no legend repeats the names, and the title spans the family.
func TestLatencyFamily(t *testing.T) {
	s := sweep()
	s.figures, s.lookups = []string{"latency-cdf"}, 100
	for _, theme := range []Theme{Slide, Paper} {
		dir, _ := drawRun(t, s, theme)
		svg := string(read(t, dir, "latency-cdf.svg"))
		for _, name := range []string{"1\u00A0000\u00A0nodes", "1\u00A0000\u00A0000\u00A0nodes"} {
			require.Equal(t, 1, strings.Count(svg, ">"+name+"<"), name)
		}
		checkPNG(t, read(t, dir, "latency-cdf.png"), coarse(theme))
		require.Regexp(t, `# Half of the lookups finish within \d+ to \d+ ms, 99 % within \d`,
			string(read(t, dir, "latency-cdf.md")))
	}
}
