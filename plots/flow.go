package plots

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// An aspect is what one panel shows over time.
type aspect struct {
	heading string
	name    string  // in the data, with its unit
	most    float64 // end of the scale; 0: none
	zero    bool    // the scale begins there
}

// A flow is one aspect of one cell over time.
type flow struct {
	series page.Series
	bins   bins
	mean   []float64 // by bin; not a number where nothing was observed
	ci     []number.Interval
	seeds  []int // that observed something
}

// addFlows enters a panel in the data.
func addFlows(f *page.Figure, a aspect, of []flow) {
	for _, w := range of {
		for i, mean := range w.mean {
			from, to := w.bins.ends(i)
			low, high, value := any(nil), any(nil), any(nil)
			if !math.IsNaN(mean) {
				value = mean
			}
			if !math.IsNaN(w.ci[i].Low) {
				low, high = w.ci[i].Low, w.ci[i].High
			}
			f.Data.Add(w.series.Cell.Cell, w.series.Label, a.name, from, to, w.seeds[i], value,
				low, high)
		}
	}
}

// panel draws the aspect, over what was wrong meanwhile.
func (a aspect) panel(of []flow, l page.Look) *plot.Plot {
	from, to := extent(of)
	unit, name := number.Clock(to)
	p := l.NewPanel(a.heading, "Simulated time, "+name)
	p.X.Min, p.X.Max = from/unit, to/unit
	across := (l.Width - 2*l.Margin) / 2
	if l.Grows {
		across *= 2
	}
	p.X.Tick.Marker = page.FittingTicks(p.X.Min, p.X.Max, across-4*l.Text, l)
	p.Y.Min, p.Y.Max = page.TidyRange(worthSeeing(of))
	if a.zero {
		p.Y.Min = 0
	}
	if a.most > 0 {
		p.Y.Max = min(p.Y.Max, a.most)
	}
	p.Y.Tick.Marker = page.RoundTicks(p.Y.Min, p.Y.Max, 4, number.Significant)
	p.Add(page.Stripes{Spans: scaled(warmups(of), unit), Fill: l.Grid},
		page.Stripes{Spans: scaled(faultTimes(of), unit),
			Fill: page.Faded(l.Muted, 0.28)})
	var lines []plot.Plotter
	for i, w := range of {
		var x []float64
		line := page.Trace{Style: l.Pen(i).Line(l.Line)}
		for bin, mean := range w.mean {
			from, to := w.bins.ends(bin)
			x = append(x, (from+to)/2/unit)
			line.Points = append(line.Points, plotter.XY{X: x[bin], Y: mean})
		}
		p.Add(page.Ribbon{X: x, Y: w.ci, Fill: page.Faded(l.Pen(i).Color, 0.25)})
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
				values = append(values, w.ci[i].Low, w.ci[i].High)
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
func warmups(of []flow) []number.Interval {
	first := math.Inf(1)
	for _, w := range of {
		first = min(first, w.bins.from)
	}
	if first == 0 {
		return nil
	}
	return []number.Interval{{Low: 0, High: first}}
}

// faultTimes is the time in which something is wrong in any cell.
func faultTimes(of []flow) []number.Interval {
	first, last := extent(of)
	var all []number.Interval
	for _, w := range of {
		for _, f := range w.series.Cell.Faults {
			if f.To > f.From && f.From < last && f.To > first {
				all = append(all, number.Interval{Low: f.From, High: f.To})
			}
		}
	}
	return page.Union(all)
}

func scaled(spans []number.Interval, unit float64) []number.Interval {
	var all []number.Interval
	for _, s := range spans {
		all = append(all, number.Interval{Low: s.Low / unit, High: s.High / unit})
	}
	return all
}
