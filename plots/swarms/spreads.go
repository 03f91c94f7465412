package swarms

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// addSpreads draws the cumulative share of peers by a quantity, in units of the axis, and enters it
// in the data under a name.
func addSpreads(
	f *page.Figure, p *plot.Plot, l page.Look, all []class, of []spread, name string, unit float64,
) {
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
	var bands, lines []plot.Plotter
	for i := range all {
		s, pen := &of[i], l.Pen(i)
		line := page.Polyline{Points: plotter.XYs{{X: p.X.Min, Y: 0}}, Step: true,
			Style: pen.Line(l.Line)}
		strip := page.Band{Fill: page.Faded(pen.Color, 0.25)}
		for _, v := range s.vertices() {
			n := number.UpTo(s.values, v)
			at := plotter.XY{X: v / unit, Y: float64(n) / float64(s.all)}
			line.Points = append(line.Points, at)
			low, high := any(nil), any(nil)
			if ci, ok := number.Interval95(s.within(v)); ok && len(s.bySeed) >= number.BandSeeds {
				ci = ci.Clamp()
				low, high = ci.Low, ci.High
				strip.X, strip.Y = append(strip.X, at.X), append(strip.Y, ci)
			}
			f.Data.Add(all[i].Cell.Cell, all[i].Label, all[i].group, name, v, at.Y, low, high)
		}
		if last := len(line.Points) - 1; line.Points[last].X < p.X.Max {
			line.Points = append(line.Points, plotter.XY{X: p.X.Max, Y: line.Points[last].Y})
		}
		bands, lines = append(bands, strip), append(lines, line)
	}
	p.Add(bands...)
	p.Add(lines...)
}

// vertices picks at most number.VerticesMax of the distinct values, evenly spread over the peers.
func (s *spread) vertices() (at []float64) {
	n := len(s.values)
	m := min(n, number.VerticesMax)
	for j := range m {
		v := s.values[n-1]
		if m > 1 {
			v = s.values[int(int64(j)*int64(n-1)/int64(m-1))]
		}
		if len(at) == 0 || at[len(at)-1] < v {
			at = append(at, v)
		}
	}
	return at
}

// spreadTable is the data of such figures.
func spreadTable() page.Table {
	return page.Table{Header: []string{"cell", "label", "group", "quantity", "value",
		"share_at_most", "share_ci95_low", "share_ci95_high"}}
}

// greatest is the largest finite value of all.
func greatest(of []spread) (most float64) {
	for i := range of {
		if n := len(of[i].values); n > 0 {
			most = max(most, of[i].values[n-1])
		}
	}
	return most
}

// readSpreads collects one observation of each peer.
func readSpreads(r *stored.Results, value func(*peerRow) float64) ([]class, int, []spread, error) {
	if ok, err := r.Has(peersFile); err != nil || !ok {
		return nil, 0, nil, err
	}
	all, more, err := readClasses(r)
	var of []spread
	for i := range all {
		of = append(of, spreadOf(&all[i], value))
	}
	return all, more, of, err
}

func skipSwarm(all []class) string {
	if len(all) == 0 {
		return noSwarm
	}
	return ""
}

// after is the time from a peer's coming to an event, s.
func after(p *peerRow, event int64) float64 {
	if event == 0 {
		return math.NaN()
	}
	return float64(event-p.Joined) / 1e9
}

// classAbout is what figures of classes have in common.
func classAbout(r *stored.Results, all []class, more int) page.About {
	a := page.About{Notes: classNotes(r, all, more), Intervals: noBands}
	peers := map[int]int{}
	for i := range all {
		c := all[i].Cell
		if peers[c.Cell] == 0 {
			a.Cells = append(a.Cells, c)
		}
		for _, seed := range all[i].peers {
			peers[c.Cell] += len(seed)
		}
		if len(c.Seeds) >= number.BandSeeds {
			a.Shows = " Bands: 95 % interval of the share."
			a.Intervals = "95 % confidence, Student's t over the seeds (one value a seed), not " +
				"over pooled peers"
		}
	}
	a.N = func(c stored.Cell) string { return number.Plural(peers[c.Cell], "peer") }
	return a
}
