package plots

import (
	"cmp"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// finders are the ways to find peers: the end of the metric, and the name.
func finders() [][2]string {
	return [][2]string{{"tracker", "tracker"}, {"dht", "DHT"}, {"pex", "PEX"}}
}

// discoveryFigure draws how long it takes to learn of a first peer, and what share of the swarm is
// found by which way.
func discoveryFigure(r *results, l look) (*figure, error) {
	all, more, of, err := r.spreads(func(p *peerRow) float64 { return after(p, p.FirstFound) })
	if err != nil {
		return nil, err
	}
	most := greatest(of)
	if most == 0 {
		return &figure{skipped: cmp.Or(skipSwarm(all), "nobody found a peer")}, nil
	}
	f := &figure{line: 6.6 * l.text, data: spreadTable(), legend: l.key(seriesOf(all))}
	unit, name := clock(most)
	left := l.newPanel("Peers that have found one", "Time from a peer's coming, "+name)
	left.X.Min, left.X.Max = 0, most/unit*1.04
	left.X.Tick.Marker = fittingTicks(0, left.X.Max, (l.width-2*l.margin)/2-4*l.text, l)
	f.addSpreads(left, l, all, of, "found_first_s", unit)
	right := f.foundShares(l, all)
	f.setPanels([]*plot.Plot{left, right}, 2)
	left.X.Label.Text = "Time from a peer's coming, " + name
	if l.grows {
		f.columns = 1
	}
	f.title = discoveryTitle(all, of)
	f.about = classAbout(r, all, more)
	f.about.shows = "Left: share of the peers that came to download that had learnt of another " +
		"within that time. Right: how much of the swarm peers learn of, by the way in which they " +
		"did first." + f.about.shows
	f.about.definition = "Distinct peers that a peer learnt of first in that way, by the others " +
		"that were in the swarm while it was, added up over all peers of a run; means over the " +
		"runs. All groups of a cell together."
	return f, nil
}

// foundShares draws a column for each cell and way.
func (f *figure) foundShares(l look, all []class) *plot.Plot {
	p := l.newPanel("Share of the swarm found, by way", "")
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = linearTicks(1, percent)
	var cells []int // the first class of each cell
	for i := range all {
		if i == 0 || all[i].cell.Cell != all[i-1].cell.Cell {
			cells = append(cells, i)
		}
	}
	wide := 0.8 / float64(len(cells))
	var ticks plot.ConstantTicks
	for n, way := range finders() {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: way[1]})
		for k, i := range cells {
			m := all[i].cell.Metrics["swarm.found_share."+way[0]]
			if m.N == 0 {
				continue
			}
			at := float64(n) + wide*(float64(k)-float64(len(cells)-1)/2)
			p.Y.Max = max(p.Y.Max, m.Mean)
			p.Add(bars{plotter.XYs{{X: at, Y: m.Mean}}, 0.9 * wide, l.pen(i).color})
			low, high := any(nil), any(nil)
			if m.CI95 != nil {
				low, high = m.CI95[0], m.CI95[1]
				p.Add(whiskers{[]float64{at}, []interval{interval{m.CI95[0], m.CI95[1]}.clamp()},
					vg.Length(0.5) * l.text, l.lineStyle(pen{color: l.ink}, l.thin)})
			}
			f.data.add(all[i].cell.Cell, all[i].cell.Set, "", "found_share_"+way[0], m.Mean, nil,
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
	text := "Half of the peers have found another"
	for i := range min(len(all), 3) {
		text += fmt.Sprintf("%s %s after %s", []string{":", ",", ","}[i], all[i].label,
			timeText(of[i].quantile(0.5)))
	}
	return text
}
