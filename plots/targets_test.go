package plots

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func joined(t *testing.T, rows int) string {
	dir := t.TempDir()
	writeJoined(t, dir, rows)
	return dir
}

// writeJoined makes a folder of so many targets, every third of them missed and every seventh not
// measured.
func writeJoined(t *testing.T, dir string, rows int) {
	t.Helper()
	var targets []map[string]any
	for n := range rows {
		row := map[string]any{"scenario": "hops-model", "what": fmt.Sprintf("row %d", n),
			"metric": "lookup.rounds", "of": "mean", "kind": "oracle", "source": "a paper",
			"published": 2.0, "band": []float64{1.5, 2.5}, "ours": 2.1,
			"ci95": []float64{2.0, 2.2}, "verdict": "met"}
		switch {
		case n%7 == 6:
			row["ours"], row["ci95"], row["verdict"] = nil, nil, "not measured"
			row["why"] = "nothing here measures it"
		case n%3 == 2:
			row["ours"], row["verdict"] = 9.0, "missed"
		}
		targets = append(targets, row)
	}
	body, err := json.Marshal(map[string]any{"scenario": "validation", "title": "All",
		"version": "swarmlab 0.1.0", "fingerprint": "3f2a91c0", "figures": []string{"targets"},
		"parts":   []any{map[string]any{"scenario": "hops-model", "seed": 1, "repeat": 3}},
		"targets": targets})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "targets.json"), body, 0o644))
}

// TestTargetsFigure draws few rows and many; the data and the caption tell all of them.
func TestTargetsFigure(t *testing.T) {
	for _, rows := range []int{1, 9, 100} {
		for _, theme := range []Theme{Slide, Dark, Paper} {
			dir := joined(t, rows)
			lines, err := drawCoarse(dir, theme)
			require.NoError(t, err)
			require.Len(t, lines, 1)
			require.NotContains(t, lines[0], "skipped")
			data, err := os.ReadFile(filepath.Join(dir, "figures", "targets.csv"))
			require.NoError(t, err)
			require.Equal(t, rows+1, strings.Count(string(data), "\n"))
			caption, err := os.ReadFile(filepath.Join(dir, "figures", "targets.md"))
			require.NoError(t, err)
			require.Contains(t, string(caption), "a paper")
			require.Contains(t, string(caption), "1–3")
			require.Equal(t, rows == 100 && theme != Paper,
				strings.Contains(string(caption), "has room for"))
		}
	}
}
