package plots

import (
	"fmt"
	"slices"
	"strings"
)

// targetsFile holds the targets of several scenarios together, in place of a summary.
const targetsFile = "targets.json"

// Verdicts of a target, as they are stored.
const (
	verdictMet    = "met"
	verdictMissed = "missed"
)

// A target is a published value beside ours.
type target struct {
	Scenario  string      `json:"scenario"` // only where there are several
	What      string      `json:"what"`
	Metric    string      `json:"metric"`
	Of        string      `json:"of"`
	Unit      string      `json:"unit"`
	Kind      string      `json:"kind"`
	Source    string      `json:"source"`
	Published float64     `json:"published"`
	Band      [2]float64  `json:"band"`
	Ours      *float64    `json:"ours"`
	CI95      *[2]float64 `json:"ci95"`
	Verdict   string      `json:"verdict"`
	Why       string      `json:"why"`
	Cells     []int       `json:"cells"`
}

// measured tells whether there is something to compare.
func (t *target) measured() bool {
	return t.Ours != nil && (t.Verdict == verdictMet || t.Verdict == verdictMissed)
}

// place returns a value on the axis that all rows share: the published value is 0, and the ends of
// the band are -1 and 1. The scale is that of the side on which the value lies; where the band has
// no room on that side, it is that of the other.
func (t *target) place(v float64) float64 {
	below, above := t.Published-t.Band[0], t.Band[1]-t.Published
	switch {
	case v < t.Published && below > 0:
		return (v - t.Published) / below
	case v > t.Published && above > 0:
		return (v - t.Published) / above
	case v == t.Published || below+above == 0:
		return 0
	}
	return (v - t.Published) / (below + above)
}

// bandAt returns the ends of the band on that axis.
func (t *target) bandAt() interval { return interval{t.place(t.Band[0]), t.place(t.Band[1])} }

// targetsFigure draws every published value with its tolerance as a band, and ours as a dot.
func targetsFigure(r *results, l look) (*figure, error) {
	if len(r.Targets) == 0 {
		return &figure{skipped: "the scenario names no published values (targets)"}, nil
	}
	f := &figure{
		title: targetsTitle(r.Targets),
		data: table{header: []string{"scenario", "what", "metric", "of", "unit", "kind", "source",
			"published", "band_low", "band_high", "ours", "ours_ci95_low", "ours_ci95_high",
			"verdict", "why"}},
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
		f.data.add(scenario, t.What, t.Metric, t.Of, t.Unit, t.Kind, t.Source, t.Published,
			t.Band[0], t.Band[1], ours, low, high, t.Verdict, t.Why)
	}
	shown := l.shownTargets(r.Targets)
	f.legend = l.targetsLegend(shown)
	if len(shown) < len(r.Targets) && len(r.Parts) > 1 {
		s := newTargetSummary(r.Targets, r.Parts)
		f.rows, f.legend = s, l.summaryLegend(r.Targets)
		f.about = targetsAbout(r, summaryShows, "")
		return f, nil
	}
	rows := newTargetRows(shown)
	f.rows, f.spread = rows, rows.spread(l)
	left := ""
	if len(shown) < len(r.Targets) {
		left = fmt.Sprintf("The page has room for %d of %d rows; those that were missed come "+
			"first. The data has all.", len(shown), len(r.Targets))
	}
	f.about = targetsAbout(r, rowsShow, left)
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

func targetsTitle(all []target) string {
	met, missed := 0, 0
	for n := range all {
		switch all[n].Verdict {
		case verdictMet:
			met++
		case verdictMissed:
			missed++
		}
	}
	if met+missed == 0 {
		return fmt.Sprintf("None of %s measured", plural(len(all), "published result"))
	}
	title := fmt.Sprintf("%d of %s met", met, plural(met+missed, "published result"))
	if rest := len(all) - met - missed; rest > 0 {
		title += fmt.Sprintf(", %d not measured", rest)
	}
	return title
}

// shownTargets returns the rows that the page has room for. If not all have, the misses come first:
// they are what a reader must see.
func (l look) shownTargets(all []target) []target {
	const most = targetRowsMost
	if l.grows || len(newTargetRows(all).lines) <= most {
		return all
	}
	rank := func(t target) int {
		return slices.Index([]string{verdictMissed, verdictMet}, t.Verdict) & 3
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b target) int { return rank(a) - rank(b) })
	for n := min(most, len(sorted)); ; n-- {
		if len(newTargetRows(sorted[:n]).lines) <= most {
			return sorted[:n]
		}
	}
}

// targetsLegend names the marks that there are, of rows with numbers.
func (l look) targetsLegend(shown []target) []legendEntry {
	return l.marksLegend(shown, "published (left), with its tolerance", "ours (right), within it")
}

// summaryLegend names those of lines without.
func (l look) summaryLegend(all []target) []legendEntry {
	return l.marksLegend(all, "published, with its tolerance", "ours, within it")
}

func (l look) marksLegend(shown []target, published, within string) []legendEntry {
	entries := []legendEntry{{label: published, fill: l.targetBand(),
		line: solid(l.ink, 0)}}
	for _, v := range []struct{ verdict, label string }{
		{verdictMet, within}, {verdictMissed, "ours, outside"},
	} {
		has := slices.ContainsFunc(shown, func(t target) bool { return t.Verdict == v.verdict })
		if has {
			p := l.verdictPen(v.verdict)
			entries = append(entries, legendEntry{label: v.label,
				marker: &points{nil, p.marker, 0.8 * l.radius, p.color, l.background}})
		}
	}
	return entries
}

// verdictPen is a disc for what is met, and a diamond of another colour for what is missed.
func (l look) verdictPen(verdict string) pen {
	if verdict == verdictMet {
		return l.pen(0)
	}
	return l.pen(1)
}

func targetsAbout(r *results, shows, left string) about {
	a := about{
		shows: shows,
		definition: "Kinds: an oracle is a theory or a model of the same assumptions, held to " +
			"sampling error; a simulation is another simulator; a field value was measured on a " +
			"live network, and agrees in regime. Metrics are defined in `metrics.json`.",
		cells: r.Cells, n: func(c cell) string { return plural(c.Nodes, "node") },
		counted:   plural(len(r.Targets), "published value"),
		intervals: overSeeds,
	}
	if left != "" {
		a.notes = append(a.notes, left)
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
	a.notes = append(a.notes, "Sources: "+strings.Join(sources, "; ")+".")
	if len(missing) > 0 {
		a.notes = append(a.notes, "Not measured: "+strings.Join(missing, "; ")+".")
	}
	return a
}
