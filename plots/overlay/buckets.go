package overlay

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// Buckets draws how many contacts the nodes showed of each bucket of their tables, against what a
// network of that size has for them.
func Buckets(r *stored.Results, l page.Look) (*page.Figure, error) {
	c, err := r.OpenCrawl()
	if err != nil || c == nil {
		return noCrawl(), err
	}
	if len(c.Buckets) == 0 {
		return &page.Figure{Skipped: "no node showed a bucket"}, nil
	}
	nodes := float64(c.Totals.Known)
	if c.Ended != "complete" && c.Size.Points > 0 {
		nodes = max(nodes, c.Size.Known)
	}
	shown, full := shownDepth(c, nodes)
	f := &page.Figure{
		Title: bucketsTitle(full, shown),
		Plot:  l.NewPlot("Bucket (bits shared with the node's own id)", "Contacts shown"),
		Data: page.Table{Header: []string{"bucket", "nodes", "mean_contacts", "mean_ci95_low",
			"mean_ci95_high", "p10", "p90", "expected"}},
		About: bucketsAbout(c, nodes),
	}
	var means plotter.XYs
	var spread page.Band
	var caps page.Whiskers
	top := 0.0
	for _, b := range c.Buckets {
		low, high := any(nil), any(nil)
		if b.CI95 != nil {
			low, high = b.CI95[0], b.CI95[1]
		}
		f.Data.Add(b.Depth, b.Nodes, b.Mean, low, high, b.P10, b.P90, supply(nodes, b.Depth))
		if b.Depth >= shown {
			continue
		}
		top = max(top, b.Mean, b.P90)
		means = append(means, plotter.XY{X: float64(b.Depth), Y: b.Mean})
		spread.X = append(spread.X, float64(b.Depth)-0.5)
		spread.Y = append(spread.Y, number.Interval{Low: b.P10, High: b.P90})
		if b.CI95 != nil && b.CI95[1]-b.CI95[0] > 0.4 { // else the marker hides it
			caps.X = append(caps.X, float64(b.Depth))
			caps.Y = append(caps.Y, number.IntervalOf(*b.CI95))
		}
	}
	spread.X = append(spread.X, float64(shown)-0.5)
	spread.Y = append(spread.Y, spread.Y[len(spread.Y)-1])
	ticks := page.LinearTicks(max(top*1.15, 1), number.Significant)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, ticks[len(ticks)-1].Value
	f.Plot.Y.Tick.Marker = ticks
	f.Plot.X.Min, f.Plot.X.Max = -0.5, float64(shown)-0.5
	f.Plot.X.Tick.Marker = page.IntegerTicks(0, shown-1, 13)
	drawBuckets(f, l, means, spread, caps, nodes)
	return f, nil
}

// drawBuckets draws the means, their spread, and the expectation as far as it is on the page.
func drawBuckets(
	f *page.Figure, l page.Look, means plotter.XYs, spread page.Band, caps page.Whiskers,
	nodes float64,
) {
	p := l.Pen(0)
	spread.Fill = page.Faded(p.Color, 0.25)
	caps.Style, caps.Cap = page.Solid(p.Color, l.Thin), 0.8*l.Text
	style, model := p.Line(l.Line), l.ModelPen().Line(l.Thin)
	dots := l.Dots(means, p, l.Radius)
	var supplied plotter.XYs
	for x := f.Plot.X.Min; x <= f.Plot.X.Max; x += 0.05 {
		if y := nodes / math.Exp2(x+1); y <= f.Plot.Y.Max {
			supplied = append(supplied, plotter.XY{X: x, Y: y})
		}
	}
	f.Plot.Add(spread, page.Polyline{Points: means, Style: style},
		page.Polyline{Points: supplied, Style: model}, caps, dots)
	f.Legend = []page.LegendEntry{
		{Label: "shown, mean of the nodes", Line: style, Marker: &dots},
		{Label: "10 % to 90 %", Fill: spread.Fill},
		{Label: "nodes that belong there", Line: model},
	}
}

// supply is how many of n uniform ids share exactly so many bits with another.
func supply(n float64, depth int) float64 { return n / math.Exp2(float64(depth+1)) }

// shownDepth returns how many buckets are drawn, until hardly any node has a contact, and how many
// of them, from the first on, are about as full as the fullest one.
func shownDepth(c *stored.Crawl, nodes float64) (shown, full int) {
	most := 0.0
	for _, b := range c.Buckets {
		most = max(most, b.Mean)
		if b.Mean >= 0.05 || supply(nodes, b.Depth) >= 0.05 {
			shown = b.Depth + 1
		}
	}
	for _, b := range c.Buckets {
		if b.Mean < 0.9*most {
			break
		}
		full++
	}
	return max(shown, 1), full
}

func bucketsTitle(full, shown int) string {
	switch {
	case full >= shown:
		return fmt.Sprintf("Tables are as full at bucket %d as at bucket 0", shown-1)
	case full < 2:
		return "Tables thin out from the first bucket on"
	}
	return fmt.Sprintf("The first %d buckets are full; deeper ones hold what there is", full)
}

func bucketsAbout(c *stored.Crawl, nodes float64) page.About {
	return page.About{
		Shows: "Markers: mean number of contacts that a node showed of a bucket. Shade: the 10 % " +
			"and 90 % quantiles of the nodes. Dashed: how many nodes there are for it.",
		Definition: "Bucket b of a node holds contacts that share exactly b first bits with its " +
			"id. Distinct contacts in the answers of one node to find_node for a random id in " +
			"each bucket count; of a bucket, those nodes that were asked for it, or had shown all.",
		Counted:   c.Counted(),
		Crawl:     c,
		Intervals: "whiskers: 95 % confidence of the mean, Student's t over the nodes",
		Model: fmt.Sprintf("n / 2^(b+1) for n = %s nodes, uniform ids; a bucket's size and that "+
			"of one answer bound what is shown", number.Count(int(math.Round(nodes)))),
	}
}
