package lookups

import (
	"fmt"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// Hops draws the share of lookups by H_contact in the first cell, with the analytic model.
func Hops(r *stored.Results, l page.Look) (*page.Figure, error) {
	c := r.Cells[0]
	m := c.Metrics[stored.HopMetric]
	if m.N == 0 || len(m.CDF) == 0 {
		return noHops(c), nil
	}
	theory, hasModel := c.Models[stored.HopMetric]
	simulated, modelled := shares(m.CDF), shares(theory.CDF)
	last := lastHop(m.CDF, theory.CDF)

	f := &page.Figure{
		Title: fmt.Sprintf("%s: %s hops on average",
			number.Plural(c.Nodes, "node"), number.Significant(m.Mean)),
		Plot: l.NewPlot("Hops to the target (H_contact)", "Share of lookups"),
		Data: page.Table{Header: []string{"cell", "nodes", "hops", "share_simulated",
			"share_ci95_low", "share_ci95_high", "share_model"}},
	}
	bySeed, err := hopSharesBySeed(r, 0, max(len(simulated), len(modelled)))
	if err != nil {
		return nil, err
	}
	var columns, theoryAt plotter.XYs
	var spread page.Whiskers
	top := 0.0
	for h := 1; h <= max(len(simulated), len(modelled)); h++ {
		low, high, model := any(nil), any(nil), any(nil)
		if i, ok := number.Interval95(bySeed[h-1]); ok {
			i = i.Clamp()
			low, high, top = i.Low, i.High, max(top, i.High)
			if h <= last && i.High-i.Low > 0.004 { // else the caps would pass for a bar
				spread.X, spread.Y = append(spread.X, float64(h)), append(spread.Y, i)
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
		f.Data.Add(c.Cell, c.Nodes, h, at(simulated, h), low, high, model)
	}

	yTicks := page.LinearTicks(top*1.02, number.Percent)
	f.Plot.X.Min, f.Plot.X.Max = 0.4, float64(last)+0.6
	f.Plot.X.Tick.Marker = page.IntegerTicks(1, last, 12)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, yTicks[len(yTicks)-1].Value
	f.Plot.Y.Tick.Marker = yTicks

	blue := l.Pen(0).Color
	spread.Style = page.Solid(l.Ink, l.Thin*0.8)
	spread.Cap = 2.4 * l.Text // wider than a marker, which may lie on it
	f.Plot.Add(page.Bars{At: columns, Width: 0.72, Fill: blue}, spread)
	f.Legend = []page.LegendEntry{{Label: "simulated, mean " + hopMean(m.Mean), Fill: blue}}
	if hasModel {
		addHopModel(f, l, theory, theoryAt)
	}
	f.About = hopHistogramAbout(r, c, hasModel, theory, last, len(bySeed[0]) > 1)
	return f, nil
}

// addHopModel lays the model's shares over the bars, as markers on a line. It shares the second
// colour with nothing else in the figure.
func addHopModel(f *page.Figure, l page.Look, theory stored.Model, shares plotter.XYs) {
	p := l.Pen(1)
	style := p.Line(l.Line * 0.8)
	dots := l.Dots(shares, p, l.Radius)
	f.Plot.Add(page.Polyline{Points: shares, Style: style}, dots)
	f.Legend = append(f.Legend, page.LegendEntry{
		Label: theory.Name + " model, mean " + hopMean(theory.Mean), Line: style, Marker: &dots})
}

func hopHistogramAbout(
	r *stored.Results, c stored.Cell, hasModel bool, theory stored.Model, last int, spread bool,
) page.About {
	a := page.About{
		Shows: "Bars: share of the lookups that reached their target with that many hops.",
		Definition: defineHContact + " Lookups to which it does not apply (0 hops, not found) " +
			"are left out.",
		Cells:     []stored.Cell{c},
		N:         lookupsCounted,
		Intervals: "none: one seed",
	}
	if spread {
		a.Shows += " Whiskers: 95 % interval of the share, where it is wide enough to be seen."
		a.Intervals = page.OverSeeds
	}
	if hasModel {
		a.Shows += " Line with markers: the analytic model."
		a.Model = modelText(theory)
	}
	if len(r.Cells) > 1 {
		a.Notes = append(a.Notes, fmt.Sprintf("This is the first of %d cells.", len(r.Cells)))
	}
	if len(c.Metrics[stored.HopMetric].CDF) > last {
		a.Notes = append(a.Notes, fmt.Sprintf(
			"More than %s: less than 0.01 %% of the lookups, not drawn.",
			number.Plural(last, "hop")))
	}
	return a
}

// noHops says why there is nothing to draw.
func noHops(c stored.Cell) *page.Figure {
	return &page.Figure{
		Skipped: fmt.Sprintf("cell %d counted no hops (%s has n = 0)", c.Cell, stored.HopMetric)}
}

// modelText names a model and its source, where it is known.
func modelText(m stored.Model) string {
	if m.Name == "Roos-Salah-Strufe" {
		return m.Name + ": " + roosModel
	}
	return m.Name
}

// lookupsCounted prints how many lookups of a cell have a number of hops.
func lookupsCounted(c stored.Cell) string {
	return number.Plural(c.Metrics[stored.HopMetric].N, "lookup")
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
func hopSharesBySeed(r *stored.Results, index, most int) ([][]float64, error) {
	out := make([][]float64, most)
	if len(r.Cells[index].Seeds) < 2 {
		return out, nil
	}
	all, err := hopCountsBySeed(r, index+1)
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
func hopCountsBySeed(r *stored.Results, n int) ([][][]int, error) {
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
	return all, stored.ScanLookups(r, func(row *hopRow) error {
		cell, seed, err := r.Place(row.Cell, row.Seed)
		counted := row.Kind == stored.LookupKind && row.Success && row.Hops != 0
		if err != nil || cell >= n || !counted {
			return err
		}
		most := len(r.Cells[cell].Metrics[stored.HopMetric].CDF)
		if row.Hops < 0 || int(row.Hops) > most {
			return fmt.Errorf("a lookup of %d hops, more than %s knows", row.Hops,
				stored.SummaryFile)
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

// What hops are, and the model of them, as captions say it.
const (
	defineHContact = "`H_contact` is the length of the path from the initiator to the target " +
		"node: 1 means that the initiator already had the target in its table (Roos, Salah and " +
		"Strufe, arXiv:1307.7000). The looked-up target is an existing node."
	roosModel = "Roos, Salah and Strufe, arXiv:1307.7000 (2013), and \"Determining the hop count " +
		"in Kademlia-type systems\", ICCCN 2015. It assumes full and fresh tables, uniform " +
		"samples in the buckets, no failures, and synchronous rounds."
)
