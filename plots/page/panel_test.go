package page

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
)

func TestUnion(t *testing.T) {
	require.Equal(t, []number.Interval{{Low: 1, High: 4}, {Low: 5, High: 7}},
		Union([]number.Interval{{Low: 5, High: 6}, {Low: 1, High: 2}, {Low: 2, High: 4},
			{Low: 6, High: 7}}))
}
