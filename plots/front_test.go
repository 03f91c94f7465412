package plots

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFrontDataIsTheInput(t *testing.T) {
	s := studyRun()
	s.figures = []string{"front"}
	dir, _ := drawRun(t, s, Slide)
	rows := rowsOf(t, dir, "front")
	require.Len(t, rows, 2*36)
	usual, knees, onFront, good := 0, 0, 0, 0
	for i, row := range rows {
		require.InDelta(t, expected(t, row), parsed(t, row["value"]), 1e-9)
		require.Equal(t, rows[i-i%2]["cell"], row["cell"])
		usual += int(parsed(t, row["default"]))
		knees += int(parsed(t, row["knee"]))
		onFront += int(parsed(t, row["front"]))
		good += int(parsed(t, row["success"]))
	}
	require.Equal(t, 2*(36-6), good, "of k 4 with a timeout of 1m, 88 % succeed")
	require.Contains(t, string(read(t, dir, "front.md")), "less than 90 % of their lookups")
	require.Equal(t, []int{2, 2}, []int{usual, knees})
	require.Greater(t, onFront, 4)
	// No more than the default's 23 B/s: k 4 and alpha 3 (19), with the timeout of 500 ms.
	require.Contains(t, string(read(t, dir, "front.md")), "# 0.867 s instead of 5.53 s, at no "+
		"more traffic per node than the default: k 4, query_timeout 500ms")
}
