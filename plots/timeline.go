package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// An aspect is what one panel shows over time.
type aspect struct {
	heading string
	name    string  // in the data, with its unit
	most    float64 // end of the scale; 0: none
	zero    bool    // the scale begins there
}

// A watched is an aspect that is worked out of moments.
type watched struct {
	aspect
	value func(*moment) float64
	scale float64 // from value to the panel's unit
}

func aspects() []watched {
	return []watched{
		{aspect{"Nodes online", "online_nodes", 0, false}, (*moment).population, 1},
		{aspect{"Lookups that succeed, %", "lookup_success_percent", 100, false},
			(*moment).success, 100},
		{aspect{"Dead contacts in tables, %", "dead_contacts_percent", 100, true},
			(*moment).deadShare, 100},
		{aspect{"Median latency, s", "latency_median_s", 0, true}, (*moment).median, 1e-9},
	}
}

// A flow is one aspect of one cell over time.
type flow struct {
	series series
	bins   bins
	mean   []float64 // by bin; not a number where nothing was observed
	ci     []interval
	seeds  []int // that observed something
}

// timeline draws what happens over the time of a run: the population, the tables' dead contacts,
// and the success and the latency of lookups.
func timeline(r *results, l look) (*figure, error) {
	all := r.cellSeries()
	var cut []bins
	for _, s := range all {
		if s.cell.Duration <= s.cell.Warmup {
			return &figure{skipped: fmt.Sprintf("%s does not say how long the runs were; "+
				"run the scenario again", summaryFile)}, nil
		}
		cut = append(cut, newBins(s.cell.Warmup, s.cell.Duration))
	}
	courses, err := r.courses(cut)
	if err != nil {
		return nil, err
	}
	f := &figure{
		line: 6.6 * l.text,
		data: table{header: []string{"cell", "label", "quantity", "from_s", "to_s", "seeds",
			"mean", "ci95_low", "ci95_high"}},
		about: timelineAbout(r, all),
	}
	var panels []*plot.Plot
	flows := map[string][]flow{}
	for _, a := range aspects() {
		of, seen := a.flows(all, cut, courses)
		if !seen {
			f.about.notes = append(f.about.notes, "Without "+a.name+": nothing was observed.")
			continue
		}
		flows[a.name] = of
		f.addFlows(a.aspect, of)
		panels = append(panels, a.panel(of, l))
	}
	if len(panels) == 0 {
		return &figure{skipped: "nothing was observed after the warm-up"}, nil
	}
	columns := 2
	if l.grows || len(panels) == 1 {
		columns = 1
	}
	f.setPanels(panels, columns)
	f.finishTimeline(flows, all, l)
	return f, nil
}

// flows works the aspect out for each cell, and tells whether there is anything.
func (a watched) flows(all []series, cut []bins, courses [][]course) (of []flow, seen bool) {
	for i, s := range all {
		f := flow{series: s, bins: cut[i]}
		for bin := range cut[i].n {
			var bySeed []float64
			for seed := range courses[i] {
				v := a.value(&courses[i][seed][bin]) * a.scale
				if !math.IsNaN(v) {
					bySeed = append(bySeed, v)
				}
			}
			mean, ci := math.NaN(), interval{math.NaN(), math.NaN()}
			if len(bySeed) > 0 {
				mean, seen = meanOf(bySeed), true
			}
			if i, ok := interval95(bySeed); ok {
				ci = interval{max(i.low, 0), i.high}
				if a.most > 0 {
					ci.high = min(ci.high, a.most)
				}
			}
			f.mean, f.ci = append(f.mean, mean), append(f.ci, ci)
			f.seeds = append(f.seeds, len(bySeed))
		}
		of = append(of, f)
	}
	return of, seen
}

func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// addFlows enters a panel in the data.
func (f *figure) addFlows(a aspect, of []flow) {
	for _, w := range of {
		for i, mean := range w.mean {
			from, to := w.bins.ends(i)
			low, high, value := any(nil), any(nil), any(nil)
			if !math.IsNaN(mean) {
				value = mean
			}
			if !math.IsNaN(w.ci[i].low) {
				low, high = w.ci[i].low, w.ci[i].high
			}
			f.data.add(w.series.cell.Cell, w.series.label, a.name, from, to, w.seeds[i], value,
				low, high)
		}
	}
}

// panel draws the aspect, over what was wrong meanwhile.
func (a aspect) panel(of []flow, l look) *plot.Plot {
	from, to := extent(of)
	unit, name := clock(to)
	p := l.newPanel(a.heading, "Simulated time, "+name)
	p.X.Min, p.X.Max = from/unit, to/unit
	across := (l.width - 2*l.margin) / 2
	if l.grows {
		across *= 2
	}
	p.X.Tick.Marker = fittingTicks(p.X.Min, p.X.Max, across-4*l.text, l)
	p.Y.Min, p.Y.Max = tidyRange(worthSeeing(of))
	if a.zero {
		p.Y.Min = 0
	}
	if a.most > 0 {
		p.Y.Max = min(p.Y.Max, a.most)
	}
	p.Y.Tick.Marker = roundTicks(p.Y.Min, p.Y.Max, 4, significant)
	p.Add(stripes{scaled(warmups(of), unit), l.grid}, stripes{scaled(faultTimes(of), unit),
		faded(l.muted, 0.28)})
	var lines []plot.Plotter
	for i, w := range of {
		var x []float64
		line := trace{style: l.pen(i).line(l.line)}
		for bin, mean := range w.mean {
			from, to := w.bins.ends(bin)
			x = append(x, (from+to)/2/unit)
			line.points = append(line.points, plotter.XY{X: x[bin], Y: mean})
		}
		p.Add(ribbon{x, w.ci, faded(l.pen(i).color, 0.25)})
		lines = append(lines, line)
	}
	p.Add(lines...)
	return p
}

// worthSeeing are the values that a scale must span: the means, and the ends of intervals, but not
// of those of two seeds, which say next to nothing.
func worthSeeing(of []flow) (values []float64) {
	for _, w := range of {
		for i, v := range w.mean {
			if math.IsNaN(v) {
				continue
			}
			values = append(values, v)
			if w.seeds[i] > 2 {
				values = append(values, w.ci[i].low, w.ci[i].high)
			}
		}
	}
	return values
}

// extent is the time that is drawn: a piece of the warm-up, and all that was measured.
func extent(of []flow) (from, to float64) {
	from = math.Inf(1)
	for _, w := range of {
		from, to = min(from, w.bins.from), max(to, w.bins.to)
	}
	return max(0, from-0.06*(to-from)), to
}

// warmups is the time that is measured in no cell.
func warmups(of []flow) []interval {
	first := math.Inf(1)
	for _, w := range of {
		first = min(first, w.bins.from)
	}
	if first == 0 {
		return nil
	}
	return []interval{{0, first}}
}

// faultTimes is the time in which something is wrong in any cell.
func faultTimes(of []flow) []interval {
	first, last := extent(of)
	var all []interval
	for _, w := range of {
		for _, f := range w.series.cell.Faults {
			if f.To > f.From && f.From < last && f.To > first {
				all = append(all, interval{f.From, f.To})
			}
		}
	}
	return union(all)
}

func scaled(spans []interval, unit float64) []interval {
	var all []interval
	for _, s := range spans {
		all = append(all, interval{s.low / unit, s.high / unit})
	}
	return all
}

// finishTimeline names what the panels share.
func (f *figure) finishTimeline(flows map[string][]flow, all []series, l look) {
	var some []flow
	for _, a := range aspects() { // in a fixed order
		if some == nil {
			some = flows[a.name]
		}
	}
	f.legend = l.key(all)
	if len(warmups(some)) > 0 {
		f.legend = append(f.legend, legendEntry{label: "warm-up", fill: l.grid})
	}
	if len(faultTimes(some)) > 0 {
		f.legend = append(f.legend, legendEntry{label: "faults: " +
			strings.Join(faultKinds(all), ", "), fill: faded(l.muted, 0.28)})
	}
	f.title = timelineTitle(flows, faultTimes(some))
}

// faultKinds lists what was wrong in any cell, each kind once.
func faultKinds(all []series) []string {
	var kinds []string
	for _, s := range all {
		for _, f := range s.cell.Faults {
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
		}
	}
	return kinds
}

// timelineTitle tells how success ranges, and how it does while something is wrong.
func timelineTitle(flows map[string][]flow, wrong []interval) string {
	success := flows["lookup_success_percent"]
	if success == nil {
		return "What the nodes' tables hold over time"
	}
	during, else_ := reached(success, wrong, true), reached(success, wrong, false)
	bare := func(v float64) string { return significant(v) + "\u00A0%" }
	switch {
	case len(wrong) > 0 && len(during) > 0 && len(else_) > 0:
		return fmt.Sprintf("Faults press success down to %s; without them it is %s",
			bare(slices.Min(during)), bare(meanOf(else_)))
	case len(during)+len(else_) == 0:
		return "No lookup ended"
	}
	values := slices.Concat(during, else_)
	text := fmt.Sprintf("%s to %s", significant(slices.Min(values)), bare(slices.Max(values)))
	if slices.Min(values) == slices.Max(values) {
		text = bare(values[0])
	}
	if len(success) > 1 {
		return fmt.Sprintf("Over time and settings %s of the lookups succeed", text)
	}
	return fmt.Sprintf("Over time %s of the lookups succeed", text)
}

// reached returns the means of the bins that lie within some spans of time, or outside of them.
func reached(of []flow, spans []interval, within bool) []float64 {
	var values []float64
	for _, w := range of {
		for i, v := range w.mean {
			from, to := w.bins.ends(i)
			inside := slices.ContainsFunc(spans, func(s interval) bool {
				return s.low < to && s.high > from
			})
			if inside == within && !math.IsNaN(v) {
				values = append(values, v)
			}
		}
	}
	return values
}

func timelineAbout(r *results, all []series) about {
	a := about{
		shows: "Lines: means over the seeds, of what happened in each bin of time. Bands: 95 % " +
			"interval over the seeds.",
		definition: "Nodes online and dead contacts are sampled each minute. A contact is dead " +
			"if its node is down, or up under another id, or lets no stranger in. A lookup " +
			"belongs to the bin in which it began; it succeeds if the running node closest to " +
			"the target, by the global view, answered. The latency is that of lookups that " +
			"succeed.",
		n: func(c cell) string {
			return plural(c.Metrics[latencyMetric].N, "lookup")
		},
		intervals: "none: one seed", notes: r.shownNote(),
	}
	for _, s := range all {
		a.cells = append(a.cells, s.cell)
		if n := len(s.cell.Seeds); n > 1 {
			a.intervals = overSeeds
			if n == 2 {
				a.intervals += "; those of two seeds are wide, and cut off at the plots' edges"
			}
		}
	}
	var wrong []string
	for _, f := range all[0].cell.Faults {
		wrong = append(wrong, fmt.Sprintf("%s from %s to %s", f.Kind, seconds(f.From),
			seconds(f.To)))
	}
	if len(wrong) > 0 {
		a.shows += " Dark shade: while a fault lasts."
		a.notes = append(a.notes, "Faults: "+strings.Join(wrong, "; ")+".")
	}
	if all[0].cell.Warmup > 0 {
		a.shows += " Light shade: the end of the warm-up, which is not measured."
	}
	return a
}

func seconds(s float64) string { return significant(s) + "\u00A0s" }
