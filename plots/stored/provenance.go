package stored

import (
	"strings"

	"swarmlab/plots/number"
)

// Footer is the small print of every figure: where it comes from.
func (r *Results) Footer() string {
	if r.Crawl != nil {
		return r.Crawl.footer()
	}
	return strings.Join([]string{"scenario " + r.Scenario, number.SeedsText(r.Seeds()),
		r.Version, "fingerprint " + r.Fingerprint}, " · ")
}

// Seeds lists the seeds of all cells.
func (r *Results) Seeds() (all []uint64) {
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
