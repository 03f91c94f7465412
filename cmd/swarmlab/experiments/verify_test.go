package experiments

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/lab"
)

func TestPlaceOfADifference(t *testing.T) {
	for _, c := range []struct {
		d    lab.Difference
		want string
	}{
		{lab.Difference{Second: 12, Nodes: []uint32{4711}},
			"first difference in second 12, node 4711"},
		{lab.Difference{Second: 12, Nodes: []uint32{1, 2}},
			"first difference in second 12, in some of 2 nodes: 1, 2"},
		{lab.Difference{Second: 3, Nodes: []uint32{1, 2, 3, 4, 5, 6, 7}},
			"first difference in second 3, in some of 7 nodes: 1, 2, 3, 4, 5, ..."},
		{lab.Difference{Second: 240}, "first difference in second 240, where one of them ends"},
		{lab.Difference{}, "all checkpoints agree, but the fingerprints differ; " +
			"manifest.json and checkpoints.parquet may be of different runs"},
	} {
		require.Equal(t, c.want, place(c.d))
	}
}
