package swarms

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// ShareRatio draws the cumulative share of peers by what they gave for what they got.
func ShareRatio(r *stored.Results, l page.Look) (*page.Figure, error) {
	all, more, of, err := readSpreads(r, func(p *peerRow) float64 {
		if p.Down == 0 {
			return math.NaN()
		}
		return float64(p.Up) / float64(p.Down)
	})
	if err != nil {
		return nil, err
	}
	if greatest(of) == 0 {
		return &page.Figure{Skipped: cmp.Or(skipSwarm(all), "no peer gave anything")}, nil
	}
	f := &page.Figure{Data: spreadTable(), Legend: l.Key(seriesOf(all)),
		Plot: l.NewPlot("Share ratio: payload given by payload got", "Share of peers")}
	f.Plot.X.Min, f.Plot.X.Max = 0, max(greatest(of)*1.04, 1.2)
	f.Plot.X.Tick.Marker = page.FittingTicks(0, f.Plot.X.Max, l.Width-2*l.Margin-4*l.Text, l)
	f.Plot.Add(page.Polyline{Points: plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 1}},
		Style: l.ModelPen().Line(l.Thin)})
	addSpreads(f, f.Plot, l, all, of, "share_ratio", 1)
	f.Title = shareRatioTitle(all, of)
	f.About = classAbout(r, all, more)
	f.About.Shows = "Curves: share of the peers that came to download with a share ratio up to " +
		"that. Dashed: as much given as got." + f.About.Shows
	f.About.Definition = "Payload delivered to others by payload that was delivered to the " +
		"peer, over its whole time in the swarm, by the network's books."
	return f, nil
}

func shareRatioTitle(all []class, of []spread) string {
	if len(all) == 1 {
		low, high := of[0].quantile(0.1), of[0].quantile(0.9)
		return fmt.Sprintf("Four of five peers give %s to %s times what they get",
			number.Significant(low), number.Significant(high))
	}
	first, last := extremes(of)
	return fmt.Sprintf("Half of the peers give less than %s of what they get (%s); %s (%s)",
		hundredths(of[first].quantile(0.5)), bareLabel(all[first].Label),
		hundredths(of[last].quantile(0.5)), bareLabel(all[last].Label))
}
