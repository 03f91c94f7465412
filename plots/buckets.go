package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
)

// buckets draws how many contacts the nodes showed of each bucket of their tables, against what a
// network of that size has for them.
func buckets(r *results, l look) (*figure, error) {
	c, err := r.openCrawl()
	if err != nil || c == nil {
		return noCrawl(), err
	}
	if len(c.Buckets) == 0 {
		return &figure{skipped: "no node showed a bucket"}, nil
	}
	nodes := float64(c.Totals.Known)
	if c.Ended != "complete" && c.Size.Points > 0 {
		nodes = max(nodes, c.Size.Known)
	}
	shown, full := shownDepth(c, nodes)
	f := &figure{
		title: bucketsTitle(full, shown),
		plot:  l.newPlot("Bucket (bits shared with the node's own id)", "Contacts shown"),
		data: table{header: []string{"bucket", "nodes", "mean_contacts", "mean_ci95_low",
			"mean_ci95_high", "p10", "p90", "expected"}},
		about: bucketsAbout(c, nodes),
	}
	var means plotter.XYs
	var spread band
	var caps whiskers
	top := 0.0
	for _, b := range c.Buckets {
		low, high := any(nil), any(nil)
		if b.CI95 != nil {
			low, high = b.CI95[0], b.CI95[1]
		}
		f.data.add(b.Depth, b.Nodes, b.Mean, low, high, b.P10, b.P90, supply(nodes, b.Depth))
		if b.Depth >= shown {
			continue
		}
		top = max(top, b.Mean, b.P90)
		means = append(means, plotter.XY{X: float64(b.Depth), Y: b.Mean})
		spread.x = append(spread.x, float64(b.Depth)-0.5)
		spread.y = append(spread.y, interval{b.P10, b.P90})
		if b.CI95 != nil && b.CI95[1]-b.CI95[0] > 0.4 { // else the marker hides it
			caps.x = append(caps.x, float64(b.Depth))
			caps.y = append(caps.y, intervalOf(*b.CI95))
		}
	}
	spread.x = append(spread.x, float64(shown)-0.5)
	spread.y = append(spread.y, spread.y[len(spread.y)-1])
	ticks := linearTicks(max(top*1.15, 1), significant)
	f.plot.Y.Min, f.plot.Y.Max = 0, ticks[len(ticks)-1].Value
	f.plot.Y.Tick.Marker = ticks
	f.plot.X.Min, f.plot.X.Max = -0.5, float64(shown)-0.5
	f.plot.X.Tick.Marker = integerTicks(0, shown-1, 13)
	f.drawBuckets(l, means, spread, caps, nodes)
	return f, nil
}

// drawBuckets draws the means, their spread, and the expectation as far as it is on the page.
func (f *figure) drawBuckets(
	l look, means plotter.XYs, spread band, caps whiskers, nodes float64,
) {
	p := l.pen(0)
	spread.fill = faded(p.color, 0.25)
	caps.style, caps.cap = solid(p.color, l.thin), 0.8*l.text
	style, model := p.line(l.line), l.modelPen().line(l.thin)
	dots := l.dots(means, p, l.radius)
	var supplied plotter.XYs
	for x := f.plot.X.Min; x <= f.plot.X.Max; x += 0.05 {
		if y := nodes / math.Exp2(x+1); y <= f.plot.Y.Max {
			supplied = append(supplied, plotter.XY{X: x, Y: y})
		}
	}
	f.plot.Add(spread, polyline{points: means, style: style},
		polyline{points: supplied, style: model}, caps, dots)
	f.legend = []legendEntry{
		{label: "shown, mean of the nodes", line: style, marker: &dots},
		{label: "10 % to 90 %", fill: spread.fill},
		{label: "nodes that belong there", line: model},
	}
}

// supply is how many of n uniform ids share exactly so many bits with another.
func supply(n float64, depth int) float64 { return n / math.Exp2(float64(depth+1)) }

// shownDepth returns how many buckets are drawn, until hardly any node has a contact, and how many
// of them, from the first on, are about as full as the fullest one.
func shownDepth(c *crawled, nodes float64) (shown, full int) {
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

func bucketsAbout(c *crawled, nodes float64) about {
	return about{
		shows: "Markers: mean number of contacts that a node showed of a bucket. Shade: the 10 % " +
			"and 90 % quantiles of the nodes. Dashed: how many nodes there are for it.",
		definition: "Bucket b of a node holds contacts that share exactly b first bits with its " +
			"id. Distinct contacts in the answers of one node to find_node for a random id in " +
			"each bucket count; of a bucket, those nodes that were asked for it, or had shown all.",
		counted:   c.counted(),
		crawl:     c,
		intervals: "whiskers: 95 % confidence of the mean, Student's t over the nodes",
		model: fmt.Sprintf("n / 2^(b+1) for n = %s nodes, uniform ids; a bucket's size and that "+
			"of one answer bound what is shown", count(int(math.Round(nodes)))),
	}
}
