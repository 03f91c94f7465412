package stored

import "swarmlab/plots/number"

// targetsFile holds the targets of several scenarios together, in place of a summary.
const targetsFile = "targets.json"

// Verdicts of a target, as they are stored.
const (
	VerdictMet    = "met"
	VerdictMissed = "missed"
)

// A Target is a published value beside ours.
type Target struct {
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

// Measured tells whether there is something to compare.
func (t *Target) Measured() bool {
	return t.Ours != nil && (t.Verdict == VerdictMet || t.Verdict == VerdictMissed)
}

// Place returns a value on the axis that all rows share: the published value is 0, and the ends of
// the band are -1 and 1. The scale is that of the side on which the value lies; where the band has
// no room on that side, it is that of the other.
func (t *Target) Place(v float64) float64 {
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

// BandAt returns the ends of the band on that axis.
func (t *Target) BandAt() number.Interval {
	return number.Interval{Low: t.Place(t.Band[0]), High: t.Place(t.Band[1])}
}
