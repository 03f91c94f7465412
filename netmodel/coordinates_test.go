package netmodel

import (
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

func TestCoordinatesAreRefused(t *testing.T) {
	for want, c := range map[string]Coordinates{
		"latency.spread: -1ns is negative: a delay is 0 or more": {Spread: -1},
		"latency.spread: 2m0s is above 1m0s: check the unit":     {Spread: 2 * time.Minute},
		"latency.access.median: -1ms is negative: a delay is 0 or more": {
			Access: Access{Median: -ms}},
	} {
		_, err := New(Config{Nodes: 1, Latency: c})
		require.EqualError(t, err, want)
	}
}

func TestHypot(t *testing.T) {
	require.EqualValues(t, 5, hypot(-3, 4))
	require.EqualValues(t, 0, hypot(0, 0))
	require.EqualValues(t, 2, hypot(1, 1))
	for n := range uint64(100_000) {
		root := shortRoot(n)
		require.True(t, root*root >= n && (root == 0 || (root-1)*(root-1) < n), "%d", n)
	}
	for k := range 31 { // about squares, where rounding is tested
		for d := range uint64(1000) {
			root := uint64(1)<<k + d*d
			for n := root*root - 2; root > 2 && root < 1<<31-1 && n <= root*root+2; n++ {
				got := shortRoot(n)
				require.True(t, got*got >= n && (got-1)*(got-1) < n, "%d", n)
			}
		}
	}
	r := protocol.NewRand(1, 0, 0)
	for range 20_000 {
		x, y := int64(r.Uint64n(1<<uint(r.Intn(41)))), -int64(r.Uint64n(1<<uint(r.Intn(41))))
		sum := new(big.Int).Mul(big.NewInt(x), big.NewInt(x))
		sum.Add(sum, new(big.Int).Mul(big.NewInt(y), big.NewInt(y)))
		want := new(big.Int).Sqrt(sum)
		if new(big.Int).Mul(want, want).Cmp(sum) < 0 {
			want.Add(want, big.NewInt(1))
		}
		require.Equal(t, want.Int64(), hypot(x, y))
	}
}

// Without heights distances are Rayleigh's: between two normal points of deviation s, of s*sqrt 2.
func TestDistancesOnThePlane(t *testing.T) {
	const spread = 30 * ms
	n := mustNew(t, Config{Seed: 4, Latency: Coordinates{Spread: spread}})
	oracle := distuv.Weibull{K: 2, Lambda: 2 * float64(spread)}
	requireDistribution(t, oracle.CDF, 100_000, func(i int) float64 {
		d, _ := n.Path(uint32(2*i), uint32(2*i+1), 0, 0)
		return float64(d)
	})
}

// The default has the median and the mean that King has: 156 and 178 ms of round trip.
func TestCoordinatesLikeKing(t *testing.T) {
	latency, err := Defaults("coordinates")
	require.NoError(t, err)
	for _, seed := range []uint64{1, 2, 3} {
		n := mustNew(t, Config{Seed: seed, Latency: latency})
		var trips []float64
		for i := range uint32(100_000) {
			there, _ := n.Path(2*i, 2*i+1, 0, 0)
			back, _ := n.Path(2*i+1, 2*i, 0, 0)
			require.Equal(t, there, back)
			trips = append(trips, float64(there+back)/float64(ms))
		}
		slices.Sort(trips)
		require.InDelta(t, 156, stat.Quantile(0.5, stat.Empirical, trips, nil), 2)
		require.InDelta(t, 178, stat.Mean(trips, nil), 3)
	}
}

// violations is the share of triples in which the way by a third node is shorter than a side.
func violations(n *Network, nodes, triples int) float64 {
	r, found := protocol.NewRand(1, 2, 3), 0
	side := func(a, b int) time.Duration {
		d, _ := n.Path(uint32(a), uint32(b), 0, 0)
		return d
	}
	for range triples {
		a, b, c := r.Intn(nodes), r.Intn(nodes), r.Intn(nodes)
		x, y, z := side(a, b), side(b, c), side(c, a)
		found += index(x > y+z || y > x+z || z > x+y)
	}
	return float64(found) / float64(triples)
}

// No triangle is violated by coordinates; many are by a measured matrix and by independent pairs.
func TestTriangleViolations(t *testing.T) {
	for _, c := range []Coordinates{{Spread: 20 * ms},
		{Spread: 20 * ms, Access: Access{Median: 16 * ms, Sigma: 1000}}, {Spread: 2}} {
		n := mustNew(t, Config{Seed: 7, Latency: c})
		require.Zero(t, violations(n, 1000, 100_000))
	}
	latency, err := Defaults("lognormal")
	require.NoError(t, err)
	independent := violations(mustNew(t, Config{Seed: 7, Latency: latency}), 1000, 100_000)
	require.Greater(t, independent, 0.3)
	t.Logf("of triples violate: %.3f of independent log-normal pairs", independent)

	const file = "../../shared/data/planetlab-rtt-490.txt"
	f, err := os.Open(file)
	if err != nil {
		t.Skip("the measured matrix is not here")
	}
	defer f.Close()
	matrix, err := LoadMatrix(f, file)
	require.NoError(t, err)
	n := mustNew(t, Config{Seed: 7, Latency: Measured{Matrix: matrix}})
	measured := violations(n, 1000, 100_000)
	t.Logf("of triples violate: %.3f of PlanetLab's", measured)
	require.InDelta(t, 0.125, measured, 0.075, "5 to 20 % are known of measured matrices")
}

func TestCoordinatesDoNotAllocate(t *testing.T) {
	latency, err := Defaults("coordinates")
	require.NoError(t, err)
	n, i := mustNew(t, Config{Latency: latency}), uint32(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		i++
		n.Path(i, i*7, i, 100)
	}))
}

func BenchmarkCoordinates(b *testing.B) {
	latency, err := Defaults("coordinates")
	require.NoError(b, err)
	n, i := mustNew(b, Config{Latency: latency}), uint32(0)
	for b.Loop() {
		i++
		n.Path(i*2654435761>>12, i*2246822519>>12, i, 100)
	}
}
