package page

import (
	"cmp"
	"fmt"
	"strings"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// About is the part of a caption that the figure knows.
type About struct {
	Shows      string        // what is drawn, mark by mark
	Definition string        // of the quantity, with its source
	Cells      []stored.Cell // what was drawn
	N          func(stored.Cell) string
	Crawl      *stored.Crawl // what was drawn, if not cells; with
	Counted    string        // its n
	Intervals  string        // how they were made, or why there are none
	Model      string        // with its source; empty: none
	Notes      []string
}

// How intervals were made, as captions say it.
const (
	OverSeeds = "95 % confidence, Student's t over the seeds (one value a seed), not over pooled " +
		"lookups"
	StoredIntervals = "95 % confidence of the mean over the seeds, as the run stored them (`ci95`)"
)

// Caption returns NAME.md, the text that goes with a figure: what it shows, of how much, from
// where, and how to draw it again.
func Caption(r *stored.Results, f *Figure, name string, theme Theme) string {
	var b strings.Builder
	item := func(term, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- **%s:** %s\n", term, text)
		}
	}
	a := f.About
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", f.Title, a.Shows)
	item("Definition", a.Definition)
	var n []string
	for _, c := range a.Cells {
		n = append(n, fmt.Sprintf("%s (%s, %s)", a.N(c), r.Label(c), number.SeedsText(c.Seeds)))
	}
	item("n", cmp.Or(strings.Join(n, "; "), a.Counted))
	if r.Crawl == nil {
		for _, mix := range r.Mixes() {
			item("Clients of "+r.ShortClient(mix), mix)
		}
	}
	item("Seeds", number.SeedList(r.Seeds()))
	item("Intervals", a.Intervals)
	item("Model", a.Model)
	for _, note := range a.Notes {
		item("Note", note)
	}
	scenario := r.Scenario
	if r.Title != "" {
		scenario += " (" + r.Title + ")"
	}
	item("Scenario", scenario)
	if c := a.Crawl; c != nil {
		item("Crawl", fmt.Sprintf("%s, %s, from %s, at most %d queries a second", c.Family,
			c.Ending(), strings.Join(c.Settings.Bootstrap, ", "), c.Settings.Rate))
		item("Nodes", "SHA-256 of nodes.csv begins with "+c.Digest)
	}
	item("Version", r.Version)
	item("Fingerprint", r.Fingerprint)
	item("Data", fmt.Sprintf("`%s.csv`", name))
	item("Redraw", fmt.Sprintf("`swarmlab plot DIR --theme %v`, where DIR is the folder that "+
		"holds `%s`", theme, r.File()))
	return strings.ReplaceAll(b.String(), "\u00A0", " ")
}
