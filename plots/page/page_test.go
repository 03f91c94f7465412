package page

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrapAndFit(t *testing.T) {
	lines := wrap("one two three four five", " ", 10, 60)
	require.Greater(t, len(lines), 1)
	for _, line := range lines {
		require.LessOrEqual(t, Width(line, 10).Points(), 60.0)
	}
	require.Equal(t, "short", Fit("short", 10, 100))
	cut := Fit("a label that is far too long", 10, 60)
	require.LessOrEqual(t, Width(cut, 10).Points(), 60.0)
	require.Contains(t, cut, "…")
}
