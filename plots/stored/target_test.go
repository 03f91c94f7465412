package stored

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTargetPlace: published is 0, and the ends of the band are -1 and 1, however far.
func TestTargetPlace(t *testing.T) {
	r := Target{Published: 5, Band: [2]float64{3, 9}}
	for v, want := range map[float64]float64{5: 0, 3: -1, 9: 1, 4: -0.5, 13: 2, 1: -2} {
		require.InDelta(t, want, r.Place(v), 1e-12, v)
	}
	r = Target{Published: 5, Band: [2]float64{5, 9}} // no room below
	require.InDelta(t, -0.5, r.Place(3), 1e-12)
	r = Target{Published: 5, Band: [2]float64{5, 5}}
	require.InDelta(t, 0, r.Place(7), 1e-12)
}
