package plots

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
)

// hopHistogram draws the share of lookups by H_contact in the first cell, with the analytic model.
func hopHistogram(r *results, l look) (*figure, error) {
	c := r.Cells[0]
	m := c.Metrics[hopMetric]
	if m.N == 0 || len(m.CDF) == 0 {
		return noHops(c), nil
	}
	theory, hasModel := c.Models[hopMetric]
	simulated, modelled := shares(m.CDF), shares(theory.CDF)
	last := lastHop(m.CDF, theory.CDF)

	f := &figure{
		title: fmt.Sprintf("%s: %s hops on average",
			plural(c.Nodes, "node"), significant(m.Mean)),
		plot: l.newPlot("Hops to the target (H_contact)", "Share of lookups"),
		data: table{header: []string{"cell", "nodes", "hops", "share_simulated",
			"share_ci95_low", "share_ci95_high", "share_model"}},
	}
	bySeed, err := r.hopSharesBySeed(0, max(len(simulated), len(modelled)))
	if err != nil {
		return nil, err
	}
	var columns, theoryAt plotter.XYs
	var spread whiskers
	top := 0.0
	for h := 1; h <= max(len(simulated), len(modelled)); h++ {
		low, high, model := any(nil), any(nil), any(nil)
		if i, ok := interval95(bySeed[h-1]); ok {
			i = i.clamp()
			low, high, top = i.low, i.high, max(top, i.high)
			if h <= last && i.high-i.low > 0.004 { // else the caps would pass for a bar
				spread.x, spread.y = append(spread.x, float64(h)), append(spread.y, i)
			}
		}
		if hasModel {
			model = at(modelled, h)
		}
		if h <= last {
			columns = append(columns, plotter.XY{X: float64(h), Y: at(simulated, h)})
			theoryAt = append(theoryAt, plotter.XY{X: float64(h), Y: at(modelled, h)})
		}
		top = max(top, at(simulated, h), at(modelled, h))
		f.data.add(c.Cell, c.Nodes, h, at(simulated, h), low, high, model)
	}

	yTicks := linearTicks(top*1.02, percent)
	f.plot.X.Min, f.plot.X.Max = 0.4, float64(last)+0.6
	f.plot.X.Tick.Marker = integerTicks(1, last, 12)
	f.plot.Y.Min, f.plot.Y.Max = 0, yTicks[len(yTicks)-1].Value
	f.plot.Y.Tick.Marker = yTicks

	blue := l.pen(0).color
	spread.style = solid(l.ink, l.thin*0.8)
	spread.cap = 2.4 * l.text // wider than a marker, which may lie on it
	f.plot.Add(bars{columns, 0.72, blue}, spread)
	f.legend = []legendEntry{{label: "simulated, mean " + hopMean(m.Mean), fill: blue}}
	if hasModel {
		f.addHopModel(l, theory, theoryAt)
	}
	f.about = hopHistogramAbout(r, c, hasModel, theory, last, len(bySeed[0]) > 1)
	return f, nil
}

// addHopModel lays the model's shares over the bars, as markers on a line. It shares the second
// colour with nothing else in the figure.
func (f *figure) addHopModel(l look, theory model, shares plotter.XYs) {
	p := l.pen(1)
	style := p.line(l.line * 0.8)
	dots := l.dots(shares, p, l.radius)
	f.plot.Add(polyline{points: shares, style: style}, dots)
	f.legend = append(f.legend, legendEntry{
		label: theory.Name + " model, mean " + hopMean(theory.Mean), line: style, marker: &dots})
}

func hopHistogramAbout(
	r *results, c cell, hasModel bool, theory model, last int, spread bool,
) about {
	a := about{
		shows: "Bars: share of the lookups that reached their target with that many hops.",
		definition: defineHContact + " Lookups to which it does not apply (0 hops, not found) " +
			"are left out.",
		cells:     []cell{c},
		n:         lookupsCounted(hopMetric),
		intervals: "none: one seed",
	}
	if spread {
		a.shows += " Whiskers: 95 % interval of the share, where it is wide enough to be seen."
		a.intervals = overSeeds
	}
	if hasModel {
		a.shows += " Line with markers: the analytic model."
		a.model = modelText(theory)
	}
	if len(r.Cells) > 1 {
		a.notes = append(a.notes, fmt.Sprintf("This is the first of %d cells.", len(r.Cells)))
	}
	if len(c.Metrics[hopMetric].CDF) > last {
		a.notes = append(a.notes, fmt.Sprintf(
			"More than %s: less than 0.01 %% of the lookups, not drawn.", plural(last, "hop")))
	}
	return a
}

// noHops says why there is nothing to draw.
func noHops(c cell) *figure {
	return &figure{
		skipped: fmt.Sprintf("cell %d counted no hops (%s has n = 0)", c.Cell, hopMetric)}
}

// modelText names a model and its source, where it is known.
func modelText(m model) string {
	if m.Name == "Roos-Salah-Strufe" {
		return m.Name + ": " + roosModel
	}
	return m.Name
}

// lookupsCounted prints how many observations of the metric a cell has.
func lookupsCounted(name string) func(cell) string {
	return func(c cell) string { return plural(c.Metrics[name].N, "lookup") }
}

// hopMean prints a mean number of hops with the precision at which models differ.
func hopMean(mean float64) string { return fmt.Sprintf("%.3f", mean) }

// shares turns P(H <= h) into P(H = h), h = 1, 2...
func shares(cdf []float64) []float64 {
	out := make([]float64, len(cdf))
	for i, p := range cdf {
		out[i] = p
		if i > 0 {
			out[i] = max(0, p-cdf[i-1])
		}
	}
	return out
}

// at returns the share, or the number, of h hops.
func at[N int | float64](shares []N, h int) N {
	if h > len(shares) {
		return 0
	}
	return shares[h-1]
}

// lastHop returns the number of hops beyond which every distribution has less than 0.01 %.
func lastHop(cdfs ...[]float64) int {
	last := 1
	for _, cdf := range cdfs {
		h := 1
		for h < len(cdf) && cdf[h-1] < 0.9999 {
			h++
		}
		last = max(last, h)
	}
	return last
}

type hopRow struct {
	Cell int32  `parquet:"cell"`
	Seed uint64 `parquet:"seed"`
	Kind string `parquet:"kind"`
	Hops int32  `parquet:"hops_contact"`

	Success bool `parquet:"success"`
}

// hopSharesBySeed returns, for h = 1 to most, the share of h hops in each seed of the cell with
// this index. With one seed there is nothing to compare, and the rows are not read.
func (r *results) hopSharesBySeed(index, most int) ([][]float64, error) {
	out := make([][]float64, most)
	if len(r.Cells[index].Seeds) < 2 {
		return out, nil
	}
	all, err := r.hopCountsBySeed(index + 1)
	if err != nil {
		return nil, err
	}
	for h := range out {
		for _, c := range all[index] {
			if c[0] > 0 {
				out[h] = append(out[h], float64(at(c[1:], h+1))/float64(c[0]))
			}
		}
	}
	return out, nil
}

// hopCountsBySeed returns, of the first n cells, how many lookups of each seed had 1, 2, ... hops;
// [0] is all of them. Where no cell has two seeds the rows are not read.
func (r *results) hopCountsBySeed(n int) ([][][]int, error) {
	all, compare := make([][][]int, n), false
	for i := range all {
		all[i] = make([][]int, len(r.Cells[i].Seeds))
		for seed := range all[i] {
			all[i][seed] = []int{0}
		}
		compare = compare || len(all[i]) > 1
	}
	if !compare {
		return all, nil
	}
	return all, scanLookups(r, func(row *hopRow) error {
		cell, seed, err := r.place(row.Cell, row.Seed)
		counted := row.Kind == lookupKind && row.Success && row.Hops != 0
		if err != nil || cell >= n || !counted {
			return err
		}
		most := len(r.Cells[cell].Metrics[hopMetric].CDF)
		if row.Hops < 0 || int(row.Hops) > most {
			return fmt.Errorf("a lookup of %d hops, more than %s knows", row.Hops, summaryFile)
		}
		c := &all[cell][seed]
		for len(*c) <= int(row.Hops) {
			*c = append(*c, 0)
		}
		(*c)[0]++
		(*c)[row.Hops]++
		return nil
	})
}
