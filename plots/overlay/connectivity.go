package overlay

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
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

// Connectivity draws whom the nodes answer that come to vantage nodes, beside what was
// published.
func Connectivity(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells := slices.DeleteFunc(slices.Clone(page.Shown(r)), func(c stored.Cell) bool {
		return c.Metrics["connectivity.reciprocity"].N == 0
	})
	if len(cells) == 0 {
		return &page.Figure{Skipped: "nobody probed the nodes: write probes: {vantages: 4}"}, nil
	}
	shares := connectivityShares()
	good := cells[0].Metrics["connectivity.good"].Mean
	f := &page.Figure{
		Title: fmt.Sprintf("%s of those who come to us answer us, a third party, and us later",
			number.Percent(float64(int(good*1000+0.5))/1000)),
		Plot: l.NewPlot("Whom a node answers that came to us by itself", "Share of nodes"),
		Data: page.Table{Header: []string{"cell", "label", "metric", "share", "share_ci95_low",
			"share_ci95_high"}},
		About: page.About{
			Shows: "Markers: share of the nodes that answered. Bands: what was published, with " +
				"its tolerance.",
			Definition: "A node came when it sent its first query to a vantage node. A second " +
				"later the vantage node asks it (reciprocity) and a third node does from another " +
				"address (transitivity), and minutes later the vantage node once more " +
				"(persistence): Jimenez, Osmani and Knutsson, P2P 2009.",
			Cells: cells, Intervals: page.StoredIntervals, Notes: page.ShownNote(r),
			N: func(c stored.Cell) string {
				return number.Plural(int(c.Metrics["connectivity.nodes"].Mean+0.5), "node") +
					" a run"
			},
		},
	}
	if len(cells) > 1 {
		f.Title = r.Label(cells[0]) + ": " + f.Title
	}
	addPublished(f, l, r, shares)
	for n, c := range cells {
		addShares(f, l, r, n, len(cells), c)
	}
	var ticks plot.ConstantTicks
	for n, s := range shares {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: s.name})
	}
	f.Plot.X.Min, f.Plot.X.Max, f.Plot.X.Tick.Marker = -0.5, float64(len(shares))-0.5, ticks
	f.Plot.Y.Min, f.Plot.Y.Max, f.Plot.Y.Tick.Marker = 0, 1, page.LinearTicks(1, number.Percent)
	return f, nil
}

// addPublished draws the published shares with their tolerances.
func addPublished(f *page.Figure, l page.Look, r *stored.Results, shares []estimator) {
	found := false
	for n, s := range shares {
		at := slices.IndexFunc(r.Targets,
			func(t stored.Target) bool { return t.Metric == s.metric })
		if at < 0 {
			continue
		}
		t, x := r.Targets[at], float64(n)
		found = true
		f.Plot.Add(page.Band{X: []float64{x - 0.42, x + 0.42},
			Y: []number.Interval{{Low: t.Band[0], High: t.Band[1]},
				{Low: t.Band[0], High: t.Band[1]}}, Fill: l.Tolerance()})
		f.Plot.Add(page.Polyline{Points: plotter.XYs{{X: x - 0.42, Y: t.Published},
			{X: x + 0.42, Y: t.Published}}, Style: l.ModelPen().Line(l.Thin)})
	}
	if found {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "published, with its tolerance",
			Fill: l.Tolerance(), Line: l.ModelPen().Line(l.Thin)})
	}
}

// addShares draws one cell's shares.
func addShares(f *page.Figure, l page.Look, r *stored.Results, n, of int, c stored.Cell) {
	p := l.Pen(n)
	dots := l.Dots(nil, p, l.Radius)
	bounds := page.Whiskers{Cap: l.Radius, Style: page.Solid(p.Color, l.Thin)}
	for at, s := range connectivityShares() {
		m := c.Metrics[s.metric]
		x := float64(at) + 0.7/float64(of)*(float64(n)-float64(of-1)/2)
		dots.At = append(dots.At, plotter.XY{X: x, Y: m.Mean})
		low, high := any(nil), any(nil)
		if m.CI95 != nil {
			bounds.X = append(bounds.X, x)
			bounds.Y = append(bounds.Y, number.IntervalOf(*m.CI95))
			low, high = m.CI95[0], m.CI95[1]
		}
		f.Data.Add(c.Cell, r.Label(c), s.metric, m.Mean, low, high)
	}
	f.Plot.Add(bounds, dots)
	f.Legend = append(f.Legend, page.LegendEntry{Label: r.Label(c),
		Marker: l.Sample(p)})
}
