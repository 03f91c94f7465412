package plots

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// addSpreads draws the cumulative share of peers by a quantity, in units of the axis, and enters it
// in the data under a name.
func (f *figure) addSpreads(
	p *plot.Plot, l look, all []class, of []spread, name string, unit float64,
) {
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = linearTicks(1, percent)
	var bands, lines []plot.Plotter
	for i := range all {
		s, pen := &of[i], l.pen(i)
		line := polyline{points: plotter.XYs{{X: p.X.Min, Y: 0}}, step: true,
			style: pen.line(l.line)}
		strip := band{fill: faded(pen.color, 0.25)}
		for _, v := range s.vertices() {
			n := upTo(s.values, v)
			at := plotter.XY{X: v / unit, Y: float64(n) / float64(s.all)}
			line.points = append(line.points, at)
			low, high := any(nil), any(nil)
			if ci, ok := interval95(s.within(v)); ok && len(s.bySeed) >= bandSeeds {
				ci = ci.clamp()
				low, high = ci.low, ci.high
				strip.x, strip.y = append(strip.x, at.X), append(strip.y, ci)
			}
			f.data.add(all[i].cell.Cell, all[i].label, all[i].group, name, v, at.Y, low, high)
		}
		if last := len(line.points) - 1; line.points[last].X < p.X.Max {
			line.points = append(line.points, plotter.XY{X: p.X.Max, Y: line.points[last].Y})
		}
		bands, lines = append(bands, strip), append(lines, line)
	}
	p.Add(bands...)
	p.Add(lines...)
}

// vertices picks at most verticesMax of the distinct values, evenly spread over the peers.
func (s *spread) vertices() (at []float64) {
	n := len(s.values)
	m := min(n, verticesMax)
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
func spreadTable() table {
	return table{header: []string{"cell", "label", "group", "quantity", "value", "share_at_most",
		"share_ci95_low", "share_ci95_high"}}
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

// completionFigure draws the cumulative share of peers by the time that they took, against the
// least time in which all can have the file.
func completionFigure(r *results, l look) (*figure, error) {
	all, more, of, err := r.spreads(func(p *peerRow) float64 { return after(p, p.Completed) })
	if err != nil {
		return nil, err
	}
	last := greatest(of)
	if last == 0 {
		return &figure{skipped: cmp.Or(skipSwarm(all), "no peer completed")}, nil
	}
	f := &figure{data: spreadTable(), legend: l.key(seriesOf(all))}
	bounds := boundsOf(all)
	for _, b := range bounds {
		last = max(last, b)
	}
	unit, name := clock(last)
	f.plot = l.newPlot("Time from a peer's coming until it has the file, "+name,
		"Share of peers")
	f.plot.X.Min, f.plot.X.Max = 0, last/unit*1.04
	f.plot.X.Tick.Marker = fittingTicks(0, f.plot.X.Max, l.width-2*l.margin-4*l.text, l)
	f.addSpreads(f.plot, l, all, of, "completion_s", unit)
	style := l.modelPen().line(l.thin * 1.4)
	for _, b := range bounds {
		f.plot.Add(polyline{points: plotter.XYs{{X: b / unit, Y: 0}, {X: b / unit, Y: 1}},
			style: style})
	}
	if len(bounds) > 0 {
		f.legend = append(f.legend, legendEntry{label: "least time for all (fluid)", line: style})
	}
	f.title = completionTitle(all, of, bounds)
	f.about = classAbout(r, all, more)
	f.about.shows = "Curves: share of all peers that came to download that had verified all " +
		"pieces within that time. A curve that ends below 100 %: the others gave up, or the run " +
		"ended." + f.about.shows
	f.about.definition = "Simulated time from a peer's coming to its last verified piece."
	if len(bounds) > 0 {
		f.about.model = "Kumar and Ross, HOTWEB 2006: max(F/u_s, F/d_min, N F/(u_s + sum of " +
			"u_i)), with the lines of the run's peers, from the coming of the first. No run can " +
			"have its last completion before it; single peers can."
	}
	return f, nil
}

// spreads collects one observation of each peer.
func (r *results) spreads(value func(*peerRow) float64) ([]class, int, []spread, error) {
	if ok, err := r.has(peersFile); err != nil || !ok {
		return nil, 0, nil, err
	}
	all, more, err := r.classes()
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

// boundsOf are the least times of the cells, each once.
func boundsOf(all []class) (bounds []float64) {
	for i := range all {
		m := all[i].cell.Metrics["swarm.bound_s"]
		if m.N > 0 && (len(bounds) == 0 || math.Abs(bounds[len(bounds)-1]/m.Mean-1) > 1e-3) {
			bounds = append(bounds, m.Mean)
		}
	}
	return bounds
}

func completionTitle(all []class, of []spread, bounds []float64) string {
	ratio := all[0].cell.Metrics["swarm.bound_ratio"]
	half := of[0].quantile(0.5)
	first, last := extremes(of)
	switch {
	case first != last:
		return fmt.Sprintf("Half of the peers have the file after %s (%s) to %s (%s)",
			timeText(of[first].quantile(0.5)), bareLabel(all[first].label),
			timeText(of[last].quantile(0.5)), bareLabel(all[last].label))
	case math.IsInf(half, 1):
		return "Less than half of the peers complete"
	case len(bounds) == 1 && ratio.N > 0:
		return fmt.Sprintf("Half of the peers have the file within %s; the last one in %s times "+
			"the least time possible", timeText(half), significant(ratio.Mean))
	}
	return fmt.Sprintf("Half of the peers have the file within %s", timeText(half))
}

// hundredths writes a share in percent.
func hundredths(share float64) string { return significant(100*share) + "\u00A0%" }

// timeText writes a time in the unit that suits it.
func timeText(s float64) string {
	unit, name := clock(s)
	return significant(s/unit) + "\u00A0" + name
}

// classAbout is what figures of classes have in common.
func classAbout(r *results, all []class, more int) about {
	a := about{notes: r.classNotes(all, more), intervals: noBands}
	peers := map[int]int{}
	for i := range all {
		c := all[i].cell
		if peers[c.Cell] == 0 {
			a.cells = append(a.cells, c)
		}
		for _, seed := range all[i].peers {
			peers[c.Cell] += len(seed)
		}
		if len(c.Seeds) >= bandSeeds {
			a.shows = " Bands: 95 % interval of the share."
			a.intervals = "95 % confidence, Student's t over the seeds (one value a seed), not " +
				"over pooled peers"
		}
	}
	a.n = func(c cell) string { return plural(peers[c.Cell], "peer") }
	return a
}

// shareRatioFigure draws the cumulative share of peers by what they gave for what they got.
func shareRatioFigure(r *results, l look) (*figure, error) {
	all, more, of, err := r.spreads(func(p *peerRow) float64 {
		if p.Down == 0 {
			return math.NaN()
		}
		return float64(p.Up) / float64(p.Down)
	})
	if err != nil {
		return nil, err
	}
	if greatest(of) == 0 {
		return &figure{skipped: cmp.Or(skipSwarm(all), "no peer gave anything")}, nil
	}
	f := &figure{data: spreadTable(), legend: l.key(seriesOf(all)),
		plot: l.newPlot("Share ratio: payload given by payload got", "Share of peers")}
	f.plot.X.Min, f.plot.X.Max = 0, max(greatest(of)*1.04, 1.2)
	f.plot.X.Tick.Marker = fittingTicks(0, f.plot.X.Max, l.width-2*l.margin-4*l.text, l)
	f.plot.Add(polyline{points: plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 1}},
		style: l.modelPen().line(l.thin)})
	f.addSpreads(f.plot, l, all, of, "share_ratio", 1)
	f.title = shareRatioTitle(all, of)
	f.about = classAbout(r, all, more)
	f.about.shows = "Curves: share of the peers that came to download with a share ratio up to " +
		"that. Dashed: as much given as got." + f.about.shows
	f.about.definition = "Payload delivered to others by payload that was delivered to the " +
		"peer, over its whole time in the swarm, by the network's books."
	return f, nil
}

func shareRatioTitle(all []class, of []spread) string {
	if len(all) == 1 {
		low, high := of[0].quantile(0.1), of[0].quantile(0.9)
		return fmt.Sprintf("Four of five peers give %s to %s times what they get",
			significant(low), significant(high))
	}
	first, last := extremes(of)
	return fmt.Sprintf("Half of the peers give less than %s of what they get (%s); %s (%s)",
		hundredths(of[first].quantile(0.5)), bareLabel(all[first].label),
		hundredths(of[last].quantile(0.5)), bareLabel(all[last].label))
}
