package studies

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

// TestTiles: the best tile is the lightest, whatever better means, and what is missing is blank.
func TestTiles(t *testing.T) {
	r := &stored.Results{Study: &stored.Study{Axes: []string{widthPath, sizePath}}}
	for _, width := range []int{3, 1, 8} {
		for _, size := range []int{8, 4} {
			if width == 3 && size == 4 {
				continue
			}
			wide, long := float64(width), float64(size)
			ms := 200 + 2000*long/wide
			r.Cells = append(r.Cells, stored.Cell{Cell: len(r.Cells),
				Set: map[string]any{widthPath: width, sizePath: size},
				Metrics: map[string]stored.Metric{
					stored.LatencyMetric: {N: 50, Unit: "ms", Mean: 2 * ms, P50: ms},
					trafficMetric:        {N: 5, Unit: "B/s", Mean: long + 5*wide},
					stored.SuccessMetric: {N: 50, Unit: "share", Mean: 0.9 + 0.01*long - 0.1/wide},
				}})
		}
	}
	axes := axesOf(r)
	for name, lightest := range map[string]int{
		stored.LatencyMetric + ".p50": 2, trafficMetric: 0, stored.SuccessMetric: 5,
	} {
		all := tiles(r, axes, measureOf(name, r.Cells))
		require.Len(t, all, 6) // alpha 1, 3, 8 of k 4, then of k 8
		require.Empty(t, all[1].Text)
		least, most := 1.0, 0.0
		for i, tile := range all {
			require.Equal(t, i == 4, tile.Usual)
			if i != 1 {
				require.NotEmpty(t, tile.Text)
				least, most = min(least, tile.Share), max(most, tile.Share)
			}
		}
		require.Zero(t, least, name)
		require.EqualValues(t, 1, most, name)
		require.EqualValues(t, 1, all[lightest].Share, name)
	}
	require.InDelta(t, 0.5, shareOf(10, 1, 100), 1e-12, "by ratio")
	require.InDelta(t, 0.5, shareOf(3, 1, 5), 1e-12, "evenly")
	require.InDelta(t, 0.5, shareOf(7, 7, 7), 1e-12, "all the same")
}
