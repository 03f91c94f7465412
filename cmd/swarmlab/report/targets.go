package report

import (
	"fmt"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/targets"
	"swarmlab/scenarios/stats"
)

// TargetsTable shows published values beside ours; empty if there are none. Its lines are of one
// scenario, or of several that are named. Those whose cells a short variant does not have are only
// counted.
func TargetsTable(sets ...TargetSet) string {
	t := display.Table{Left: 2}
	met, missed, not := 0, 0, 0
	for _, set := range sets {
		for n := range set.Targets {
			r := &set.Targets[n]
			switch r.Verdict {
			case targets.Met:
				met++
			case targets.Missed:
				missed++
			default:
				not++
			}
			if len(t.Rows) == 0 {
				t.Add("published results", "kind", "published", "tolerated", "ours", "")
			}
			if r.Verdict == targets.NotMeasured && len(r.Cells) == 0 && r.Metric != "" {
				continue
			}
			label := r.What
			if len(sets) > 1 {
				label = set.Scenario + ": " + label
			}
			t.Add(label, r.Kind, targetNumber(r.Published), fmt.Sprintf("%s to %s",
				targetNumber(r.Band[0]), targetNumber(r.Band[1])), oursText(r), r.Verdict)
		}
	}
	if len(t.Rows) == 0 {
		return ""
	}
	return t.String() + unmeasured(sets) +
		fmt.Sprintf("%d met, %d missed, %d not measured\n", met, missed, not)
}

// reasonsShown bounds the list of reasons; summary.json has all.
const reasonsShown = 6

// unmeasured says why values were not measured, each reason once.
func unmeasured(sets []TargetSet) string {
	var reasons []string
	counts := map[string]int{}
	for _, set := range sets {
		for n := range set.Targets {
			if why := set.Targets[n].Why; why != "" {
				if counts[why]++; counts[why] == 1 {
					reasons = append(reasons, why)
				}
			}
		}
	}
	text := ""
	for _, why := range reasons[:min(len(reasons), reasonsShown)] {
		text += fmt.Sprintf("%d not measured: %s\n", counts[why], why)
	}
	if more := len(reasons) - reasonsShown; more > 0 {
		text += fmt.Sprintf("... and for %s\n", display.Quantity(more, "more reason"))
	}
	return text
}

// TargetSet is the targets of one scenario.
type TargetSet struct {
	Scenario string
	Targets  []targets.Target
}

func oursText(r *targets.Target) string {
	if r.Verdict == targets.NotMeasured {
		return "-"
	}
	text := targetNumber(r.Ours)
	if r.CI95 != nil {
		half := (r.CI95[1] - r.CI95[0]) / 2
		text += " ± " + strings.TrimPrefix(targetNumber(half), "+")
	}
	return text
}

// targetNumber writes four digits: oracles are compared to a few thousandths.
func targetNumber(v stats.Number) string {
	if v != 0 && v < 0.001 && v > -0.001 {
		return fmt.Sprintf("%.1e", float64(v))
	}
	if v >= 1000 || v <= -1000 {
		return fmt.Sprintf("%.0f", float64(v))
	}
	return fmt.Sprintf("%.4g", float64(v))
}
