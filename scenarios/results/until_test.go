package results

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"swarmlab/netmodel"
	"swarmlab/scenarios"
	"swarmlab/scenarios/stats"
)

// TestStoppingIsHonest: the interval at which the rule stops holds the truth at least as often as
// it says, on runs with a transient that MSER-5 is to find, while the naive one need not.
func TestStoppingIsHonest(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	room := 3 * math.Sqrt(.95*.05/float64(n)) // three standard errors
	r := rand.New(rand.NewPCG(3, 4))
	s := &scenarios.Scenario{Repeat: 160, Until: scenarios.Until{Metric: "lookup.latency_ms",
		First: 20, HalfWidth: netmodel.Certain / 140}}
	require.Equal(t, []int{20, 40, 80, 160}, s.Looks())
	hits, stops := 0, map[int]int{}
	for range n {
		var means []float64
		for look, upTo := range s.Looks() {
			for len(means) < upTo {
				means = append(means, meanAfterTransient(r))
			}
			stop := Look(s, means, look)
			if stop.Enough || upTo == s.Repeat {
				stops[upTo]++
				if math.Abs(float64(stop.Mean)-20) <= float64(stop.Half) {
					hits++
				}
				break
			}
		}
	}
	share := float64(hits) / float64(n)
	t.Logf("holds %.4f of %d; stopped at %v", share, n, stops)
	require.GreaterOrEqual(t, share, .95-room)
	require.Greater(t, len(stops), 1, "it stops at different looks")
}

// meanAfterTransient is a run of 200 dependent observations around 20 that begins far away.
func meanAfterTransient(r *rand.Rand) float64 {
	values := make([]float64, 200)
	x, level := 0.0, 20+0.4*r.NormFloat64()
	for i := range values {
		x = .5*x + r.NormFloat64()
		values[i] = level + x + 30*math.Exp(-float64(i)/6)
	}
	cut, _ := stats.MSER(values)
	return stat.Mean(values[cut:], nil)
}
