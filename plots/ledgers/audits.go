package ledgers

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const caughtMetric = "audits.caught."

// Audits draws the share of the cheats that random audits have found by period, against
// 1-e^-t.
func Audits(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells := page.SeriesOf(r)
	for i := range cells {
		cells[i].Label = strings.Replace(cells[i].Label, "node", "user", 1)
	}
	periods := 0
	for _, s := range cells {
		for s.Cell.Metrics[fmt.Sprint(caughtMetric, periods+1)].N > 0 {
			periods++
		}
	}
	if periods == 0 {
		return &page.Figure{Skipped: "there were no audits (ledger.rounds.audits)"}, nil
	}
	f := &page.Figure{Plot: l.NewPlot("Periods of audits", "Cheats found"),
		Data: page.Table{Header: []string{
			"cell", "users", "period", "caught", "caught_ci95_low", "caught_ci95_high", "theory"}}}
	var theory plotter.XYs
	const steps = 100
	for k := range steps + 1 {
		t := float64(periods) * 1.06 * float64(k) / steps
		theory = append(theory, plotter.XY{X: t, Y: 1 - math.Exp(-t)})
	}
	f.Plot.Add(page.Polyline{Points: theory, Style: l.ModelPen().Line(l.Thin)})
	for i, s := range cells {
		drawAudits(f, l, i, len(cells), s, periods)
	}
	f.Plot.X.Min, f.Plot.X.Max = 0, float64(periods)*1.06
	f.Plot.X.Tick.Marker = page.IntegerTicks(0, periods, 12)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, 1.04
	f.Plot.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
	f.Legend = append(f.Legend, page.LegendEntry{Label: "1 − e^−t",
		Line: l.ModelPen().Line(l.Thin)})
	last := cells[len(cells)-1].Cell
	f.Title = fmt.Sprintf("Random audits find %s of the cheats in the first period, and %s within "+
		"%d", whole(last.Metrics[caughtMetric+"1"].Mean),
		whole(last.Metrics[fmt.Sprint(caughtMetric, min(periods, 3))].Mean), min(periods, 3))
	f.About = auditsAbout(r, cells)
	return f, nil
}

// drawAudits draws the marks of one cell, a little beside those of the others.
func drawAudits(f *page.Figure, l page.Look, i, of int, s page.Series, periods int) {
	pen := l.Pen(i)
	var at plotter.XYs
	w := page.Whiskers{Cap: 0.5 * l.Text, Style: page.Solid(pen.Color, l.Thin)}
	for t := 1; t <= periods; t++ {
		name := fmt.Sprint(caughtMetric, t)
		m := s.Cell.Metrics[name]
		if m.N == 0 {
			continue
		}
		low, high := number.Ends(m.CI95)
		theory := any(nil)
		if model, ok := s.Cell.Models[name]; ok {
			theory = model.Mean
		}
		f.Data.Add(s.Cell.Cell, s.Cell.Nodes, t, m.Mean, low, high, theory)
		x := float64(t) + 0.09*(float64(i)-float64(of-1)/2)
		at = append(at, plotter.XY{X: x, Y: m.Mean})
		if m.CI95 != nil && len(s.Cell.Seeds) >= number.BandSeeds {
			w.X, w.Y = append(w.X, x), append(w.Y, number.IntervalOf(*m.CI95).Clamp())
		}
	}
	dots := l.Dots(at, pen, l.Radius)
	f.Plot.Add(w, dots)
	f.Legend = append(f.Legend, page.LegendEntry{Label: s.Label, Marker: &dots})
}

func auditsAbout(r *stored.Results, cells []page.Series) page.About {
	a := page.About{
		Shows: "Markers: share of the cheats that random audits had found guilty by the end of a " +
			"period; a little apart, so that all can be seen. Whiskers: 95 % intervals. Dashed: " +
			"1 − e^−t, where every user makes one audit a period.",
		Definition: "In each period every user fetches the books about another one, drawn at " +
			"random, and of all with whom that one transferred, and finds it guilty if it " +
			"disputes with more than half of these.",
		Intervals: page.StoredIntervals,
		Model: "Ngan, Wallach and Druschel, IPTPS 2003: a user escapes a period with " +
			"((n-2)/(n-1)) to the number of audits.",
		N:     func(c stored.Cell) string { return number.Plural(c.Nodes*len(c.Seeds), "user") },
		Notes: page.ShownNote(r),
	}
	for _, s := range cells {
		a.Cells = append(a.Cells, s.Cell)
		m, b := s.Cell.Metrics["audits.escape"], s.Cell.Metrics["audits.bits_per_node"]
		a.Notes = append(a.Notes, fmt.Sprintf("%s: %.3f escape a period; %s bit/s a user for "+
			"reports and audits.", s.Label, m.Mean, number.Significant(b.Mean)))
	}
	return a
}
