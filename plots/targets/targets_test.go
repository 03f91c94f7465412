package targets

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

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
	slide, err := Targets(r, page.Slide.Look())
	require.NoError(t, err)
	s := slide.Rows.(*summary)
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

	paper, err := Targets(r, page.Paper.Look())
	require.NoError(t, err)
	require.True(t, paper.Spread)
	columns := paper.Rows.(*rows).columns(page.Paper.Look())
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

func TestTargetsTitle(t *testing.T) {
	title := func(verdicts ...string) string {
		var all []stored.Target
		for _, v := range verdicts {
			all = append(all, stored.Target{Verdict: v})
		}
		return title(all)
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
	shown := shownTargets(page.Slide.Look(), all)
	require.Len(t, newRows(shown).lines, rowsMost)
	require.Greater(t, missed, 10)
	for n := range missed {
		require.Equal(t, stored.VerdictMissed, shown[n].Verdict)
	}
	require.NotEqual(t, stored.VerdictMissed, shown[missed].Verdict)
}
