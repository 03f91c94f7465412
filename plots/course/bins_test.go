package course

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBins: of whole minutes, as narrow as there may be, from the end of the warm-up on.
func TestBins(t *testing.T) {
	for span, want := range map[float64]Bins{
		3000: {600, 3600, 60, 50}, 90: {600, 690, 60, 2}, 86400: {600, 87000, 1800, 48},
		1e9: {600, 1e9 + 600, 22118400, 46},
	} {
		require.Equal(t, want, NewBins(600, 600+span))
	}
	from, to := NewBins(600, 690).Ends(1)
	require.Equal(t, []float64{660, 690}, []float64{from, to})
}
