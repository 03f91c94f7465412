package plots

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
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

// censusFigure draws the errors of the crawlers' estimates, a group of markers for each cell.
func censusFigure(r *results, l look) (*figure, error) {
	cells := slices.DeleteFunc(slices.Clone(r.Cells), func(c cell) bool {
		return c.Metrics[uncorrected].N == 0
	})
	if len(cells) == 0 {
		return &figure{skipped: "nobody crawled the network: write crawl: {at: 1h}"}, nil
	}
	const most = 8
	var notes []string
	if len(cells) > most {
		notes = append(notes, fmt.Sprintf("These are the first %d of %d cells.", most, len(cells)))
		cells = cells[:most]
	}
	f := &figure{
		title: censusTitle(cells),
		plot:  l.newPlot(shortName(r.Cells[0].Set, cellAxis(r)), "Error of the estimate"),
		data: table{header: []string{"cell", "label", "estimate", "error", "error_ci95_low",
			"error_ci95_high", "counted", "reachable", "online"}},
		about: about{
			shows: "Markers: mean error of an estimate of how many nodes of the zone could " +
				"answer. Bands: the published errors, each in the colour of its estimate and " +
				"over the cells that it is about.",
			definition: "The error is the estimate over the truth, less 1. The truth is the " +
				"number of nodes whose ids are in the zone, that are up at the middle of the " +
				"crawl, and that let strangers in; no crawler knows it.",
			cells: cells, intervals: storedIntervals, notes: notes,
			n: func(c cell) string { return plural(c.Metrics[uncorrected].N, "run") },
			model: "each node is found or not as in a Bernoulli trial (Wang and Kangasharju, " +
				"P2P 2013); Chapman's form of the capture-recapture estimate",
		},
	}
	f.addBands(l, r, cells)
	low, high := f.addEstimates(l, r, cells)
	p := f.plot
	p.X.Min, p.X.Max, p.X.Tick.Marker = -0.5, float64(len(cells))-0.5, cellTicks(r, cells)
	for _, t := range r.Targets {
		if t.Metric == uncorrected {
			low, high = min(low, t.Band[0]), max(high, t.Band[1])
		}
	}
	p.Y.Min, p.Y.Max = low-0.03, high+0.03
	p.Y.Tick.Marker = roundTicks(p.Y.Min, p.Y.Max, 8, percent)
	return f, nil
}

func censusTitle(cells []cell) string {
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
		percent(math.Round(missed*1000)/1000))
}

// cellAxis returns the path of what is varied, if it is one setting.
func cellAxis(r *results) string {
	var varied []string
	for _, key := range slices.Sorted(maps.Keys(r.Cells[0].Set)) {
		if r.varies(key) {
			varied = append(varied, key)
		}
	}
	if len(varied) == 1 {
		return varied[0]
	}
	return ""
}

// cellTicks labels cells by the value of what is varied, or by all that is.
func cellTicks(r *results, cells []cell) (ticks plot.ConstantTicks) {
	key := cellAxis(r)
	for n, c := range cells {
		label := r.label(c)
		if key != "" {
			label = fmt.Sprint(c.Set[key])
		}
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: label})
	}
	return ticks
}

// addBands draws the published errors in the colours of their estimates, each across the cells for
// which it was published.
func (f *figure) addBands(l look, r *results, cells []cell) {
	some := false
	for _, t := range r.Targets {
		n := slices.IndexFunc(estimators(), func(e estimator) bool { return e.metric == t.Metric })
		if n < 0 {
			continue
		}
		tolerated := intervalOf(t.Band)
		for at, c := range cells {
			if !slices.Contains(t.Cells, c.Cell) {
				continue
			}
			some = true
			f.plot.Add(band{[]float64{float64(at) - 0.45, float64(at) + 0.45},
				[]interval{tolerated, tolerated}, faded(l.pen(n).color, 0.25)})
		}
	}
	if some {
		f.legend = append(f.legend, legendEntry{label: "published", fill: faded(l.muted, 0.3)})
	}
	f.plot.Add(polyline{plotter.XYs{{X: -0.5}, {X: float64(len(cells)) - 0.5}}, false,
		solid(l.ink, l.thin)})
}

// addEstimates draws the markers and returns between what errors they lie.
func (f *figure) addEstimates(l look, r *results, cells []cell) (low, high float64) {
	shown := estimators()
	for n, e := range shown {
		p := l.pen(n)
		dots := l.dots(nil, p, l.radius)
		bounds := whiskers{cap: 1.2 * l.radius, style: solid(p.color, l.thin)}
		for at, c := range cells {
			m := c.Metrics[e.metric]
			if m.N == 0 {
				continue
			}
			x := float64(at) + 0.2*(float64(n)-float64(len(shown)-1)/2)
			dots.at = append(dots.at, plotter.XY{X: x, Y: m.Mean})
			from, to := any(nil), any(nil)
			if m.CI95 != nil {
				bounds.x = append(bounds.x, x)
				bounds.y = append(bounds.y, intervalOf(*m.CI95))
				low, high = min(low, m.CI95[0]), max(high, m.CI95[1])
				from, to = m.CI95[0], m.CI95[1]
			}
			low, high = min(low, m.Mean), max(high, m.Mean)
			f.data.add(c.Cell, r.label(c), e.name, m.Mean, from, to,
				c.Metrics["crawl.answered"].Mean, c.Metrics["crawl.reachable"].Mean,
				c.Metrics["crawl.online"].Mean)
		}
		if len(dots.at) == 0 {
			continue
		}
		f.plot.Add(bounds, dots)
		f.legend = append(f.legend, legendEntry{label: e.name,
			marker: l.sample(p)})
	}
	return low, high
}
