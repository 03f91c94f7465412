package plots

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClearLeavesWhatIsOfOthers(t *testing.T) {
	dir := t.TempDir()
	Clear(dir) // which has no figures
	figures := filepath.Join(dir, "figures")
	require.NoError(t, os.Mkdir(figures, 0o755))
	for _, name := range []string{"hops.svg", "hops.md", "targets.csv", ".swarmlab-hops.png-123",
		"notes.md", "hops.txt", "hops.svg.bak"} {
		require.NoError(t, os.WriteFile(filepath.Join(figures, name), nil, 0o644))
	}
	Clear(dir)
	left, err := os.ReadDir(figures)
	require.NoError(t, err)
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	require.Equal(t, []string{"hops.svg.bak", "hops.txt", "notes.md"}, names)
}
