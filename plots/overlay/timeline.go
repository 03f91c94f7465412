package overlay

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"swarmlab/plots/course"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A watched is an aspect that is worked out of moments.
type watched struct {
	course.Aspect
	value func(*moment) float64
	scale float64 // from value to the panel's unit
}

func aspects() []watched {
	return []watched{
		{course.Aspect{Heading: "Nodes online", Name: "online_nodes", Most: 0, Zero: false},
			(*moment).population, 1},
		{course.Aspect{Heading: "Lookups that succeed, %", Name: "lookup_success_percent",
			Most: 100, Zero: false},
			(*moment).success, 100},
		{course.Aspect{Heading: "Dead contacts in tables, %", Name: "dead_contacts_percent",
			Most: 100, Zero: true},
			(*moment).deadShare, 100},
		{course.Aspect{Heading: "Median latency, s", Name: "latency_median_s", Most: 0, Zero: true},
			(*moment).median, 1e-9},
	}
}

// Timeline draws what happens over the time of a run: the population, the tables' dead contacts,
// and the success and the latency of lookups.
func Timeline(r *stored.Results, l page.Look) (*page.Figure, error) {
	all := page.SeriesOf(r)
	var cut []course.Bins
	for _, s := range all {
		if s.Cell.Duration <= s.Cell.Warmup {
			return &page.Figure{Skipped: fmt.Sprintf("%s does not say how long the runs were; "+
				"run the scenario again", stored.SummaryFile)}, nil
		}
		cut = append(cut, course.NewBins(s.Cell.Warmup, s.Cell.Duration))
	}
	courses, err := readHistories(r, cut)
	if err != nil {
		return nil, err
	}
	f := &page.Figure{
		Line: 6.6 * l.Text,
		Data: page.Table{Header: []string{"cell", "label", "quantity", "from_s", "to_s", "seeds",
			"mean", "ci95_low", "ci95_high"}},
		About: timelineAbout(r, all),
	}
	var panels []*plot.Plot
	flows := map[string][]course.Flow{}
	for _, a := range aspects() {
		of, seen := a.flows(all, cut, courses)
		if !seen {
			f.About.Notes = append(f.About.Notes, "Without "+a.Name+": nothing was observed.")
			continue
		}
		flows[a.Name] = of
		course.AddFlows(f, a.Aspect, of)
		panels = append(panels, a.Panel(of, l))
	}
	if len(panels) == 0 {
		return &page.Figure{Skipped: "nothing was observed after the warm-up"}, nil
	}
	columns := 2
	if l.Grows || len(panels) == 1 {
		columns = 1
	}
	f.SetPanels(panels, columns)
	finishTimeline(f, flows, all, l)
	return f, nil
}

// flows works the aspect out for each cell, and tells whether there is anything.
func (a watched) flows(
	all []page.Series, cut []course.Bins, courses [][]history,
) (of []course.Flow, seen bool) {
	for i, s := range all {
		f := course.Flow{Series: s, Bins: cut[i]}
		for bin := range cut[i].N {
			var bySeed []float64
			for seed := range courses[i] {
				v := a.value(&courses[i][seed][bin]) * a.scale
				if !math.IsNaN(v) {
					bySeed = append(bySeed, v)
				}
			}
			mean, ci := math.NaN(), number.Interval{Low: math.NaN(), High: math.NaN()}
			if len(bySeed) > 0 {
				mean, seen = number.MeanOf(bySeed), true
			}
			if i, ok := number.Interval95(bySeed); ok {
				ci = number.Interval{Low: max(i.Low, 0), High: i.High}
				if a.Most > 0 {
					ci.High = min(ci.High, a.Most)
				}
			}
			f.Mean, f.CI = append(f.Mean, mean), append(f.CI, ci)
			f.Seeds = append(f.Seeds, len(bySeed))
		}
		of = append(of, f)
	}
	return of, seen
}

// finishTimeline names what the panels share.
func finishTimeline(
	f *page.Figure, flows map[string][]course.Flow, all []page.Series, l page.Look,
) {
	var some []course.Flow
	for _, a := range aspects() { // in a fixed order
		if some == nil {
			some = flows[a.Name]
		}
	}
	f.Legend = l.Key(all)
	if len(course.Warmups(some)) > 0 {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "warm-up", Fill: l.Grid})
	}
	if len(course.FaultTimes(some)) > 0 {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "faults: " +
			strings.Join(faultKinds(all), ", "), Fill: page.Faded(l.Muted, 0.28)})
	}
	f.Title = timelineTitle(flows, course.FaultTimes(some))
}

// faultKinds lists what was wrong in any cell, each kind once.
func faultKinds(all []page.Series) []string {
	var kinds []string
	for _, s := range all {
		for _, f := range s.Cell.Faults {
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
		}
	}
	return kinds
}

// timelineTitle tells how success ranges, and how it does while something is wrong.
func timelineTitle(flows map[string][]course.Flow, wrong []number.Interval) string {
	success := flows["lookup_success_percent"]
	if success == nil {
		return "What the nodes' tables hold over time"
	}
	during, else_ := reached(success, wrong, true), reached(success, wrong, false)
	bare := func(v float64) string { return number.Significant(v) + "\u00A0%" }
	switch {
	case len(wrong) > 0 && len(during) > 0 && len(else_) > 0:
		return fmt.Sprintf("Faults press success down to %s; without them it is %s",
			bare(slices.Min(during)), bare(number.MeanOf(else_)))
	case len(during)+len(else_) == 0:
		return "No lookup ended"
	}
	values := slices.Concat(during, else_)
	text := fmt.Sprintf("%s to %s", number.Significant(slices.Min(values)),
		bare(slices.Max(values)))
	if slices.Min(values) == slices.Max(values) {
		text = bare(values[0])
	}
	if len(success) > 1 {
		return fmt.Sprintf("Over time and settings %s of the lookups succeed", text)
	}
	return fmt.Sprintf("Over time %s of the lookups succeed", text)
}

// reached returns the means of the bins that lie within some spans of time, or outside of them.
func reached(of []course.Flow, spans []number.Interval, within bool) []float64 {
	var values []float64
	for _, w := range of {
		for i, v := range w.Mean {
			from, to := w.Bins.Ends(i)
			inside := slices.ContainsFunc(spans, func(s number.Interval) bool {
				return s.Low < to && s.High > from
			})
			if inside == within && !math.IsNaN(v) {
				values = append(values, v)
			}
		}
	}
	return values
}

func timelineAbout(r *stored.Results, all []page.Series) page.About {
	a := page.About{
		Shows: "Lines: means over the seeds, of what happened in each bin of time. Bands: 95 % " +
			"interval over the seeds.",
		Definition: "Nodes online and dead contacts are sampled each minute. A contact is dead " +
			"if its node is down, or up under another id, or lets no stranger in. A lookup " +
			"belongs to the bin in which it began; it succeeds if the running node closest to " +
			"the target, by the global view, answered. The latency is that of lookups that " +
			"succeed.",
		N: func(c stored.Cell) string {
			return number.Plural(c.Metrics[stored.LatencyMetric].N, "lookup")
		},
		Intervals: "none: one seed", Notes: page.ShownNote(r),
	}
	for _, s := range all {
		a.Cells = append(a.Cells, s.Cell)
		if n := len(s.Cell.Seeds); n > 1 {
			a.Intervals = page.OverSeeds
			if n == 2 {
				a.Intervals += "; those of two seeds are wide, and cut off at the plots' edges"
			}
		}
	}
	var wrong []string
	for _, f := range all[0].Cell.Faults {
		wrong = append(wrong, fmt.Sprintf("%s from %s to %s", f.Kind, number.Seconds(f.From),
			number.Seconds(f.To)))
	}
	if len(wrong) > 0 {
		a.Shows += " Dark shade: while a fault lasts."
		a.Notes = append(a.Notes, "Faults: "+strings.Join(wrong, "; ")+".")
	}
	if all[0].Cell.Warmup > 0 {
		a.Shows += " Light shade: the end of the warm-up, which is not measured."
	}
	return a
}
