package oracle

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func overlayOf(t *testing.T, seed uint64, nodes int, buckets []int, stale float64) *Overlay {
	t.Helper()
	o, err := NewOverlay(seed, nodes, buckets, stale)
	require.NoError(t, err)
	return o
}

func TestBucketsHoldWhatBelongsThere(t *testing.T) {
	sizes := []int{16, 8, 4}
	o := overlayOf(t, 1, 300, sizes, 0)
	for node := range 300 {
		for depth := range 64 {
			members := 0
			for other := range 300 {
				if other != node && bits.LeadingZeros64(o.ID(node)^o.ID(other)) == depth {
					members++
				}
			}
			got := o.bucket(node, depth, nil)
			require.Len(t, got, min(members, sizes[min(depth, 2)]))
			require.Equal(t, got, o.bucket(node, depth, nil))
			slices.Sort(got)
			require.Len(t, slices.Compact(got), min(members, sizes[min(depth, 2)]), "distinct")
			for _, n := range got {
				require.Equal(t, depth, bits.LeadingZeros64(o.ID(node)^o.ID(n)))
			}
		}
	}
}

// Over many owners, every member of the other half is picked equally often.
func TestBucketsAreUniformSamples(t *testing.T) {
	const nodes, k = 2000, 8
	o := overlayOf(t, 2, nodes, []int{k}, 0)
	_, half := o.region(0, 1)
	picked := make([]int, nodes)
	for owner := half; owner < nodes; owner++ {
		for _, n := range o.bucket(owner, 0, nil) {
			picked[n]++
		}
	}
	mean := float64((nodes-half)*k) / float64(half)
	chi := 0.0
	for _, n := range picked[:half] {
		chi += (float64(n) - mean) * (float64(n) - mean) / mean
	}
	free := float64(half - 1)
	require.InDelta(t, free, chi, 4*math.Sqrt(2*free))
	require.Zero(t, slices.Max(picked[half:]))
}

func TestAnswersAreTheBestOfTheTable(t *testing.T) {
	o := overlayOf(t, 3, 200, []int{6, 3}, 0)
	rand := protocol.NewRand(3, 99, 0)
	for range 500 {
		node, key, want := rand.Intn(200), rand.Uint64(), 1+rand.Intn(30)
		var table []int
		for depth := range 64 {
			table = o.bucket(node, depth, table)
		}
		slices.SortFunc(table, func(a, b int) int {
			return cmp.Compare(o.ids[a]^key, o.ids[b]^key)
		})
		require.Equal(t, table[:min(want, len(table))], o.answer(node, key, want, nil))

		best := slices.MinFunc(o.ids, func(a, b uint64) int { return cmp.Compare(a^key, b^key) })
		closest := o.Closest(key, -1)
		require.Equal(t, best, o.ID(closest))
		require.NotEqual(t, closest, o.Closest(key, closest))
	}
}

// The share of pairs in which the one knows the other follows from the sizes of the tables alone.
func TestFirstHopAgreesWithTableSizes(t *testing.T) {
	const nodes, networks = 1000, 10
	entries := 0
	for seed := range uint64(networks) {
		o := overlayOf(t, seed, nodes, []int{8}, 0)
		for node := range nodes {
			for depth := range 30 {
				entries += len(o.bucket(node, depth, nil))
			}
		}
	}
	known := float64(entries) / networks / nodes / (nodes - 1)
	require.InDelta(t, cdfOf(t, plain(nodes, 8, 1, 1))[0], known, 0.0003)
}

func TestOverlayRefusesNonsense(t *testing.T) {
	_, err := NewOverlay(1, 2, []int{8}, 0)
	require.ErrorContains(t, err, "Nodes")
	_, err = NewOverlay(1, 10, nil, 0)
	require.ErrorContains(t, err, "Buckets")
	_, err = NewOverlay(1, 10, []int{8}, 1)
	require.ErrorContains(t, err, "Stale")
}
