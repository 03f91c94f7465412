package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// A gauge is what one panel shows of swarms over time.
type gauge struct {
	aspect
	of func(*swarmRow) (above, below float64)
	// model is what theory says of a cell over time in s, in the panel's unit; nil: nothing.
	model func(t *tides, cell int) plotter.XYs
}

const noBands = "none: fewer than three seeds"

// tideFigure draws gauges over the time of the run.
func tideFigure(r *results, l look, gauges []gauge) (*figure, *tides, [][]flow, error) {
	if ok, err := r.has(swarmFile); err != nil || !ok {
		return &figure{skipped: noSwarm}, nil, nil, err
	}
	t, err := r.tides()
	if err != nil {
		return nil, nil, nil, err
	}
	if t.n == 0 {
		return &figure{skipped: "the runs ended before a second look at the swarm"}, nil, nil, nil
	}
	f := &figure{
		line: 6.6 * l.text,
		data: table{header: []string{"cell", "label", "quantity", "from_s", "to_s", "seeds",
			"mean", "ci95_low", "ci95_high"}},
		legend: l.key(t.cells),
	}
	var panels []*plot.Plot
	var all [][]flow
	modelled := false
	for _, g := range gauges {
		of := t.flow(g.of)
		f.addFlows(g.aspect, of)
		p := g.panel(of, l)
		for i := range t.cells {
			if line := g.modelOf(t, i); len(line) > 0 {
				modelled = true
				f.addModel(g.aspect, &t.cells[i], line)
				p.Add(modelLine(p, line, t, l))
			}
		}
		panels, all = append(panels, p), append(all, of)
	}
	if modelled {
		f.legend = append(f.legend, legendEntry{label: "fluid model",
			line: l.modelPen().line(l.thin * 1.4)})
	}
	columns := min(len(panels), 2)
	if l.grows {
		columns = 1
	}
	f.setPanels(panels, columns)
	f.about = about{notes: t.notes, intervals: noBands,
		n: func(c cell) string { return plural(len(c.Seeds), "run") }}
	f.about.shows = fmt.Sprintf("Lines: means over the seeds, in bins of %s.", seconds(t.width))
	for _, s := range t.cells {
		f.about.cells = append(f.about.cells, s.cell)
		if len(s.cell.Seeds) >= bandSeeds {
			f.about.intervals = "95 % confidence, Student's t over the seeds that have the bin"
		}
	}
	if f.about.intervals != noBands {
		f.about.shows += " Bands: 95 % interval over the seeds."
	}
	return f, t, all, nil
}

func (g gauge) modelOf(t *tides, cell int) plotter.XYs {
	if g.model == nil {
		return nil
	}
	return g.model(t, cell)
}

// modelLine is the model's course in the units of a panel, for which it makes room.
func modelLine(p *plot.Plot, line plotter.XYs, t *tides, l look) polyline {
	unit, _ := clock(t.width * float64(t.n))
	m := polyline{style: l.modelPen().line(l.thin * 1.4)}
	for _, at := range line {
		if x := at.X / unit; x <= p.X.Max {
			m.points = append(m.points, plotter.XY{X: x, Y: at.Y})
			p.Y.Max = max(p.Y.Max, at.Y*1.1)
		}
	}
	p.Y.Tick.Marker = roundTicks(p.Y.Min, p.Y.Max, 4, significant)
	return m
}

// addModel enters the model in the data.
func (f *figure) addModel(a aspect, s *series, line plotter.XYs) {
	for _, at := range line {
		f.data.add(s.cell.Cell, s.label, a.name+"_model", at.X, at.X, 0, at.Y, nil, nil)
	}
}

// utilisationFigure draws how much of the uplinks carries payload, over time.
func utilisationFigure(r *results, l look) (*figure, error) {
	f, t, all, err := tideFigure(r, l, []gauge{
		{aspect{"Downloaders' uplinks in use, %", "leechers_percent", 100, true},
			func(s *swarmRow) (float64, float64) {
				return 100 * float64(s.LeecherUpBytes), float64(s.LeecherUpCapacity)
			}, nil},
		{aspect{"All uplinks in use, %", "all_percent", 100, true},
			func(s *swarmRow) (float64, float64) {
				return 100 * float64(s.UpBytes), float64(s.UpCapacity)
			}, nil},
	})
	if err != nil || f.skipped != "" {
		return f, err
	}
	m := t.cells[0].cell.Metrics["swarm.utilisation"]
	f.title = "How much of the uplinks is used over time"
	if m.N > 0 {
		f.title = fmt.Sprintf("Downloading peers use %s of their uplinks; at the best time %s",
			hundredths(m.Mean), hundredths(peak(all[0][0].mean)/100))
	}
	f.about.definition = "Payload sent in the bin by what the uplinks of the peers present " +
		"could have sent. Headers of the swarm's messages and of packets are not payload."
	return f, nil
}

func peak(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			most = max(most, v)
		}
	}
	return most
}

// availabilityFigure draws how many copies of the pieces there are, over time.
func availabilityFigure(r *results, l look) (*figure, error) {
	f, t, all, err := tideFigure(r, l, []gauge{
		{aspect{"Copies of a piece, mean", "copies_mean", 0, true},
			func(s *swarmRow) (float64, float64) { return s.CopiesMean, 1 }, nil},
		{aspect{"Copies of the rarest piece", "copies_min", 0, true},
			func(s *swarmRow) (float64, float64) { return float64(s.CopiesMin), 1 }, nil},
	})
	if err != nil || f.skipped != "" {
		return f, err
	}
	first := all[1][0]
	f.title = "How many copies of the pieces there are over time"
	for bin, v := range first.mean {
		if v > t.firstSeeds(0) {
			_, to := first.bins.ends(bin)
			f.title = fmt.Sprintf("%s from the start, the seeds have given away every piece",
				timeText(to))
			break
		}
	}
	if len(t.cells) > 1 {
		f.title = bareLabel(t.cells[0].label) + ": " + f.title
	}
	f.about.definition = "Copies at the peers that are present, seeds included. With one seed " +
		"that stays, each piece has at least one; while the rarest has no other, the seed is " +
		"what limits the swarm."
	return f, nil
}

// populationFigure draws how many peers download and seed, over time, against the course of the
// fluid model.
func populationFigure(r *results, l look) (*figure, error) {
	curve := func(of func(*fluid) []float64, seeds bool) func(*tides, int) plotter.XYs {
		return func(t *tides, cell int) (line plotter.XYs) {
			m := t.cells[cell].cell.Fluid
			if m == nil {
				return nil
			}
			for n, v := range of(m) {
				if seeds {
					v += t.firstSeeds(cell)
				}
				line = append(line, plotter.XY{X: float64(n) * m.Step, Y: v})
			}
			return line
		}
	}
	f, t, _, err := tideFigure(r, l, []gauge{
		{aspect{"Peers that download", "leechers", 0, true},
			func(s *swarmRow) (float64, float64) { return float64(s.Leechers), 1 },
			curve(func(m *fluid) []float64 { return m.Leechers }, false)},
		{aspect{"Seeds", "seeds", 0, true},
			func(s *swarmRow) (float64, float64) { return float64(s.Seeds), 1 },
			curve(func(m *fluid) []float64 { return m.Seeds }, true)},
	})
	if err != nil || f.skipped != "" {
		return f, err
	}
	c := t.cells[0].cell
	f.title = "How many peers are in the swarm over time"
	if m := c.Metrics["swarm.fluid_leechers"]; m.N > 0 {
		f.title = fmt.Sprintf("%s peers are downloading in the mean; the fluid model says %s",
			significant(c.Metrics["swarm.leechers"].Mean), significant(m.Mean))
		f.about.model = "Qiu and Srikant, SIGCOMM 2004, integrated from an empty swarm on, with " +
			"the rates of arrival, of giving up and of leaving that the runs have after the " +
			"warm-up, their lines, their lasting seeds, and eta = 1. The title's means are of " +
			"the time after the warm-up, and the model's is where it comes to rest."
	}
	f.about.definition = "Seeds are peers with all pieces, those that had them from the start " +
		"included."
	return f, nil
}

// firstSeeds is how many seeds there are before anybody completes.
func (t *tides) firstSeeds(cell int) (most float64) {
	for _, rows := range t.rows[cell] {
		for i := range rows {
			if rows[i].Completed == 0 {
				most = max(most, float64(rows[i].Seeds))
			}
		}
	}
	return most
}
