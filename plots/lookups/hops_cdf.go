package lookups

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// HopsCDF draws the cumulative share of lookups by H_contact, one staircase a cell, with the
// models.
func HopsCDF(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells := page.Shown(r)
	last := 1
	for _, c := range cells {
		if m := c.Metrics[stored.HopMetric]; m.N == 0 || len(m.CDF) == 0 {
			return noHops(c), nil
		}
		last = max(last, lastHop(c.Metrics[stored.HopMetric].CDF, c.Models[stored.HopMetric].CDF))
	}
	f := &page.Figure{
		Title: hopCDFTitle(r, cells),
		Plot:  l.NewPlot("Hops to the target (H_contact)", "Share of lookups"),
		Data: page.Table{Header: []string{"cell", "label", "nodes", "source", "hops",
			"share_at_most", "share_ci95_low", "share_ci95_high"}},
		About: page.About{
			Shows: "Staircases: share of the lookups that reached their target with at most that " +
				"many hops.",
			Definition: defineHContact, Cells: cells, N: lookupsCounted,
			Intervals: "none: one seed", Notes: page.ShownNote(r),
		},
	}
	bySeed, err := hopCountsBySeed(r, len(cells))
	if err != nil {
		return nil, err
	}
	f.Plot.X.Min, f.Plot.X.Max = 0, float64(last)+0.35
	f.Plot.X.Tick.Marker = page.IntegerTicks(0, last, 12)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, 1
	f.Plot.Y.Tick.Marker = page.LinearTicks(1, number.Percent)

	var bands, lines []plot.Plotter
	for i, c := range cells {
		p := l.Pen(i)
		p.Dashes = nil // markers tell the cells apart: dashes are the models'
		stairs := staircase(c.Metrics[stored.HopMetric].CDF, last)
		entry := page.LegendEntry{Label: cellLabel(r, cells, c), Line: p.Line(l.Line)}
		if len(cells) == 1 {
			entry.Line.Width *= 1.5 // it needs no markers, but to be seen beneath the model
		}
		spread := hopSpread(bySeed[i], len(c.Metrics[stored.HopMetric].CDF))
		bands = append(bands, spread.band(stairs, page.Faded(p.Color, 0.25)))
		lines = append(lines, page.Polyline{Points: stairs, Step: true, Style: entry.Line})
		if len(cells) > 1 {
			dots := l.Dots(onTreads(stairs, i, len(cells)), p, l.Radius)
			entry.Marker = &dots
			lines = append(lines, entry.Marker)
		}
		f.Legend = append(f.Legend, entry)
		addCDF(f, r, c, "simulated", c.Metrics[stored.HopMetric].CDF, spread)
		if len(spread) > 0 {
			f.About.Intervals = page.OverSeeds
		}
	}
	f.Plot.Add(bands...)
	f.Plot.Add(lines...)
	if f.About.Intervals == page.OverSeeds {
		f.About.Shows += " Bands: 95 % interval of the share."
	}
	addCDFModels(f, r, l, cells, last)
	return f, nil
}

// cellLabel names a cell in a legend. A lone cell is named by the title already.
func cellLabel(r *stored.Results, cells []stored.Cell, c stored.Cell) string {
	if len(cells) == 1 {
		return "simulated"
	}
	return r.Label(c)
}

// addCDFModels lays the models' staircases, all in one look, over the simulated ones.
func addCDFModels(f *page.Figure, r *stored.Results, l page.Look, cells []stored.Cell, last int) {
	style := l.ModelPen().Line(l.Thin)
	named := map[string]bool{}
	for _, c := range cells {
		theory, ok := c.Models[stored.HopMetric]
		if !ok {
			continue
		}
		stairs := staircase(theory.CDF, last)
		f.Plot.Add(page.Polyline{Points: stairs, Step: true, Style: style})
		addCDF(f, r, c, "model "+theory.Name, theory.CDF, nil)
		if !named[theory.Name] {
			named[theory.Name] = true
			f.Legend = append(f.Legend, page.LegendEntry{Label: theory.Name + " model",
				Line: style})
			f.About.Model = modelText(theory)
			f.About.Shows += " Dashed: the analytic model (" + theory.Name + ")."
		}
	}
}

// addCDF adds a curve to the figure's data.
func addCDF(
	f *page.Figure, r *stored.Results, c stored.Cell, source string, cdf []float64, s hopIntervals,
) {
	for i, p := range cdf {
		low, high := any(nil), any(nil)
		if i < len(s) {
			low, high = s[i].Low, s[i].High
		}
		f.Data.Add(c.Cell, r.Label(c), c.Nodes, source, i+1, p, low, high)
	}
}

// hopIntervals are those of the shares of at most 1, 2, ... hops; none with one seed.
type hopIntervals []number.Interval

// hopSpread works them out, up to so many hops, from the lookups of each seed by hops, [0] being
// all of them.
func hopSpread(bySeed [][]int, last int) hopIntervals {
	var all hopIntervals
	for h := 1; h <= last; h++ {
		var shares []float64
		for _, counts := range bySeed {
			sum := 0
			for _, n := range counts[1:min(h+1, len(counts))] {
				sum += n
			}
			if counts[0] > 0 {
				shares = append(shares, float64(sum)/float64(counts[0]))
			}
		}
		i, ok := number.Interval95(shares)
		if !ok {
			return nil
		}
		all = append(all, i.Clamp())
	}
	return all
}

// band follows the treads of a staircase.
func (s hopIntervals) band(stairs plotter.XYs, fill color.Color) page.Band {
	b := page.Band{Fill: fill}
	for h, at := range stairs[1:] {
		if len(s) > 0 {
			b.X, b.Y = append(b.X, at.X), append(b.Y, s[min(h, len(s)-1)])
		}
	}
	return b
}

// hopCDFTitle states within how many hops nearly all lookups end, or how the means range.
func hopCDFTitle(r *stored.Results, cells []stored.Cell) string {
	if len(cells) == 1 {
		m := cells[0].Metrics[stored.HopMetric]
		h := 0
		for h < len(m.CDF)-1 && m.CDF[h] < 0.9 {
			h++
		}
		return fmt.Sprintf("%s: %s of the lookups need at most %s",
			number.Plural(cells[0].Nodes, "node"), number.Percent(m.CDF[h]),
			number.Plural(h+1, "hop"))
	}
	low, high := cells[0], cells[0]
	for _, c := range cells {
		if c.Metrics[stored.HopMetric].Mean < low.Metrics[stored.HopMetric].Mean {
			low = c
		}
		if c.Metrics[stored.HopMetric].Mean > high.Metrics[stored.HopMetric].Mean {
			high = c
		}
	}
	return fmt.Sprintf("Mean hops: %.2f (%s) to %.2f (%s)",
		low.Metrics[stored.HopMetric].Mean, r.Label(low), high.Metrics[stored.HopMetric].Mean,
		r.Label(high))
}

// staircase returns the vertices of a CDF: (0, 0), one at each number of hops up to last, and the
// end of the last tread.
func staircase(cdf []float64, last int) plotter.XYs {
	stairs := plotter.XYs{{X: 0, Y: 0}}
	for h := 1; h <= last; h++ {
		p := 1.0
		if h <= len(cdf) {
			p = min(1, cdf[h-1])
		}
		stairs = append(stairs, plotter.XY{X: float64(h), Y: p})
	}
	end := stairs[last]
	return append(stairs, plotter.XY{X: end.X + 0.35, Y: end.Y})
}

// onTreads returns where series i of n has its markers: each series at its own place on the treads,
// so that curves which coincide are all seen.
func onTreads(stairs plotter.XYs, i, n int) plotter.XYs {
	var at plotter.XYs
	for _, v := range stairs[1 : len(stairs)-2] {
		at = append(at, plotter.XY{X: v.X + float64(i+1)/float64(n+1), Y: v.Y})
	}
	return at
}
