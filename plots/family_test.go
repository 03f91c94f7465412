package plots

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
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

// TestCurvesAreNamedWhereTheyAre: a few short names stand at their curves, each once, from the
// fastest down to the slowest; long ones stand in a legend.
func TestCurvesAreNamedWhereTheyAre(t *testing.T) {
	l := Slide.Look()
	var curves []latencies
	var names []string
	for i, ms := range []int64{400, 100, 900, 200} {
		var c latencies
		for n := range int64(100) {
			c.ns = append(c.ns, ms*1e6+n*1e6)
		}
		curves, names = append(curves, c), append(names, fmt.Sprintf("arm %d", i))
	}
	f := &page.Figure{}
	var order []string
	last := 1.0
	for _, p := range callouts(f, l, curves, names) {
		o := p.(callout)
		order = append(order, o.text)
		require.Less(t, o.at.Y, last)
		require.Equal(t, o.text == "arm 1", o.left, "where there is more room")
		last = o.at.Y
		i := strings.Index("0123", o.text[4:])
		require.InDelta(t, o.at.Y, float64(number.UpTo(curves[i].ns, int64(o.at.X)))/100, 0.011)
	}
	require.Equal(t, []string{"arm 1", "arm 3", "arm 0", "arm 2"}, order)
	require.Nil(t, callouts(f, l, curves[:1], names[:1]), "one curve needs no name")
	names[2] = strings.Repeat("a long name ", 4)
	require.Nil(t, callouts(f, l, curves, names))
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
