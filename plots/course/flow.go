package course

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// An Aspect is what one panel shows over time.
type Aspect struct {
	Heading string
	Name    string  // in the data, with its unit
	Most    float64 // end of the scale; 0: none
	Zero    bool    // the scale begins there
}

// A Flow is one aspect of one cell over time.
type Flow struct {
	Series page.Series
	Bins   Bins
	Mean   []float64         // by bin; not a number where nothing was observed
	CI     []number.Interval // by bin; not numbers where there is none
	Seeds  []int             // by bin: how many observed something
}

// AddFlows enters a panel in the data, a row for each bin of each flow.
func AddFlows(f *page.Figure, a Aspect, of []Flow) {
	for _, w := range of {
		for i, mean := range w.Mean {
			from, to := w.Bins.Ends(i)
			low, high, value := any(nil), any(nil), any(nil)
			if !math.IsNaN(mean) {
				value = mean
			}
			if !math.IsNaN(w.CI[i].Low) {
				low, high = w.CI[i].Low, w.CI[i].High
			}
			f.Data.Add(w.Series.Cell.Cell, w.Series.Label, a.Name, from, to, w.Seeds[i], value,
				low, high)
		}
	}
}

// Panel draws the aspect over simulated time, on the shade of what was wrong meanwhile.
func (a Aspect) Panel(of []Flow, l page.Look) *plot.Plot {
	from, to := extent(of)
	unit, name := number.Clock(to)
	p := l.NewPanel(a.Heading, "Simulated time, "+name)
	p.X.Min, p.X.Max = from/unit, to/unit
	across := (l.Width - 2*l.Margin) / 2
	if l.Grows {
		across *= 2
	}
	p.X.Tick.Marker = page.FittingTicks(p.X.Min, p.X.Max, across-4*l.Text, l)
	p.Y.Min, p.Y.Max = page.TidyRange(worthSeeing(of))
	if a.Zero {
		p.Y.Min = 0
	}
	if a.Most > 0 {
		p.Y.Max = min(p.Y.Max, a.Most)
	}
	p.Y.Tick.Marker = page.RoundTicks(p.Y.Min, p.Y.Max, 4, number.Significant)
	p.Add(page.Stripes{Spans: scaled(Warmups(of), unit), Fill: l.Grid},
		page.Stripes{Spans: scaled(FaultTimes(of), unit),
			Fill: page.Faded(l.Muted, 0.28)})
	var lines []plot.Plotter
	for i, w := range of {
		var x []float64
		line := page.Trace{Style: l.Pen(i).Line(l.Line)}
		for bin, mean := range w.Mean {
			from, to := w.Bins.Ends(bin)
			x = append(x, (from+to)/2/unit)
			line.Points = append(line.Points, plotter.XY{X: x[bin], Y: mean})
		}
		p.Add(page.Ribbon{X: x, Y: w.CI, Fill: page.Faded(l.Pen(i).Color, 0.25)})
		lines = append(lines, line)
	}
	p.Add(lines...)
	return p
}

// worthSeeing are the values that a scale must span: the means, and the ends of intervals, but not
// of those of two seeds, which say next to nothing.
func worthSeeing(of []Flow) (values []float64) {
	for _, w := range of {
		for i, v := range w.Mean {
			if math.IsNaN(v) {
				continue
			}
			values = append(values, v)
			if w.Seeds[i] > 2 {
				values = append(values, w.CI[i].Low, w.CI[i].High)
			}
		}
	}
	return values
}

// extent is the time that is drawn: a piece of the warm-up, and all that was measured.
func extent(of []Flow) (from, to float64) {
	from = math.Inf(1)
	for _, w := range of {
		from, to = min(from, w.Bins.From), max(to, w.Bins.To)
	}
	return max(0, from-0.06*(to-from)), to
}

// Warmups is the time that is measured in no cell, in s; nothing if there is none.
func Warmups(of []Flow) []number.Interval {
	first := math.Inf(1)
	for _, w := range of {
		first = min(first, w.Bins.From)
	}
	if first == 0 {
		return nil
	}
	return []number.Interval{{Low: 0, High: first}}
}

// FaultTimes are the spans of time, in s, in which something is wrong in any cell.
func FaultTimes(of []Flow) []number.Interval {
	first, last := extent(of)
	var all []number.Interval
	for _, w := range of {
		for _, f := range w.Series.Cell.Faults {
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
