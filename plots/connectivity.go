package plots

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// connectivityShares are the metrics that the figure shows, and their names on its axis.
func connectivityShares() []estimator {
	return []estimator{
		{"connectivity.reciprocity", "us"},
		{"connectivity.transitivity", "a third"},
		{"connectivity.persistence", "us later"},
		{"connectivity.good", "all three"},
		{"connectivity.first_only", "us only"},
		{"connectivity.silent", "nobody"},
	}
}

// connectivityFigure draws whom the nodes answer that come to vantage nodes, beside what was
// published.
func connectivityFigure(r *results, l look) (*figure, error) {
	cells := slices.DeleteFunc(slices.Clone(r.shown()), func(c cell) bool {
		return c.Metrics["connectivity.reciprocity"].N == 0
	})
	if len(cells) == 0 {
		return &figure{skipped: "nobody probed the nodes: write probes: {vantages: 4}"}, nil
	}
	shares := connectivityShares()
	good := cells[0].Metrics["connectivity.good"].Mean
	f := &figure{
		title: fmt.Sprintf("%s of those who come to us answer us, a third party, and us later",
			percent(float64(int(good*1000+0.5))/1000)),
		plot: l.newPlot("Whom a node answers that came to us by itself", "Share of nodes"),
		data: table{header: []string{"cell", "label", "metric", "share", "share_ci95_low",
			"share_ci95_high"}},
		about: about{
			shows: "Markers: share of the nodes that answered. Bands: what was published, with " +
				"its tolerance.",
			definition: "A node came when it sent its first query to a vantage node. A second " +
				"later the vantage node asks it (reciprocity) and a third node does from another " +
				"address (transitivity), and minutes later the vantage node once more " +
				"(persistence): Jimenez, Osmani and Knutsson, P2P 2009.",
			cells: cells, intervals: storedIntervals, notes: r.shownNote(),
			n: func(c cell) string {
				return plural(int(c.Metrics["connectivity.nodes"].Mean+0.5), "node") + " a run"
			},
		},
	}
	if len(cells) > 1 {
		f.title = r.label(cells[0]) + ": " + f.title
	}
	f.addPublished(l, r, shares)
	for n, c := range cells {
		f.addShares(l, r, n, len(cells), c)
	}
	var ticks plot.ConstantTicks
	for n, s := range shares {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: s.name})
	}
	f.plot.X.Min, f.plot.X.Max, f.plot.X.Tick.Marker = -0.5, float64(len(shares))-0.5, ticks
	f.plot.Y.Min, f.plot.Y.Max, f.plot.Y.Tick.Marker = 0, 1, linearTicks(1, percent)
	return f, nil
}

// addPublished draws the published shares with their tolerances.
func (f *figure) addPublished(l look, r *results, shares []estimator) {
	found := false
	for n, s := range shares {
		at := slices.IndexFunc(r.Targets, func(t target) bool { return t.Metric == s.metric })
		if at < 0 {
			continue
		}
		t, x := r.Targets[at], float64(n)
		found = true
		f.plot.Add(band{[]float64{x - 0.42, x + 0.42},
			[]interval{{t.Band[0], t.Band[1]}, {t.Band[0], t.Band[1]}}, l.targetBand()})
		f.plot.Add(polyline{plotter.XYs{{X: x - 0.42, Y: t.Published},
			{X: x + 0.42, Y: t.Published}}, false, l.modelPen().line(l.thin)})
	}
	if found {
		f.legend = append(f.legend, legendEntry{label: "published, with its tolerance",
			fill: l.targetBand(), line: l.modelPen().line(l.thin)})
	}
}

// addShares draws one cell's shares.
func (f *figure) addShares(l look, r *results, n, of int, c cell) {
	p := l.pen(n)
	dots := l.dots(nil, p, l.radius)
	bounds := whiskers{cap: l.radius, style: solid(p.color, l.thin)}
	for at, s := range connectivityShares() {
		m := c.Metrics[s.metric]
		x := float64(at) + 0.7/float64(of)*(float64(n)-float64(of-1)/2)
		dots.at = append(dots.at, plotter.XY{X: x, Y: m.Mean})
		low, high := any(nil), any(nil)
		if m.CI95 != nil {
			bounds.x = append(bounds.x, x)
			bounds.y = append(bounds.y, intervalOf(*m.CI95))
			low, high = m.CI95[0], m.CI95[1]
		}
		f.data.add(c.Cell, r.label(c), s.metric, m.Mean, low, high)
	}
	f.plot.Add(bounds, dots)
	f.legend = append(f.legend, legendEntry{label: r.label(c),
		marker: l.sample(p)})
}
