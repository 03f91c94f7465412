package targets

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// TestLongLabelsAreWhole: the type shrinks until they fit.
func TestLongLabelsAreWhole(t *testing.T) {
	l := page.Paper.Look()
	long := stored.Target{What: "stop at the first responsible node, latency in ms"}
	table, across := newRows([]stored.Target{long}), l.Width-2*l.Margin
	size := table.size(l.Text, across, l)
	require.Less(t, size, l.Text)
	require.GreaterOrEqual(t, size, 0.98*textLeast*l.Text)
	require.LessOrEqual(t, page.Width(long.What, size), row{&long, l, size}.label(across))
}

func TestTargetNumber(t *testing.T) {
	for v, want := range map[float64]string{2.899: "2.899", 0.9998: "0.9998", 0.00968: "0.0097",
		3500: "3500", 2: "2", 15371.2: "15371", 0: "0", -0.5: "-0.5"} {
		require.Equal(t, want, numberText(v))
	}
}
