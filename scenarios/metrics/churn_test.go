package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDispersion(t *testing.T) {
	require.InDelta(t, 0, dispersion([]int64{4, 4, 4}), 1e-12)
	require.InDelta(t, 2.5/3, dispersion([]int64{1, 2, 3, 4, 5}), 1e-12)
}
