package swarms

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// Completion draws the cumulative share of peers by the time that they took, against the
// least time in which all can have the file.
func Completion(r *stored.Results, l page.Look) (*page.Figure, error) {
	all, more, of, err := readSpreads(r, func(p *peerRow) float64 { return after(p, p.Completed) })
	if err != nil {
		return nil, err
	}
	last := greatest(of)
	if last == 0 {
		return &page.Figure{Skipped: cmp.Or(skipSwarm(all), "no peer completed")}, nil
	}
	f := &page.Figure{Data: spreadTable(), Legend: l.Key(seriesOf(all))}
	bounds := boundsOf(all)
	for _, b := range bounds {
		last = max(last, b)
	}
	unit, name := number.Clock(last)
	f.Plot = l.NewPlot("Time from a peer's coming until it has the file, "+name,
		"Share of peers")
	f.Plot.X.Min, f.Plot.X.Max = 0, last/unit*1.04
	f.Plot.X.Tick.Marker = page.FittingTicks(0, f.Plot.X.Max, l.Width-2*l.Margin-4*l.Text, l)
	addSpreads(f, f.Plot, l, all, of, "completion_s", unit)
	style := l.ModelPen().Line(l.Thin * 1.4)
	for _, b := range bounds {
		f.Plot.Add(page.Polyline{Points: plotter.XYs{{X: b / unit, Y: 0}, {X: b / unit, Y: 1}},
			Style: style})
	}
	if len(bounds) > 0 {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "least time for all (fluid)",
			Line: style})
	}
	f.Title = completionTitle(all, of, bounds)
	f.About = classAbout(r, all, more)
	f.About.Shows = "Curves: share of all peers that came to download that had verified all " +
		"pieces within that time. A curve that ends below 100 %: the others gave up, or the run " +
		"ended." + f.About.Shows
	f.About.Definition = "Simulated time from a peer's coming to its last verified piece."
	if len(bounds) > 0 {
		f.About.Model = "Kumar and Ross, HOTWEB 2006: max(F/u_s, F/d_min, N F/(u_s + sum of " +
			"u_i)), with the lines of the run's peers, from the coming of the first. No run can " +
			"have its last completion before it; single peers can."
	}
	return f, nil
}

// boundsOf are the least times of the cells, each once.
func boundsOf(all []class) (bounds []float64) {
	for i := range all {
		m := all[i].Cell.Metrics["swarm.bound_s"]
		if m.N > 0 && (len(bounds) == 0 || math.Abs(bounds[len(bounds)-1]/m.Mean-1) > 1e-3) {
			bounds = append(bounds, m.Mean)
		}
	}
	return bounds
}

func completionTitle(all []class, of []spread, bounds []float64) string {
	ratio := all[0].Cell.Metrics["swarm.bound_ratio"]
	half := of[0].quantile(0.5)
	first, last := extremes(of)
	switch {
	case first != last:
		return fmt.Sprintf("Half of the peers have the file after %s (%s) to %s (%s)",
			timeText(of[first].quantile(0.5)), bareLabel(all[first].Label),
			timeText(of[last].quantile(0.5)), bareLabel(all[last].Label))
	case math.IsInf(half, 1):
		return "Less than half of the peers complete"
	case len(bounds) == 1 && ratio.N > 0:
		return fmt.Sprintf("Half of the peers have the file within %s; the last one in %s times "+
			"the least time possible", timeText(half), number.Significant(ratio.Mean))
	}
	return fmt.Sprintf("Half of the peers have the file within %s", timeText(half))
}

// hundredths writes a share in percent.
func hundredths(share float64) string { return number.Significant(100*share) + "\u00A0%" }

// timeText writes a time in the unit that suits it.
func timeText(s float64) string {
	unit, name := number.Clock(s)
	return number.Significant(s/unit) + "\u00A0" + name
}
