package results

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkTexts looks whether tables as text are well formed, and have so many rows.
func checkTexts(t *testing.T, dir string, rows map[string]int) {
	t.Helper()
	for name, n := range rows {
		f, err := os.Open(filepath.Join(dir, name))
		require.NoError(t, err)
		all, err := csv.NewReader(f).ReadAll() // refuses rows of other lengths than the header
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Len(t, all, n+1, name)
	}
}
