package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/stats"
)

func TestMeansHaveTheDigitsThatTheirIntervalAllows(t *testing.T) {
	with := func(mean, half float64) string {
		return withInterval(stats.Summary{Mean: stats.Number(mean),
			CI95: &[2]stats.Number{stats.Number(mean - half), stats.Number(mean + half)}}, 1)
	}
	require.Equal(t, "3.216 ± 0.005", with(3.21591, 0.0048))
	require.Equal(t, "2.62 ± 0.13", with(2.6241, 0.13))
	require.Equal(t, "1222 ± 11", with(1222.4, 11.2))
	require.Equal(t, "0.0840 ± 0.0002", with(0.08403, 0.00021))
	require.Equal(t, "12.000 ± 0.000", with(12, 0))
	require.Equal(t, "1.64", withInterval(stats.Summary{Mean: 1.6441}, 1))
	require.Equal(t, "1.20", withInterval(stats.Summary{Mean: 1.2}, 1))
	require.Equal(t, "0", withInterval(stats.Summary{Mean: 0}, 1))
}

func TestOnlyAllIsAHundredPercent(t *testing.T) {
	require.Equal(t, "99.99", percentage(stats.Summary{Mean: 0.999999}))
	require.Equal(t, "100", percentage(stats.Summary{Mean: 1}))
	require.Equal(t, "100", percentage(stats.Summary{Mean: 1, CI95: &[2]stats.Number{1, 1}}))
	require.Equal(t, "98.52 ± 0.33", percentage(stats.Summary{Mean: 0.9852,
		CI95: &[2]stats.Number{0.9819, 0.9885}}))
}

func TestSeedsAsRanges(t *testing.T) {
	require.Equal(t, "1-3, 7", seedList([]uint64{3, 1, 2, 7, 1}))
}
