package swarms

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// finders are the ways to find peers: the end of the metric, and the name.
func finders() [][2]string {
	return [][2]string{{"tracker", "tracker"}, {"dht", "DHT"}, {"pex", "PEX"}}
}

// Discovery draws how long it takes to learn of a first peer, and what share of the swarm is
// found by which way.
func Discovery(r *stored.Results, l page.Look) (*page.Figure, error) {
	all, more, of, err := readSpreads(r, func(p *peerRow) float64 { return after(p, p.FirstFound) })
	if err != nil {
		return nil, err
	}
	most := greatest(of)
	if most == 0 {
		return &page.Figure{Skipped: cmp.Or(skipSwarm(all), "nobody found a peer")}, nil
	}
	f := &page.Figure{Line: 6.6 * l.Text, Data: spreadTable(), Legend: l.Key(seriesOf(all))}
	low := most
	for i := range of {
		if len(of[i].values) > 0 {
			low = min(low, of[i].values[0])
		}
	}
	low = max(low, most/1e6) // none at all has no place on a logarithmic axis
	const name = "Time from a peer's coming"
	left := l.NewPanel("Peers that have found one", name)
	left.X.Min, left.X.Max, left.X.Scale = low/1.15, most*1.15, page.LogScale{}
	left.X.Tick.Marker = page.LogTicks(left.X.Min, left.X.Max, func(s float64) string {
		return number.Span(s * 1e9)
	})
	addSpreads(f, left, l, all, of, "found_first_s", 1)
	right := foundShares(f, l, all)
	f.SetPanels([]*plot.Plot{left, right}, 2)
	left.X.Label.Text = name
	if l.Grows {
		f.Columns = 1
	}
	f.Title = discoveryTitle(all, of)
	f.About = classAbout(r, all, more)
	f.About.Shows = "Left: share of the peers that came to download that had learnt of another " +
		"within that time. Right: how much of the swarm peers learn of, by the way in which they " +
		"did first." + f.About.Shows
	f.About.Definition = "Distinct peers that a peer learnt of first in that way, by the others " +
		"that were in the swarm while it was, added up over all peers of a run; means over the " +
		"runs. All groups of a cell together."
	return f, nil
}

// foundShares draws a column for each cell and way.
func foundShares(f *page.Figure, l page.Look, all []class) *plot.Plot {
	p := l.NewPanel("Share of the swarm found, by way", "")
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
	var cells []int // the first class of each cell
	for i := range all {
		if i == 0 || all[i].Cell.Cell != all[i-1].Cell.Cell {
			cells = append(cells, i)
		}
	}
	wide := 0.8 / float64(len(cells))
	var ticks plot.ConstantTicks
	for n, way := range finders() {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: way[1]})
		for k, i := range cells {
			m := all[i].Cell.Metrics["swarm.found_share."+way[0]]
			if m.N == 0 {
				continue
			}
			at := float64(n) + wide*(float64(k)-float64(len(cells)-1)/2)
			p.Y.Max = max(p.Y.Max, m.Mean)
			p.Add(page.Bars{At: plotter.XYs{{X: at, Y: m.Mean}}, Width: 0.9 * wide,
				Fill: l.Pen(i).Color})
			low, high := any(nil), any(nil)
			if m.CI95 != nil {
				low, high = m.CI95[0], m.CI95[1]
				p.Add(page.Whiskers{X: []float64{at},
					Y:   []number.Interval{number.IntervalOf(*m.CI95).Clamp()},
					Cap: vg.Length(0.5) * l.Text, Style: page.Solid(l.Ink, l.Thin)})
			}
			f.Data.Add(all[i].Cell.Cell, all[i].Label, "", "found_share_"+way[0], m.Mean, nil,
				low, high)
		}
	}
	p.X.Min, p.X.Max = -0.5, float64(len(finders()))-0.5
	p.X.Tick.Marker = ticks
	return p
}

func discoveryTitle(all []class, of []spread) string {
	if len(all) == 1 {
		return fmt.Sprintf("Half of the peers have found another within %s",
			timeText(of[0].quantile(0.5)))
	}
	first, last := extremes(of)
	if first == last {
		return "How soon peers find others, and how many"
	}
	return fmt.Sprintf("Half of the peers have found another after %s (%s) to %s (%s)",
		timeText(of[first].quantile(0.5)), bareLabel(all[first].Label),
		timeText(of[last].quantile(0.5)), bareLabel(all[last].Label))
}

// bareLabel is a label without the name of the setting, if it has one only.
func bareLabel(label string) string {
	if _, value, ok := strings.Cut(label, " = "); ok && strings.Count(label, " = ") == 1 {
		return value
	}
	return label
}

// extremes are the places of the least and the greatest finite median; the same if there are no
// two.
func extremes(of []spread) (first, last int) {
	median := func(i int) float64 { return of[i].quantile(0.5) }
	for i := range of {
		switch v := median(i); {
		case math.IsInf(v, 1):
		case math.IsInf(median(first), 1):
			first, last = i, i
		case v < median(first):
			first = i
		case v > median(last):
			last = i
		}
	}
	return first, last
}
