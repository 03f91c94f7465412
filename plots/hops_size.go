package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// An arm is a series of cells that differ in their size only.
type arm struct {
	name  string // empty if the run has one arm
	cells []cell // by size
}

// hopsBySize draws the mean of H_contact against the number of nodes, one line an arm.
func hopsBySize(r *results, l look) (*figure, error) {
	arms := r.arms()
	if len(arms) == 0 {
		return &figure{
			skipped: "needs at least two cells that differ in their number of nodes"}, nil
	}
	var notes []string
	if len(arms) > seriesMax {
		notes = append(notes, fmt.Sprintf("The run has %d series, more than one figure can show "+
			"apart: these are the first %d.", len(arms), seriesMax))
		arms = arms[:seriesMax]
	}
	slope := arms[0].slope(meanHops)
	f := &figure{
		title: fmt.Sprintf("Ten times the nodes cost %.2f hops more", slope),
		plot:  l.newPlot("Nodes", "Mean hops (H_contact)"),
		data: table{header: []string{"cell", "label", "nodes", "lookups", "mean_hops",
			"mean_hops_ci95_low", "mean_hops_ci95_high", "mean_hops_model"}},
		about: about{
			shows: "Markers: mean number of hops. Text: bits of distance a hop resolves, which " +
				"is log2(10) over the slope of a least-squares line against log10(nodes).",
			definition: defineHContact, n: lookupsCounted(hopMetric), notes: notes,
			intervals: "none: one seed",
		},
	}
	if arms[0].name != "" {
		f.title = fmt.Sprintf("%s: ten times the nodes cost %.2f hops more", arms[0].name, slope)
	}
	f.setSizeAxes(arms)
	f.addModelMeans(l, arms) // beneath the markers, but last in the legend
	models := f.legend
	f.legend = nil
	for i, a := range arms {
		f.addArm(r, l, i, a)
	}
	f.legend = append(f.legend, models...)
	f.addBitsPerHop(l, arms[0])
	return f, nil
}

// arms groups the cells with counted hops, in the order of the run. Arms of one size are left out.
func (r *results) arms() []arm {
	var arms []arm
	for _, c := range r.Cells {
		if c.Metrics[hopMetric].N == 0 {
			continue
		}
		name := r.arm(c)
		i := slices.IndexFunc(arms, func(a arm) bool { return a.name == name })
		if i < 0 {
			i, arms = len(arms), append(arms, arm{name: name})
		}
		arms[i].cells = append(arms[i].cells, c)
	}
	for _, a := range arms {
		slices.SortStableFunc(a.cells, func(x, y cell) int { return x.Nodes - y.Nodes })
	}
	return slices.DeleteFunc(arms, func(a arm) bool {
		return a.cells[0].Nodes == a.cells[len(a.cells)-1].Nodes
	})
}

func meanHops(c cell) float64  { return c.Metrics[hopMetric].Mean }
func modelHops(c cell) float64 { return c.Models[hopMetric].Mean }

// modelled returns the arm's cells that have an analytic mean.
func (a arm) modelled() arm {
	a.cells = slices.DeleteFunc(slices.Clone(a.cells), func(c cell) bool {
		return modelHops(c) == 0
	})
	return a
}

// slope returns how much mean grows with each tenfold of the nodes, by least squares.
func (a arm) slope(mean func(cell) float64) float64 {
	var x, y []float64
	for _, c := range a.cells {
		x, y = append(x, math.Log10(float64(c.Nodes))), append(y, mean(c))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return slope
}

// line returns mean against size.
func (a arm) line(mean func(cell) float64) plotter.XYs {
	var line plotter.XYs
	for _, c := range a.cells {
		line = append(line, plotter.XY{X: float64(c.Nodes), Y: mean(c)})
	}
	return line
}

// setSizeAxes spans all sizes, and all means from 0: hops are a ratio scale.
func (f *figure) setSizeAxes(arms []arm) {
	low, high, top := math.Inf(1), 0.0, 0.0
	for _, a := range arms {
		for _, c := range a.cells {
			low, high = min(low, float64(c.Nodes)), max(high, float64(c.Nodes))
			top = max(top, meanHops(c), modelHops(c))
			if ci := c.Metrics[hopMetric].CI95; ci != nil {
				top = max(top, ci[1])
			}
		}
	}
	low, high = low/1.4, high*1.4
	f.plot.X.Min, f.plot.X.Max, f.plot.X.Scale = low, high, logScale{}
	f.plot.X.Tick.Marker = logTicks(low, high, func(v float64) string {
		return count(int(math.Round(v)))
	})
	f.plot.Y.Tick.Marker = linearTicks(top*1.05, significant)
	ticks := f.plot.Y.Tick.Marker.Ticks(0, 0)
	f.plot.Y.Min, f.plot.Y.Max = 0, ticks[len(ticks)-1].Value
}

// addArm draws one series with its intervals, and adds it to the data.
func (f *figure) addArm(r *results, l look, i int, a arm) {
	p := l.pen(i)
	w := whiskers{cap: 0.8 * l.text, style: solid(p.color, l.thin)}
	for _, c := range a.cells {
		m := c.Metrics[hopMetric]
		low, high, model := any(nil), any(nil), any(nil)
		if m.CI95 != nil {
			low, high = m.CI95[0], m.CI95[1]
			w.x = append(w.x, float64(c.Nodes))
			w.y = append(w.y, intervalOf(*m.CI95))
			f.about.intervals = storedIntervals
		}
		if v := modelHops(c); v > 0 {
			model = v
		}
		f.data.add(c.Cell, r.label(c), c.Nodes, m.N, m.Mean, low, high, model)
		f.about.cells = append(f.about.cells, c)
	}
	if len(w.x) > 0 && i == 0 {
		f.about.shows += " Whiskers: 95 % interval of the mean."
	}
	dots := l.dots(a.line(meanHops), p, l.radius)
	label := a.name
	if label == "" {
		label = "simulated"
	}
	entry := legendEntry{label: label, marker: &dots}
	if len(a.modelled().cells) < 2 { // no model line leads the eye from marker to marker
		entry.line = p.line(l.line)
		f.plot.Add(polyline{points: dots.at, style: entry.line})
	}
	f.plot.Add(w, dots)
	f.legend = append(f.legend, entry)
}

// addModelMeans draws the analytic means of every arm, as lines in one look.
func (f *figure) addModelMeans(l look, arms []arm) {
	style := l.modelPen().line(l.thin)
	for _, a := range arms {
		a = a.modelled()
		if len(a.cells) < 2 {
			continue
		}
		f.plot.Add(polyline{points: a.line(modelHops), style: style})
		if theory := a.cells[0].Models[hopMetric]; f.about.model == "" {
			f.legend = append(f.legend, legendEntry{label: theory.Name + " model", line: style})
			f.about.model = modelText(theory)
			f.about.shows += " Dashed: analytic means (" + theory.Name + ")."
		}
	}
}

// addBitsPerHop writes the slopes of the first arm into the corner below the curves, which is empty
// because hops grow with size and the axis begins at 0.
func (f *figure) addBitsPerHop(l look, a arm) {
	perHop := func(slope float64) string {
		if slope <= 0 {
			return "hops do not grow"
		}
		return fmt.Sprintf("%.2f bits per hop", math.Log2(10)/slope)
	}
	lines := []string{"simulated: " + perHop(a.slope(meanHops))}
	if m := a.modelled(); len(m.cells) > 1 {
		theory := m.cells[0].Models[hopMetric]
		lines = append(lines, theory.Name+" model: "+perHop(m.slope(modelHops)))
		if theory.BitsPerHop > 0 {
			lines = append(lines, fmt.Sprintf("single path: %.2f bits per hop", theory.BitsPerHop))
			f.about.notes = append(f.about.notes, "\"Single path\" is what one hop resolves "+
				"without parallel requests: Stutzbach and Rejaie, \"Improving lookup performance "+
				"over a widely-deployed DHT\", INFOCOM 2006.")
		}
	}
	f.about.notes = append(f.about.notes, "Bits per hop: "+strings.Join(lines, "; ")+".")
	for i, s := range lines {
		f.plot.Add(note{
			at: plotter.XY{X: f.plot.X.Max, Y: 0}, text: s, size: l.text,
			offset: vg.Point{
				X: -width(s, l.text) - 0.5*l.text,
				Y: (0.4 + 1.3*vg.Length(len(lines)-1-i)) * l.text,
			},
			color: l.ink, ground: faded(l.background, 0.8),
		})
	}
}
