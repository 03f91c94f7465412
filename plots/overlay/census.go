package overlay

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// An estimator is one way to get from what a crawl counts to how many there are.
type estimator struct{ metric, name string }

// uncorrected is the metric of the count as it is.
const uncorrected = "crawl.error"

func estimators() []estimator {
	return []estimator{
		{uncorrected, "counted"},
		{"crawl.error_recapture", "capture-recapture of two crawls"},
		{"crawl.error_planted", "corrected by planted nodes"},
	}
}

// Crawlers draws the errors of the crawlers' estimates, a group of markers for each cell.
func Crawlers(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells := slices.DeleteFunc(slices.Clone(r.Cells), func(c stored.Cell) bool {
		return c.Metrics[uncorrected].N == 0
	})
	if len(cells) == 0 {
		return &page.Figure{Skipped: "nobody crawled the network: write crawl: {at: 1h}"}, nil
	}
	const most = 8
	var notes []string
	if len(cells) > most {
		notes = append(notes, fmt.Sprintf("These are the first %d of %d cells.", most, len(cells)))
		cells = cells[:most]
	}
	f := &page.Figure{
		Title: censusTitle(cells),
		Plot:  l.NewPlot(stored.ShortName(r.Cells[0].Set, cellAxis(r)), "Error of the estimate"),
		Data: page.Table{Header: []string{"cell", "label", "estimate", "error", "error_ci95_low",
			"error_ci95_high", "counted", "reachable", "online"}},
		About: page.About{
			Shows: "Markers: mean error of an estimate of how many nodes of the zone could " +
				"answer. Bands: the published errors, each in the colour of its estimate and " +
				"over the cells that it is about.",
			Definition: "The error is the estimate over the truth, less 1. The truth is the " +
				"number of nodes whose ids are in the zone, that are up at the middle of the " +
				"crawl, and that let strangers in; no crawler knows it.",
			Cells: cells, Intervals: page.StoredIntervals, Notes: notes,
			N: func(c stored.Cell) string { return number.Plural(c.Metrics[uncorrected].N, "run") },
			Model: "each node is found or not as in a Bernoulli trial (Wang and Kangasharju, " +
				"P2P 2013); Chapman's form of the capture-recapture estimate",
		},
	}
	addBands(f, l, r, cells)
	low, high := addEstimates(f, l, r, cells)
	p := f.Plot
	p.X.Min, p.X.Max, p.X.Tick.Marker = -0.5, float64(len(cells))-0.5, cellTicks(r, cells)
	for _, t := range r.Targets {
		if t.Metric == uncorrected {
			low, high = min(low, t.Band[0]), max(high, t.Band[1])
		}
	}
	p.Y.Min, p.Y.Max = low-0.03, high+0.03
	p.Y.Tick.Marker = page.RoundTicks(p.Y.Min, p.Y.Max, 8, number.Percent)
	return f, nil
}

func censusTitle(cells []stored.Cell) string {
	worst := cells[0]
	for _, c := range cells {
		if math.Abs(c.Metrics[uncorrected].Mean) > math.Abs(worst.Metrics[uncorrected].Mean) {
			worst = c
		}
	}
	way, missed := "misses", -worst.Metrics[uncorrected].Mean
	if missed < 0 {
		way, missed = "has too many by", -missed
	}
	return fmt.Sprintf("A crawler %s up to %s of the nodes that could answer", way,
		number.Percent(math.Round(missed*1000)/1000))
}

// cellAxis returns the path of what is varied, if it is one setting.
func cellAxis(r *stored.Results) string {
	var varied []string
	for _, key := range slices.Sorted(maps.Keys(r.Cells[0].Set)) {
		if r.Varies(key) {
			varied = append(varied, key)
		}
	}
	if len(varied) == 1 {
		return varied[0]
	}
	return ""
}

// cellTicks labels cells by the value of what is varied, or by all that is.
func cellTicks(r *stored.Results, cells []stored.Cell) (ticks plot.ConstantTicks) {
	key := cellAxis(r)
	for n, c := range cells {
		label := r.Label(c)
		if key != "" {
			label = fmt.Sprint(c.Set[key])
		}
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: label})
	}
	return ticks
}

// addBands draws the published errors in the colours of their estimates, each across the cells for
// which it was published.
func addBands(f *page.Figure, l page.Look, r *stored.Results, cells []stored.Cell) {
	some := false
	for _, t := range r.Targets {
		n := slices.IndexFunc(estimators(), func(e estimator) bool { return e.metric == t.Metric })
		if n < 0 {
			continue
		}
		tolerated := number.IntervalOf(t.Band)
		for at, c := range cells {
			if !slices.Contains(t.Cells, c.Cell) {
				continue
			}
			some = true
			f.Plot.Add(page.Band{X: []float64{float64(at) - 0.45, float64(at) + 0.45},
				Y: []number.Interval{tolerated, tolerated}, Fill: page.Faded(l.Pen(n).Color, 0.25)})
		}
	}
	if some {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "published",
			Fill: page.Faded(l.Muted, 0.3)})
	}
	f.Plot.Add(page.Polyline{Points: plotter.XYs{{X: -0.5}, {X: float64(len(cells)) - 0.5}},
		Style: page.Solid(l.Ink, l.Thin)})
}

// addEstimates draws the markers and returns between what errors they lie.
func addEstimates(
	f *page.Figure, l page.Look, r *stored.Results, cells []stored.Cell,
) (low, high float64) {
	shown := estimators()
	for n, e := range shown {
		p := l.Pen(n)
		dots := l.Dots(nil, p, l.Radius)
		bounds := page.Whiskers{Cap: 1.2 * l.Radius, Style: page.Solid(p.Color, l.Thin)}
		for at, c := range cells {
			m := c.Metrics[e.metric]
			if m.N == 0 {
				continue
			}
			x := float64(at) + 0.2*(float64(n)-float64(len(shown)-1)/2)
			dots.At = append(dots.At, plotter.XY{X: x, Y: m.Mean})
			from, to := any(nil), any(nil)
			if m.CI95 != nil {
				bounds.X = append(bounds.X, x)
				bounds.Y = append(bounds.Y, number.IntervalOf(*m.CI95))
				low, high = min(low, m.CI95[0]), max(high, m.CI95[1])
				from, to = m.CI95[0], m.CI95[1]
			}
			low, high = min(low, m.Mean), max(high, m.Mean)
			f.Data.Add(c.Cell, r.Label(c), e.name, m.Mean, from, to,
				c.Metrics["crawl.answered"].Mean, c.Metrics["crawl.reachable"].Mean,
				c.Metrics["crawl.online"].Mean)
		}
		if len(dots.At) == 0 {
			continue
		}
		f.Plot.Add(bounds, dots)
		f.Legend = append(f.Legend, page.LegendEntry{Label: e.name,
			Marker: l.Sample(p)})
	}
	return low, high
}
