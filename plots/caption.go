package plots

import (
	"cmp"
	"fmt"
	"strings"
)

// about is the part of a caption that the figure knows.
type about struct {
	shows      string // what is drawn, mark by mark
	definition string // of the quantity, with its source
	cells      []cell // what was drawn
	n          func(cell) string
	crawl      *crawled // what was drawn, if not cells; with
	counted    string   // its n
	intervals  string   // how they were made, or why there are none
	model      string   // with its source; empty: none
	notes      []string
}

// How intervals were made, as captions say it.
const (
	overSeeds = "95 % confidence, Student's t over the seeds (one value a seed), not over pooled " +
		"lookups"
	storedIntervals = "95 % confidence of the mean over the seeds, as the run stored them (`ci95`)"
)

// What hops are, and the model of them, as captions say it.
const (
	defineHContact = "`H_contact` is the length of the path from the initiator to the target " +
		"node: 1 means that the initiator already had the target in its table (Roos, Salah and " +
		"Strufe, arXiv:1307.7000). The looked-up target is an existing node."
	roosModel = "Roos, Salah and Strufe, arXiv:1307.7000 (2013), and \"Determining the hop count " +
		"in Kademlia-type systems\", ICCCN 2015. It assumes full and fresh tables, uniform " +
		"samples in the buckets, no failures, and synchronous rounds."
)

// footer is the small print of every figure: where it comes from.
func (r *results) footer() string {
	if r.crawl != nil {
		return r.crawl.footer()
	}
	return strings.Join([]string{"scenario " + r.Scenario, seedsText(r.seeds()),
		r.Version, "fingerprint " + r.Fingerprint}, " · ")
}

// seeds lists the seeds of all cells.
func (r *results) seeds() (all []uint64) {
	for _, c := range r.Cells {
		all = append(all, c.Seeds...)
	}
	for _, p := range r.Parts {
		for n := range min(p.Repeat, 10000) {
			all = append(all, p.Seed+uint64(n))
		}
	}
	return all
}

// caption returns NAME.md.
func (r *results) caption(f *figure, name string, theme Theme) string {
	var b strings.Builder
	item := func(term, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- **%s:** %s\n", term, text)
		}
	}
	a := f.about
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", f.title, a.shows)
	item("Definition", a.definition)
	var n []string
	for _, c := range a.cells {
		n = append(n, fmt.Sprintf("%s (%s, %s)", a.n(c), r.label(c), seedsText(c.Seeds)))
	}
	item("n", cmp.Or(strings.Join(n, "; "), a.counted))
	if r.crawl == nil {
		for _, mix := range r.mixes() {
			item("Clients of "+r.shortClient(mix), mix)
		}
	}
	item("Seeds", seedList(r.seeds()))
	item("Intervals", a.intervals)
	item("Model", a.model)
	for _, note := range a.notes {
		item("Note", note)
	}
	scenario := r.Scenario
	if r.Title != "" {
		scenario += " (" + r.Title + ")"
	}
	item("Scenario", scenario)
	if c := a.crawl; c != nil {
		item("Crawl", fmt.Sprintf("%s, %s, from %s, at most %d queries a second", c.Family,
			c.ending(), strings.Join(c.Settings.Bootstrap, ", "), c.Settings.Rate))
		item("Nodes", "SHA-256 of nodes.csv begins with "+c.Digest)
	}
	item("Version", r.Version)
	item("Fingerprint", r.Fingerprint)
	item("Data", fmt.Sprintf("`%s.csv`", name))
	item("Redraw", fmt.Sprintf("`swarmlab plot DIR --theme %v`, where DIR is the folder that "+
		"holds `%s`", theme, r.file()))
	return strings.ReplaceAll(b.String(), "\u00A0", " ")
}
