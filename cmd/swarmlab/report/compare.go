package report

import (
	"fmt"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/stats"
)

// comparedRows bounds the table of differences; summary.json has all.
const comparedRows = 20

// comparisons is a table of what each varied setting does to the latency of the main operations,
// or to the completion of peers, seed by seed, and how much of the chance both cells share.
func (e *Experiment) comparisons() string {
	all := e.Summary.Comparisons
	if len(all) == 0 {
		return ""
	}
	metric, name := mainKind(e.Summary.Cells)+".latency_ms", "latency, ms"
	if swarms(e.Summary.Cells) {
		metric, name = completion, "completion, s"
	}
	t := display.Table{Left: 1}
	t.Add("paired differences", "of", name, "pairs", "correlation")
	for _, c := range all {
		d, ok := c.Metrics[metric]
		if !ok || len(t.Rows) > comparedRows {
			continue
		}
		change := fmt.Sprintf("cell %d - cell %d", c.Cell, c.Against)
		m := stats.Summary{Mean: d.Mean, CI95: d.CI95}
		alike := "-" // two points are always on a line
		if d.N > 2 {
			alike = fmt.Sprintf("%.2f", float64(d.Correlation))
		}
		t.Add(e.shortName(c.Axis), change, withInterval(m, 1), fmt.Sprint(d.N), alike)
	}
	if len(t.Rows) == 1 {
		return ""
	}
	return "\n" + t.String()
}

// cautions says where an answer is not as good as was asked for.
func (e *Experiment) cautions() string {
	var b strings.Builder
	missed, short := 0, 0
	for _, c := range e.Summary.Cells {
		if c.Stopping != nil && !c.Stopping.Enough {
			missed++
		}
		if c.Transient != nil {
			short += c.Transient.TooShort
		}
	}
	if missed > 0 {
		fmt.Fprintf(&b, "\n%s not known to %s after all repetitions in %s: raise repeat\n",
			e.Scenario.Until.Metric, e.Scenario.Until.HalfWidth, display.Quantity(missed, "cell"))
	}
	if short > 0 {
		fmt.Fprintf(&b, "\n%s too short for MSER-5 to find where the beginning ends: "+
			"raise duration\n", display.Quantity(short, "run"))
	}
	return b.String()
}
