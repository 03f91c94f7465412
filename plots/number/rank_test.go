package number

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUpTo counts again, of values with many equals.
func TestUpTo(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for n := range 40 {
		values := make([]int64, n)
		for i := range values {
			values[i] = rnd.Int64N(12)
		}
		slices.Sort(values)
		for v := int64(-1); v <= 12; v++ {
			most := 0
			for _, other := range values {
				if other <= v {
					most++
				}
			}
			require.Equal(t, most, UpTo(values, v))
		}
	}
}
