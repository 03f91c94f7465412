package targets

import (
	"fmt"
	"slices"
	"strings"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// Targets draws every published value with its tolerance as a band, and ours as a dot.
func Targets(r *stored.Results, l page.Look) (*page.Figure, error) {
	if len(r.Targets) == 0 {
		return &page.Figure{Skipped: "the scenario names no published values (targets)"}, nil
	}
	f := &page.Figure{
		Title: title(r.Targets),
		Data: page.Table{Header: []string{"scenario", "what", "metric", "of", "unit", "kind",
			"source", "published", "band_low", "band_high", "ours", "ours_ci95_low",
			"ours_ci95_high", "verdict", "why"}},
	}
	for n := range r.Targets {
		t := &r.Targets[n]
		ours, low, high := any(nil), any(nil), any(nil)
		if t.Ours != nil {
			ours = *t.Ours
		}
		if t.CI95 != nil {
			low, high = t.CI95[0], t.CI95[1]
		}
		scenario := t.Scenario
		if scenario == "" {
			scenario = r.Scenario
		}
		f.Data.Add(scenario, t.What, t.Metric, t.Of, t.Unit, t.Kind, t.Source, t.Published,
			t.Band[0], t.Band[1], ours, low, high, t.Verdict, t.Why)
	}
	shown := shownTargets(l, r.Targets)
	f.Legend = rowsLegend(l, shown)
	if len(shown) < len(r.Targets) && len(r.Parts) > 1 {
		s := newSummary(r.Targets, r.Parts)
		f.Rows, f.Legend = s, summaryLegend(l, r.Targets)
		f.About = aboutTargets(r, summaryShows, "")
		return f, nil
	}
	rows := newRows(shown)
	f.Rows, f.Spread = rows, rows.spread(l)
	left := ""
	if len(shown) < len(r.Targets) {
		left = fmt.Sprintf("The page has room for %d of %d rows; those that were missed come "+
			"first. The data has all.", len(shown), len(r.Targets))
	}
	f.About = aboutTargets(r, rowsShow, left)
	return f, nil
}

// What the two forms of the figure show.
const (
	rowsShow = "One row a published value. The axis is the same for all: in its middle the " +
		"published value, and the shaded band what counts as the same. Marks: ours; an arrow " +
		"if it lies beyond the axis. Whiskers: 95 % interval over the seeds."
	summaryShows = "One line a scenario, and on it a mark for each of its published values. The " +
		"axis is the same for all: in its middle the published value, and the shaded band what " +
		"counts as the same. An arrow lies beyond the axis. Right: how many were met, of those " +
		"that were measured. Below: values that were missed. The theme paper has a row for each " +
		"value, and so has the data."
)

func title(all []stored.Target) string {
	met, missed := 0, 0
	for n := range all {
		switch all[n].Verdict {
		case stored.VerdictMet:
			met++
		case stored.VerdictMissed:
			missed++
		}
	}
	if met+missed == 0 {
		return fmt.Sprintf("None of %s measured", number.Plural(len(all), "published result"))
	}
	title := fmt.Sprintf("%d of %s met", met, number.Plural(met+missed, "published result"))
	if rest := len(all) - met - missed; rest > 0 {
		title += fmt.Sprintf(", %d not measured", rest)
	}
	return title
}

// shownTargets returns the rows that the page has room for. If not all have, the misses come first:
// they are what a reader must see.
func shownTargets(l page.Look, all []stored.Target) []stored.Target {
	const most = rowsMost
	if l.Grows || len(newRows(all).lines) <= most {
		return all
	}
	rank := func(t stored.Target) int {
		return slices.Index([]string{stored.VerdictMissed, stored.VerdictMet}, t.Verdict) & 3
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b stored.Target) int { return rank(a) - rank(b) })
	for n := min(most, len(sorted)); ; n-- {
		if len(newRows(sorted[:n]).lines) <= most {
			return sorted[:n]
		}
	}
}

// rowsLegend names the marks that there are, of rows with numbers.
func rowsLegend(l page.Look, shown []stored.Target) []page.LegendEntry {
	return marksLegend(l, shown, "published (left), with its tolerance", "ours (right), within it")
}

// summaryLegend names those of lines without.
func summaryLegend(l page.Look, all []stored.Target) []page.LegendEntry {
	return marksLegend(l, all, "published, with its tolerance", "ours, within it")
}

func marksLegend(l page.Look, shown []stored.Target, published, within string) []page.LegendEntry {
	entries := []page.LegendEntry{{Label: published, Fill: l.Tolerance(),
		Line: page.Solid(l.Ink, 0)}}
	for _, v := range []struct{ verdict, label string }{
		{stored.VerdictMet, within}, {stored.VerdictMissed, "ours, outside"},
	} {
		has := slices.ContainsFunc(shown,
			func(t stored.Target) bool { return t.Verdict == v.verdict })
		if has {
			p := verdictPen(l, v.verdict)
			entries = append(entries, page.LegendEntry{Label: v.label,
				Marker: &page.Points{Marker: p.Marker, Radius: 0.8 * l.Radius,
					Fill: p.Color, Rim: l.Background}})
		}
	}
	return entries
}

// verdictPen is a disc for what is met, and a diamond of another colour for what is missed.
func verdictPen(l page.Look, verdict string) page.Pen {
	if verdict == stored.VerdictMet {
		return l.Pen(0)
	}
	return l.Pen(1)
}

func aboutTargets(r *stored.Results, shows, left string) page.About {
	a := page.About{
		Shows: shows,
		Definition: "Kinds: an oracle is a theory or a model of the same assumptions, held to " +
			"sampling error; a simulation is another simulator; a field value was measured on a " +
			"live network, and agrees in regime. Metrics are defined in `metrics.json`.",
		Cells: r.Cells, N: func(c stored.Cell) string { return number.Plural(c.Nodes, "node") },
		Counted:   number.Plural(len(r.Targets), "published value"),
		Intervals: page.OverSeeds,
	}
	if left != "" {
		a.Notes = append(a.Notes, left)
	}
	var sources, missing []string
	for n := range r.Targets {
		t := &r.Targets[n]
		if !slices.Contains(sources, t.Source) {
			sources = append(sources, t.Source)
		}
		if t.Why != "" {
			missing = append(missing, t.What+" ("+t.Why+")")
		}
	}
	a.Notes = append(a.Notes, "Sources: "+strings.Join(sources, "; ")+".")
	if len(missing) > 0 {
		a.Notes = append(a.Notes, "Not measured: "+strings.Join(missing, "; ")+".")
	}
	return a
}
