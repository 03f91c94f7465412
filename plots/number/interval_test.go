package number

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInterval95(t *testing.T) {
	got, ok := Interval95([]float64{1, 2, 3, 4, 5})
	require.True(t, ok)
	// t(0.975; 4) = 2.776445, sd = sqrt(2.5): a table's values.
	require.InDelta(t, 3-2.776445*math.Sqrt(2.5/5), got.Low, 1e-5)
	require.InDelta(t, 3+2.776445*math.Sqrt(2.5/5), got.High, 1e-5)
	_, ok = Interval95([]float64{1})
	require.False(t, ok)
}
