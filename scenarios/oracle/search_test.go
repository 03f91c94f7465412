package oracle

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// books are the means over many lookups.
type books struct {
	depth, rounds, messages, dead, success float64
	cdf                                    []float64
}

// lookups runs a search many times in several networks, for an existing identity or for a random
// key.
func lookups(t *testing.T, s Search, nodes int, buckets []int, stale float64,
	existing bool,
) books {
	t.Helper()
	const networks, each = 20, 1000
	b := books{cdf: make([]float64, 12)}
	for seed := range uint64(networks) {
		o := overlayOf(t, seed, nodes, buckets, stale)
		rand := protocol.NewRand(seed, 99, uint64(nodes))
		for range each {
			from, key := rand.Intn(nodes), rand.Uint64()
			if existing {
				to := (from + 1 + rand.Intn(nodes-1)) % nodes
				key = o.ID(to)
			}
			b.add(s.Run(o, from, key))
		}
	}
	for _, sum := range []*float64{&b.rounds, &b.messages, &b.dead} {
		*sum /= networks * each
	}
	b.depth /= b.success
	for i := range b.cdf {
		b.cdf[i] /= networks * each
	}
	b.success /= networks * each
	return b
}

func (b *books) add(trace Trace) {
	b.rounds += float64(trace.Rounds)
	b.messages += float64(trace.Messages)
	b.dead += float64(trace.Dead)
	if trace.Depth == 0 {
		return
	}
	b.success++
	b.depth += float64(trace.Depth)
	for h := trace.Depth; h <= len(b.cdf); h++ {
		b.cdf[h-1]++
	}
}

// The independent Monte Carlo of k=8 (20,000 lookups), and as many here: twice the
// standard error of the difference is 0.010 in the CDF and 0.014 in the mean.
func TestHopsAgreeWithMonteCarlo(t *testing.T) {
	for _, row := range []struct {
		nodes, alpha, beta int
		mean               float64
		cdf                []float64
	}{
		{1e3, 3, 2, 2.258, []float64{.0633, .6790, .9994, 1}},
		{1e4, 3, 2, 2.896, []float64{.0089, .2132, .8815, 1}},
		{1e3, 1, 1, 2.375, nil},
		{1e4, 1, 1, 3.123, nil},
	} {
		b := lookups(t, Search{Alpha: row.alpha, Beta: row.beta}, row.nodes, []int{8}, 0, true)
		require.InDelta(t, row.mean, b.depth, 0.014, "%+v", row)
		require.EqualValues(t, 1, b.success)
		if row.cdf != nil {
			requireCDF(t, row.cdf, b.cdf, 0.010)
		}
	}
}

// The two kinds of oracle against each other, also with enlarged first buckets.
func TestHopsAgreeWithModel(t *testing.T) {
	for _, buckets := range [][]int{{4}, {20}, {128, 64, 32, 16, 8}} {
		b := lookups(t, Search{Alpha: 3, Beta: 8}, 1e4, buckets, 0, true)
		cdf := cdfOf(t, Model{Nodes: 1e4, Buckets: buckets, Alpha: 3, Beta: 8})
		require.InDelta(t, Mean(cdf), b.depth, 0.02)
		requireCDF(t, cdf, b.cdf, 0.01)
	}
}

// Full lookups of random keys: beta = k, until the k closest seen have answered. The figures are
// those of the independent Monte Carlo.
func TestCostOfFullLookups(t *testing.T) {
	for _, row := range []struct {
		nodes, k                int
		depth, rounds, messages float64
	}{{1e3, 8, 2.26, 4.00, 10.9}, {1e4, 8, 2.90, 4.68, 12.9}, {1e4, 20, 2.43, 8.00, 22.9}} {
		if row.k == 20 && testing.Short() {
			continue
		}
		s := Search{Alpha: 3, Beta: row.k, Closest: row.k}
		b := lookups(t, s, row.nodes, []int{row.k}, 0, false)
		require.InDelta(t, row.depth, b.depth, 0.02, "%+v", row)
		require.InEpsilon(t, row.rounds, b.rounds, 0.01, "%+v", row)
		require.InEpsilon(t, row.messages, b.messages, 0.01, "%+v", row)
		require.Zero(t, b.dead)
		require.EqualValues(t, 1, b.success)
	}
}

// The same with a stale share, n=10^5, k=8, alpha=3.
func TestCostOfFullLookupsInStaleTables(t *testing.T) {
	if testing.Short() {
		t.Skip("large networks")
	}
	for _, row := range []struct{ stale, depth, rounds, messages, dead, success float64 }{
		{0.2, 3.76, 6.30, 17.1, 3.2, 1.000},
		{0.5, 4.75, 9.82, 25.4, 12.2, 0.997},
	} {
		s := Search{Alpha: 3, Beta: 8, Closest: 8}
		b := lookups(t, s, 1e5, []int{8}, row.stale, false)
		require.InDelta(t, row.depth, b.depth, 0.03, "%+v", row)
		require.InEpsilon(t, row.rounds, b.rounds, 0.015, "%+v", row)
		require.InEpsilon(t, row.messages, b.messages, 0.015, "%+v", row)
		require.InEpsilon(t, row.dead, b.dead, 0.02, "%+v", row)
		require.InDelta(t, row.success, b.success, 0.002, "%+v", row)
	}
}

func TestSearchStopsAndCounts(t *testing.T) {
	o := overlayOf(t, 5, 40, []int{8}, 0)
	for from := range 40 {
		// Everything that is seen is asked: all 39 others, three in a round, and no one twice.
		trace := Search{Alpha: 3, Beta: 39, Closest: 39}.Run(o, from, 1)
		require.Equal(t, 39, trace.Messages)
		require.GreaterOrEqual(t, trace.Rounds, 13)
		require.Positive(t, trace.Depth)
		// A search for the target alone ends with it.
		trace = Search{Alpha: 3, Beta: 2}.Run(o, from, o.ID((from+1)%40))
		require.Equal(t, trace.Rounds+1, trace.Depth)
	}
}
