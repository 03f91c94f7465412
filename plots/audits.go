package plots

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"
)

const caughtMetric = "audits.caught."

// auditsFigure draws the share of the cheats that random audits have found by period, against
// 1-e^-t.
func auditsFigure(r *results, l look) (*figure, error) {
	cells := r.cellSeries()
	for i := range cells {
		cells[i].label = strings.Replace(cells[i].label, "node", "user", 1)
	}
	periods := 0
	for _, s := range cells {
		for s.cell.Metrics[fmt.Sprint(caughtMetric, periods+1)].N > 0 {
			periods++
		}
	}
	if periods == 0 {
		return &figure{skipped: "there were no audits (ledger.rounds.audits)"}, nil
	}
	f := &figure{plot: l.newPlot("Periods of audits", "Cheats found"), data: table{header: []string{
		"cell", "users", "period", "caught", "caught_ci95_low", "caught_ci95_high", "theory"}}}
	var theory plotter.XYs
	const steps = 100
	for k := range steps + 1 {
		t := float64(periods) * 1.06 * float64(k) / steps
		theory = append(theory, plotter.XY{X: t, Y: 1 - math.Exp(-t)})
	}
	f.plot.Add(polyline{points: theory, style: l.modelPen().line(l.thin)})
	for i, s := range cells {
		f.drawAudits(l, i, len(cells), s, periods)
	}
	f.plot.X.Min, f.plot.X.Max = 0, float64(periods)*1.06
	f.plot.X.Tick.Marker = integerTicks(0, periods, 12)
	f.plot.Y.Min, f.plot.Y.Max = 0, 1.04
	f.plot.Y.Tick.Marker = linearTicks(1, percent)
	f.legend = append(f.legend, legendEntry{label: "1 − e^−t",
		line: l.modelPen().line(l.thin)})
	last := cells[len(cells)-1].cell
	f.title = fmt.Sprintf("Random audits find %s of the cheats in the first period, and %s within "+
		"%d", whole(last.Metrics[caughtMetric+"1"].Mean),
		whole(last.Metrics[fmt.Sprint(caughtMetric, min(periods, 3))].Mean), min(periods, 3))
	f.about = auditsAbout(r, cells)
	return f, nil
}

// drawAudits draws the marks of one cell, a little beside those of the others.
func (f *figure) drawAudits(l look, i, of int, s series, periods int) {
	pen := l.pen(i)
	var at plotter.XYs
	w := whiskers{cap: 0.5 * l.text, style: solid(pen.color, l.thin)}
	for t := 1; t <= periods; t++ {
		name := fmt.Sprint(caughtMetric, t)
		m := s.cell.Metrics[name]
		if m.N == 0 {
			continue
		}
		low, high := ends(m.CI95)
		theory := any(nil)
		if model, ok := s.cell.Models[name]; ok {
			theory = model.Mean
		}
		f.data.add(s.cell.Cell, s.cell.Nodes, t, m.Mean, low, high, theory)
		x := float64(t) + 0.09*(float64(i)-float64(of-1)/2)
		at = append(at, plotter.XY{X: x, Y: m.Mean})
		if m.CI95 != nil && len(s.cell.Seeds) >= bandSeeds {
			w.x, w.y = append(w.x, x), append(w.y, intervalOf(*m.CI95).clamp())
		}
	}
	dots := l.dots(at, pen, l.radius)
	f.plot.Add(w, dots)
	f.legend = append(f.legend, legendEntry{label: s.label, marker: &dots})
}

func auditsAbout(r *results, cells []series) about {
	a := about{
		shows: "Markers: share of the cheats that random audits had found guilty by the end of a " +
			"period; a little apart, so that all can be seen. Whiskers: 95 % intervals. Dashed: " +
			"1 − e^−t, where every user makes one audit a period.",
		definition: "In each period every user fetches the books about another one, drawn at " +
			"random, and of all with whom that one transferred, and finds it guilty if it " +
			"disputes with more than half of these.",
		intervals: storedIntervals,
		model: "Ngan, Wallach and Druschel, IPTPS 2003: a user escapes a period with " +
			"((n-2)/(n-1)) to the number of audits.",
		n:     func(c cell) string { return plural(c.Nodes*len(c.Seeds), "user") },
		notes: r.shownNote(),
	}
	for _, s := range cells {
		a.cells = append(a.cells, s.cell)
		m, b := s.cell.Metrics["audits.escape"], s.cell.Metrics["audits.bits_per_node"]
		a.notes = append(a.notes, fmt.Sprintf("%s: %.3f escape a period; %s bit/s a user for "+
			"reports and audits.", s.label, m.Mean, significant(b.Mean)))
	}
	return a
}
