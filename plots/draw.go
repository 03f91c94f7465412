package plots

import (
	"fmt"
	"slices"
	"strings"

	"swarmlab/plots/accounts"
	"swarmlab/plots/ledgers"
	"swarmlab/plots/lookups"
	"swarmlab/plots/overlay"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
	"swarmlab/plots/studies"
	"swarmlab/plots/swarms"
	"swarmlab/plots/targets"
)

// A drawing is a kind of figure: its name in a scenario's `figures` and the function that makes it.
type drawing struct {
	name string
	make func(*stored.Results, page.Look) (*page.Figure, error)
}

// registry lists every kind of figure.
func registry() []drawing {
	return []drawing{
		{"hops", lookups.Hops},
		{"hops-cdf", lookups.HopsCDF},
		{"latency-cdf", lookups.LatencyCDF},
		{"hops-size", lookups.HopsBySize},
		{"calibration", lookups.Calibration},
		{"id-space", overlay.IDSpace},
		{"buckets", overlay.Buckets},
		{"clients", lookups.Clients},
		{"targets", targets.Targets},
		{"sweep", studies.Sweep},
		{"heat", studies.Heat},
		{"front", studies.Front},
		{"timeline", overlay.Timeline},
		{"table-health", overlay.TableHealth},
		{"holders", overlay.Holders},
		{"crawl", overlay.Crawlers},
		{"connectivity", overlay.Connectivity},
		{"latency-targets", targets.Latencies},
		{"completion", swarms.Completion},
		{"utilisation", swarms.Utilisation},
		{"availability", swarms.Availability},
		{"population", swarms.Population},
		{"share-ratio", swarms.ShareRatio},
		{"exchange", swarms.Exchange},
		{"discovery", swarms.Discovery},
		{"free-riders", swarms.FreeRiders},
		{"accounting", accounts.Accounting},
		{"methods", accounts.Methods},
		{"accounting-errors", accounts.Errors},
		{"swarm-balance", accounts.Balance},
		{"observers", accounts.Observers},
		{"receipts", accounts.Receipts},
		{"undercount", ledgers.Undercount},
		{"detection", ledgers.Detection},
		{"roc", ledgers.ROC},
		{"audits", ledgers.Audits},
	}
}

// Names returns the names of all figures, in the order in which documentation lists them.
func Names() []string {
	var names []string
	for _, r := range registry() {
		names = append(names, r.name)
	}
	return names
}

// Draw draws every figure that dir/summary.json lists, into dir/figures, and replaces older ones.
// Each figure NAME becomes NAME.svg, NAME.pdf, NAME.png, NAME.csv (its data) and NAME.md (its
// caption).
//
// It returns one line for each figure, for people: which files were written, or why it was skipped.
// The error names the file that is missing, damaged or foreign and how to mend it; the figures
// before it are then already in place.
func Draw(dir string, theme Theme) ([]string, error) {
	return drawAs(dir, theme, theme.Look())
}

// drawAs is Draw with the look spelled out.
func drawAs(dir string, theme Theme, l page.Look) ([]string, error) {
	r, err := stored.Open(dir)
	if err != nil {
		return nil, err
	}
	var drawings []drawing
	for _, name := range r.Figures {
		i := slices.Index(Names(), name)
		if i < 0 {
			return nil, fmt.Errorf("%s: unknown figure %q; known figures: %s",
				r.Path(stored.SummaryFile), name, strings.Join(Names(), ", "))
		}
		drawings = append(drawings, registry()[i])
	}
	var lines []string
	for _, d := range drawings {
		line, err := d.draw(r, theme, l)
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// draw makes one figure and writes its five files.
func (d drawing) draw(r *stored.Results, theme Theme, l page.Look) (string, error) {
	f, err := d.make(r, l)
	if err != nil {
		return "", err
	}
	if f.Skipped != "" {
		return fmt.Sprintf("%s: skipped: %s", d.name, f.Skipped), nil
	}
	stem := r.Path("figures", d.name)
	files, err := page.Render(f, l, r.Footer())
	if err != nil {
		return "", fmt.Errorf("%s: %w", stem, err)
	}
	files = append(files,
		page.File{Ending: ".csv", Body: f.Data.CSV()},
		page.File{Ending: ".md", Body: []byte(page.Caption(r, f, d.name, theme))})
	if err := writeAll(stem, files); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s.{svg,pdf,png,csv,md}", d.name, stem), nil
}
