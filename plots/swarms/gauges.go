package swarms

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/course"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A gauge is what one panel shows of swarms over time.
type gauge struct {
	course.Aspect
	of func(*sampleRow) (above, below float64)
	// model is what theory says of a cell over time in s, in the panel's unit; nil: nothing.
	model func(t *tides, cell int) plotter.XYs
}

const noBands = "none: fewer than three seeds"

// tideFigure draws gauges over the time of the run.
func tideFigure(
	r *stored.Results, l page.Look, gauges []gauge,
) (*page.Figure, *tides, [][]course.Flow, error) {
	if ok, err := r.Has(swarmFile); err != nil || !ok {
		return &page.Figure{Skipped: noSwarm}, nil, nil, err
	}
	t, err := readTides(r)
	if err != nil {
		return nil, nil, nil, err
	}
	if t.n == 0 {
		return &page.Figure{Skipped: "the runs ended before a second look at the swarm"}, nil, nil,
			nil
	}
	f := &page.Figure{
		Line: 6.6 * l.Text,
		Data: page.Table{Header: []string{"cell", "label", "quantity", "from_s", "to_s", "seeds",
			"mean", "ci95_low", "ci95_high"}},
		Legend: l.Key(t.cells),
	}
	var panels []*plot.Plot
	var all [][]course.Flow
	modelled := false
	for _, g := range gauges {
		of := t.flow(g.of)
		course.AddFlows(f, g.Aspect, of)
		p := g.Panel(of, l)
		for i := range t.cells {
			if line := g.modelOf(t, i); len(line) > 0 {
				modelled = true
				addModel(f, g.Aspect, &t.cells[i], line)
				p.Add(modelLine(p, line, t, l))
			}
		}
		panels, all = append(panels, p), append(all, of)
	}
	if modelled {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "fluid model",
			Line: l.ModelPen().Line(l.Thin * 1.4)})
	}
	columns := min(len(panels), 2)
	if l.Grows {
		columns = 1
	}
	f.SetPanels(panels, columns)
	f.About = page.About{Notes: t.notes, Intervals: noBands,
		N: func(c stored.Cell) string { return number.Plural(len(c.Seeds), "run") }}
	f.About.Shows = fmt.Sprintf("Lines: means over the seeds, in bins of %s.",
		number.Seconds(t.width))
	for _, s := range t.cells {
		f.About.Cells = append(f.About.Cells, s.Cell)
		if len(s.Cell.Seeds) >= number.BandSeeds {
			f.About.Intervals = "95 % confidence, Student's t over the seeds that have the bin"
		}
	}
	if f.About.Intervals != noBands {
		f.About.Shows += " Bands: 95 % interval over the seeds."
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
func modelLine(p *plot.Plot, line plotter.XYs, t *tides, l page.Look) page.Polyline {
	unit, _ := number.Clock(t.width * float64(t.n))
	m := page.Polyline{Style: l.ModelPen().Line(l.Thin * 1.4)}
	for _, at := range line {
		if x := at.X / unit; x <= p.X.Max {
			m.Points = append(m.Points, plotter.XY{X: x, Y: at.Y})
			p.Y.Max = max(p.Y.Max, at.Y*1.1)
		}
	}
	p.Y.Tick.Marker = page.RoundTicks(p.Y.Min, p.Y.Max, 4, number.Significant)
	return m
}

// addModel enters the model in the data.
func addModel(f *page.Figure, a course.Aspect, s *page.Series, line plotter.XYs) {
	for _, at := range line {
		f.Data.Add(s.Cell.Cell, s.Label, a.Name+"_model", at.X, at.X, 0, at.Y, nil, nil)
	}
}

// Utilisation draws how much of the uplinks carries payload, over time.
func Utilisation(r *stored.Results, l page.Look) (*page.Figure, error) {
	f, t, all, err := tideFigure(r, l, []gauge{
		{course.Aspect{Heading: "Downloaders' uplinks in use, %", Name: "leechers_percent",
			Most: 100, Zero: true},
			func(s *sampleRow) (float64, float64) {
				return 100 * float64(s.LeecherUpBytes), float64(s.LeecherUpCapacity)
			}, nil},
		{course.Aspect{Heading: "All uplinks in use, %", Name: "all_percent", Most: 100,
			Zero: true},
			func(s *sampleRow) (float64, float64) {
				return 100 * float64(s.UpBytes), float64(s.UpCapacity)
			}, nil},
	})
	if err != nil || f.Skipped != "" {
		return f, err
	}
	m := t.cells[0].Cell.Metrics["swarm.utilisation"]
	f.Title = "How much of the uplinks is used over time"
	if m.N > 0 {
		f.Title = fmt.Sprintf("Downloading peers use %s of their uplinks; at the best time %s",
			hundredths(m.Mean), hundredths(peak(all[0][0].Mean)/100))
	}
	f.About.Definition = "Payload sent in the bin by what the uplinks of the peers present " +
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

// Availability draws how many copies of the pieces there are, over time.
func Availability(r *stored.Results, l page.Look) (*page.Figure, error) {
	f, t, all, err := tideFigure(r, l, []gauge{
		{course.Aspect{Heading: "Copies of a piece, mean", Name: "copies_mean", Most: 0,
			Zero: true},
			func(s *sampleRow) (float64, float64) { return s.CopiesMean, 1 }, nil},
		{course.Aspect{Heading: "Copies of the rarest piece", Name: "copies_min", Most: 0,
			Zero: true},
			func(s *sampleRow) (float64, float64) { return float64(s.CopiesMin), 1 }, nil},
	})
	if err != nil || f.Skipped != "" {
		return f, err
	}
	first := all[1][0]
	f.Title = "How many copies of the pieces there are over time"
	for bin, v := range first.Mean {
		if v > t.firstSeeds(0) {
			_, to := first.Bins.Ends(bin)
			f.Title = fmt.Sprintf("%s from the start, the seeds have given away every piece",
				timeText(to))
			break
		}
	}
	if len(t.cells) > 1 {
		f.Title = bareLabel(t.cells[0].Label) + ": " + f.Title
	}
	f.About.Definition = "Copies at the peers that are present, seeds included. With one seed " +
		"that stays, each piece has at least one; while the rarest has no other, the seed is " +
		"what limits the swarm."
	return f, nil
}

// Population draws how many peers download and seed, over time, against the course of the
// fluid model.
func Population(r *stored.Results, l page.Look) (*page.Figure, error) {
	curve := func(of func(*stored.Fluid) []float64, seeds bool) func(*tides, int) plotter.XYs {
		return func(t *tides, cell int) (line plotter.XYs) {
			m := t.cells[cell].Cell.Fluid
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
		{course.Aspect{Heading: "Peers that download", Name: "leechers", Most: 0, Zero: true},
			func(s *sampleRow) (float64, float64) { return float64(s.Leechers), 1 },
			curve(func(m *stored.Fluid) []float64 { return m.Leechers }, false)},
		{course.Aspect{Heading: "Seeds", Name: "seeds", Most: 0, Zero: true},
			func(s *sampleRow) (float64, float64) { return float64(s.Seeds), 1 },
			curve(func(m *stored.Fluid) []float64 { return m.Seeds }, true)},
	})
	if err != nil || f.Skipped != "" {
		return f, err
	}
	c := t.cells[0].Cell
	f.Title = "How many peers are in the swarm over time"
	if m := c.Metrics["swarm.fluid_leechers"]; m.N > 0 {
		f.Title = fmt.Sprintf("%s peers are downloading in the mean; the fluid model says %s",
			number.Significant(c.Metrics["swarm.leechers"].Mean), number.Significant(m.Mean))
		f.About.Model = "Qiu and Srikant, SIGCOMM 2004, integrated from an empty swarm on, with " +
			"the rates of arrival, of giving up and of leaving that the runs have after the " +
			"warm-up, their lines, their lasting seeds, and eta = 1. The title's means are of " +
			"the time after the warm-up, and the model's is where it comes to rest."
	}
	f.About.Definition = "Seeds are peers with all pieces, those that had them from the start " +
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
