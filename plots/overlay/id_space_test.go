package overlay

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUniformIDsDoNotStandOut is the other side: without cause nothing is called odd.
func TestUniformIDsDoNotStandOut(t *testing.T) {
	odd := 0
	for n := range 40 {
		rnd := rand.New(rand.NewPCG(1, uint64(n)))
		tops := make([]uint64, 500+n)
		for i := range tops {
			tops[i] = rnd.Uint64()
		}
		odd += len(newIDHistogram(tops).outliers) + len(clustersOf(tops))
	}
	require.LessOrEqual(t, odd, 2)
}

// TestClustersAreFoundByTheDumbWay compares with all pairs of a sorted slice, in a toy space.
func TestClustersAreFoundByTheDumbWay(t *testing.T) {
	ids := []uint64{1 << 20, 1<<20 + 1, 1<<20 + 2, 1<<20 + 7, 9 << 60, 5 << 60, 3 << 60, 12 << 60}
	found := clustersOf(ids)
	require.Equal(t, []cluster{{1 << 20, 1<<20 + 7, 4, 61}}, found)
	require.Empty(t, clustersOf([]uint64{1, 2, 3}))
	require.Empty(t, clustersOf(nil))
}
