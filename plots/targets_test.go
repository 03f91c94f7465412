package plots

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
	"swarmlab/plots/stored"
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

// TestSlideOfManyTargets: a line a scenario, with the misses below; the paper has all rows.
func TestSlideOfManyTargets(t *testing.T) {
	r := &stored.Results{Scenario: "validation",
		Parts: []stored.Part{{Scenario: "a", Title: "A title"},
			{Scenario: "b"}, {Scenario: "c"}}}
	ours := []float64{2.1, 9, 1.2, 30}
	for n := range 60 {
		row := stored.Target{Scenario: []string{"a", "b", "c"}[n/20], What: fmt.Sprint("row ", n),
			Source: "a paper", Published: 2, Band: [2]float64{1.5, 2.5}, Verdict: "not measured"}
		if n < 4 || n >= 20 && n < 40 {
			v := ours[n%4]
			row.Ours, row.Verdict = &v, stored.VerdictMissed
			if v == 2.1 || n >= 20 {
				row.Verdict = stored.VerdictMet
			}
		}
		r.Targets = append(r.Targets, row)
	}
	slide, err := targetsFigure(r, Slide.Look())
	require.NoError(t, err)
	s := slide.Rows.(*targetSummary)
	require.False(t, slide.Spread)
	require.Equal(t, "A title", s.scenarios[0].title)
	require.Equal(t, "b", s.scenarios[1].title, "without a title its name")
	var tallies []string
	for n := range s.scenarios {
		tallies = append(tallies, s.scenarios[n].tally())
	}
	require.Equal(t, []string{"1 of 4", "20 of 20", "not measured"}, tallies)
	var missed []string
	for _, row := range s.missed {
		missed = append(missed, row.What)
	}
	require.Equal(t, []string{"a: row 3", "a: row 1", "a: row 2"}, missed, "the worst first")
	require.Contains(t, slide.About.Shows, "One line a scenario")

	paper, err := targetsFigure(r, Paper.Look())
	require.NoError(t, err)
	require.True(t, paper.Spread)
	columns := paper.Rows.(*targetRows).columns(Paper.Look())
	require.Len(t, columns, 2)
	require.Equal(t, "b, continued", columns[1][0].scenario)
	rows := 0
	for _, lines := range columns {
		for _, line := range lines {
			if line.target != nil {
				rows++
			}
		}
	}
	require.Equal(t, 60, rows)
	require.InDelta(t, len(columns[0]), len(columns[1]), 2)
}

// TestLongLabelsAreWhole: the type shrinks until they fit.
func TestLongLabelsAreWhole(t *testing.T) {
	l := Paper.Look()
	long := stored.Target{What: "stop at the first responsible node, latency in ms"}
	table, across := newTargetRows([]stored.Target{long}), l.Width-2*l.Margin
	size := table.size(l.Text, across, l)
	require.Less(t, size, l.Text)
	require.GreaterOrEqual(t, size, 0.98*targetTextLeast*l.Text)
	require.LessOrEqual(t, page.Width(long.What, size), targetRow{&long, l, size}.label(across))
}

func TestTargetsTitle(t *testing.T) {
	title := func(verdicts ...string) string {
		var all []stored.Target
		for _, v := range verdicts {
			all = append(all, stored.Target{Verdict: v})
		}
		return targetsTitle(all)
	}
	require.Equal(t, "2 of 3\u00A0published results met", title("met", "missed", "met"))
	require.Equal(t, "1 of 1\u00A0published result met, 1 not measured",
		title("met", "not measured"))
	require.Equal(t, "None of 2\u00A0published results measured",
		title("not measured", "not measured"))
}

// TestMissesComeFirst: where there is no room for all, no miss is left out.
func TestMissesComeFirst(t *testing.T) {
	all, missed := make([]stored.Target, 60), 0
	for n := range all {
		all[n].Scenario, all[n].Verdict = "hops-model", stored.VerdictMet
		switch {
		case n%7 == 6:
			all[n].Verdict = "not measured"
		case n%3 == 2:
			all[n].Verdict = stored.VerdictMissed
			missed++
		}
	}
	shown := shownTargets(Slide.Look(), all)
	require.Len(t, newTargetRows(shown).lines, targetRowsMost)
	require.Greater(t, missed, 10)
	for n := range missed {
		require.Equal(t, stored.VerdictMissed, shown[n].Verdict)
	}
	require.NotEqual(t, stored.VerdictMissed, shown[missed].Verdict)
}

func TestTargetNumber(t *testing.T) {
	for v, want := range map[float64]string{2.899: "2.899", 0.9998: "0.9998", 0.00968: "0.0097",
		3500: "3500", 2: "2", 15371.2: "15371", 0: "0", -0.5: "-0.5"} {
		require.Equal(t, want, targetNumber(v))
	}
}
