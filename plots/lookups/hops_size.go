package lookups

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// An arm is a series of cells that differ in their size only.
type arm struct {
	name  string        // empty if the run has one arm
	cells []stored.Cell // by size
}

// HopsBySize draws the mean of H_contact against the number of nodes, one line an arm.
func HopsBySize(r *stored.Results, l page.Look) (*page.Figure, error) {
	arms := armsOf(r)
	if len(arms) == 0 {
		return &page.Figure{
			Skipped: "needs at least two cells that differ in their number of nodes"}, nil
	}
	var notes []string
	if len(arms) > page.SeriesMax {
		notes = append(notes, fmt.Sprintf("The run has %d series, more than one figure can show "+
			"apart: these are the first %d.", len(arms), page.SeriesMax))
		arms = arms[:page.SeriesMax]
	}
	slope := arms[0].slope(meanHops)
	f := &page.Figure{
		Title: fmt.Sprintf("Ten times the nodes cost %.2f hops more", slope),
		Plot:  l.NewPlot("Nodes", "Mean hops (H_contact)"),
		Data: page.Table{Header: []string{"cell", "label", "nodes", "lookups", "mean_hops",
			"mean_hops_ci95_low", "mean_hops_ci95_high", "mean_hops_model"}},
		About: page.About{
			Shows: "Markers: mean number of hops. Text: bits of distance a hop resolves, which " +
				"is log2(10) over the slope of a least-squares line against log10(nodes).",
			Definition: defineHContact, N: lookupsCounted, Notes: notes,
			Intervals: "none: one seed",
		},
	}
	if arms[0].name != "" {
		f.Title = fmt.Sprintf("%s: ten times the nodes cost %.2f hops more", arms[0].name, slope)
	}
	setSizeAxes(f, arms)
	addModelMeans(f, l, arms) // beneath the markers, but last in the legend
	models := f.Legend
	f.Legend = nil
	for i, a := range arms {
		addArm(f, r, l, i, a)
	}
	f.Legend = append(f.Legend, models...)
	addBitsPerHop(f, l, arms[0])
	return f, nil
}

// armsOf groups the cells with counted hops, in the order of the run. Arms of one size are left
// out.
func armsOf(r *stored.Results) []arm {
	var arms []arm
	for _, c := range r.Cells {
		if c.Metrics[stored.HopMetric].N == 0 {
			continue
		}
		name := r.Arm(c)
		i := slices.IndexFunc(arms, func(a arm) bool { return a.name == name })
		if i < 0 {
			i, arms = len(arms), append(arms, arm{name: name})
		}
		arms[i].cells = append(arms[i].cells, c)
	}
	for _, a := range arms {
		slices.SortStableFunc(a.cells, func(x, y stored.Cell) int { return x.Nodes - y.Nodes })
	}
	return slices.DeleteFunc(arms, func(a arm) bool {
		return a.cells[0].Nodes == a.cells[len(a.cells)-1].Nodes
	})
}

func meanHops(c stored.Cell) float64 { return c.Metrics[stored.HopMetric].Mean }

func modelHops(c stored.Cell) float64 { return c.Models[stored.HopMetric].Mean }

// modelled returns the arm's cells that have an analytic mean.
func (a arm) modelled() arm {
	a.cells = slices.DeleteFunc(slices.Clone(a.cells), func(c stored.Cell) bool {
		return modelHops(c) == 0
	})
	return a
}

// slope returns how much mean grows with each tenfold of the nodes, by least squares.
func (a arm) slope(mean func(stored.Cell) float64) float64 {
	var x, y []float64
	for _, c := range a.cells {
		x, y = append(x, math.Log10(float64(c.Nodes))), append(y, mean(c))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return slope
}

// line returns mean against size.
func (a arm) line(mean func(stored.Cell) float64) plotter.XYs {
	var line plotter.XYs
	for _, c := range a.cells {
		line = append(line, plotter.XY{X: float64(c.Nodes), Y: mean(c)})
	}
	return line
}

// setSizeAxes spans all sizes, and all means from 0: hops are a ratio scale.
func setSizeAxes(f *page.Figure, arms []arm) {
	low, high, top := math.Inf(1), 0.0, 0.0
	for _, a := range arms {
		for _, c := range a.cells {
			low, high = min(low, float64(c.Nodes)), max(high, float64(c.Nodes))
			top = max(top, meanHops(c), modelHops(c))
			if ci := c.Metrics[stored.HopMetric].CI95; ci != nil {
				top = max(top, ci[1])
			}
		}
	}
	low, high = low/1.4, high*1.4
	f.Plot.X.Min, f.Plot.X.Max, f.Plot.X.Scale = low, high, page.LogScale{}
	f.Plot.X.Tick.Marker = page.LogTicks(low, high, func(v float64) string {
		return number.Count(int(math.Round(v)))
	})
	f.Plot.Y.Tick.Marker = page.LinearTicks(top*1.05, number.Significant)
	ticks := f.Plot.Y.Tick.Marker.Ticks(0, 0)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, ticks[len(ticks)-1].Value
}

// addArm draws one series with its intervals, and adds it to the data.
func addArm(f *page.Figure, r *stored.Results, l page.Look, i int, a arm) {
	p := l.Pen(i)
	w := page.Whiskers{Cap: 0.8 * l.Text, Style: page.Solid(p.Color, l.Thin)}
	for _, c := range a.cells {
		m := c.Metrics[stored.HopMetric]
		low, high, model := any(nil), any(nil), any(nil)
		if m.CI95 != nil {
			low, high = m.CI95[0], m.CI95[1]
			w.X = append(w.X, float64(c.Nodes))
			w.Y = append(w.Y, number.IntervalOf(*m.CI95))
			f.About.Intervals = page.StoredIntervals
		}
		if v := modelHops(c); v > 0 {
			model = v
		}
		f.Data.Add(c.Cell, r.Label(c), c.Nodes, m.N, m.Mean, low, high, model)
		f.About.Cells = append(f.About.Cells, c)
	}
	if len(w.X) > 0 && i == 0 {
		f.About.Shows += " Whiskers: 95 % interval of the mean."
	}
	dots := l.Dots(a.line(meanHops), p, l.Radius)
	label := a.name
	if label == "" {
		label = "simulated"
	}
	entry := page.LegendEntry{Label: label, Marker: &dots}
	if len(a.modelled().cells) < 2 { // no model line leads the eye from marker to marker
		entry.Line = p.Line(l.Line)
		f.Plot.Add(page.Polyline{Points: dots.At, Style: entry.Line})
	}
	f.Plot.Add(w, dots)
	f.Legend = append(f.Legend, entry)
}

// addModelMeans draws the analytic means of every arm, as lines in one look.
func addModelMeans(f *page.Figure, l page.Look, arms []arm) {
	style := l.ModelPen().Line(l.Thin)
	for _, a := range arms {
		a = a.modelled()
		if len(a.cells) < 2 {
			continue
		}
		f.Plot.Add(page.Polyline{Points: a.line(modelHops), Style: style})
		if theory := a.cells[0].Models[stored.HopMetric]; f.About.Model == "" {
			f.Legend = append(f.Legend, page.LegendEntry{Label: theory.Name + " model",
				Line: style})
			f.About.Model = modelText(theory)
			f.About.Shows += " Dashed: analytic means (" + theory.Name + ")."
		}
	}
}

// addBitsPerHop writes the slopes of the first arm into the corner below the curves, which is empty
// because hops grow with size and the axis begins at 0.
func addBitsPerHop(f *page.Figure, l page.Look, a arm) {
	perHop := func(slope float64) string {
		if slope <= 0 {
			return "hops do not grow"
		}
		return fmt.Sprintf("%.2f bits per hop", math.Log2(10)/slope)
	}
	lines := []string{"simulated: " + perHop(a.slope(meanHops))}
	if m := a.modelled(); len(m.cells) > 1 {
		theory := m.cells[0].Models[stored.HopMetric]
		lines = append(lines, theory.Name+" model: "+perHop(m.slope(modelHops)))
		if theory.BitsPerHop > 0 {
			lines = append(lines, fmt.Sprintf("single path: %.2f bits per hop", theory.BitsPerHop))
			f.About.Notes = append(f.About.Notes, "\"Single path\" is what one hop resolves "+
				"without parallel requests: Stutzbach and Rejaie, \"Improving lookup performance "+
				"over a widely-deployed DHT\", INFOCOM 2006.")
		}
	}
	f.About.Notes = append(f.About.Notes, "Bits per hop: "+strings.Join(lines, "; ")+".")
	for i, s := range lines {
		f.Plot.Add(page.Note{
			At: plotter.XY{X: f.Plot.X.Max, Y: 0}, Text: s, Size: l.Text,
			Offset: vg.Point{
				X: -page.Width(s, l.Text) - 0.5*l.Text,
				Y: (0.4 + 1.3*vg.Length(len(lines)-1-i)) * l.Text,
			},
			Color: l.Ink, Ground: page.Faded(l.Background, 0.8),
		})
	}
}
