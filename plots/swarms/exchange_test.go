package swarms

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMosaicKeepsEverything: whatever the bins, the means of pairs add up to what went in.
func TestMosaicKeepsEverything(t *testing.T) {
	for _, peers := range []int{2, 99, 100, 101, 250, 1000} {
		m := newMosaic(peers)
		covered := 0
		for i := range m.bins {
			from, to := m.ends(i)
			require.Equal(t, covered, from)
			for at := from; at < to; at++ {
				require.Equal(t, i, m.bin(at))
			}
			covered = to
		}
		require.Equal(t, peers, covered)
		want := 0.0
		for k := range 500 {
			m.add(k*7%peers, k*13%peers, float64(k))
			want += float64(k)
		}
		m.finish()
		got := 0.0
		for i := range m.sum {
			for j, v := range m.sum[i] {
				a, b := m.ends(i)
				c, d := m.ends(j)
				got += v * float64((b-a)*(d-c))
			}
		}
		require.InEpsilon(t, want, got, 1e-9)
		require.Positive(t, m.most)
	}
}
