package plots

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// hopCDF draws the cumulative share of lookups by H_contact, one staircase a cell, with the models.
func hopCDF(r *results, l look) (*figure, error) {
	cells := r.shown()
	last := 1
	for _, c := range cells {
		if m := c.Metrics[hopMetric]; m.N == 0 || len(m.CDF) == 0 {
			return noHops(c), nil
		}
		last = max(last, lastHop(c.Metrics[hopMetric].CDF, c.Models[hopMetric].CDF))
	}
	f := &figure{
		title: hopCDFTitle(r, cells),
		plot:  l.newPlot("Hops to the target (H_contact)", "Share of lookups"),
		data: table{header: []string{"cell", "label", "nodes", "source", "hops",
			"share_at_most", "share_ci95_low", "share_ci95_high"}},
		about: about{
			shows: "Staircases: share of the lookups that reached their target with at most that " +
				"many hops.",
			definition: defineHContact, cells: cells, n: lookupsCounted(hopMetric),
			intervals: "none: one seed", notes: r.shownNote(),
		},
	}
	bySeed, err := r.hopCountsBySeed(len(cells))
	if err != nil {
		return nil, err
	}
	f.plot.X.Min, f.plot.X.Max = 0, float64(last)+0.35
	f.plot.X.Tick.Marker = integerTicks(0, last, 12)
	f.plot.Y.Min, f.plot.Y.Max = 0, 1
	f.plot.Y.Tick.Marker = linearTicks(1, percent)

	var bands, lines []plot.Plotter
	for i, c := range cells {
		p := l.pen(i)
		p.dashes = nil // markers tell the cells apart: dashes are the models'
		stairs := staircase(c.Metrics[hopMetric].CDF, last)
		entry := legendEntry{label: cellLabel(r, cells, c), line: p.line(l.line)}
		if len(cells) == 1 {
			entry.line.Width *= 1.5 // it needs no markers, but to be seen beneath the model
		}
		spread := hopSpread(bySeed[i], len(c.Metrics[hopMetric].CDF))
		bands = append(bands, spread.band(stairs, faded(p.color, 0.25)))
		lines = append(lines, polyline{stairs, true, entry.line})
		if len(cells) > 1 {
			dots := l.dots(onTreads(stairs, i, len(cells)), p, l.radius)
			entry.marker = &dots
			lines = append(lines, entry.marker)
		}
		f.legend = append(f.legend, entry)
		f.addCDF(r, c, "simulated", c.Metrics[hopMetric].CDF, spread)
		if len(spread) > 0 {
			f.about.intervals = overSeeds
		}
	}
	f.plot.Add(bands...)
	f.plot.Add(lines...)
	if f.about.intervals == overSeeds {
		f.about.shows += " Bands: 95 % interval of the share."
	}
	f.addCDFModels(r, l, cells, last)
	return f, nil
}

// cellLabel names a cell in a legend. A lone cell is named by the title already.
func cellLabel(r *results, cells []cell, c cell) string {
	if len(cells) == 1 {
		return "simulated"
	}
	return r.label(c)
}

// addCDFModels lays the models' staircases, all in one look, over the simulated ones.
func (f *figure) addCDFModels(r *results, l look, cells []cell, last int) {
	style := l.modelPen().line(l.thin)
	named := map[string]bool{}
	for _, c := range cells {
		theory, ok := c.Models[hopMetric]
		if !ok {
			continue
		}
		stairs := staircase(theory.CDF, last)
		f.plot.Add(polyline{stairs, true, style})
		f.addCDF(r, c, "model "+theory.Name, theory.CDF, nil)
		if !named[theory.Name] {
			named[theory.Name] = true
			f.legend = append(f.legend, legendEntry{label: theory.Name + " model", line: style})
			f.about.model = modelText(theory)
			f.about.shows += " Dashed: the analytic model (" + theory.Name + ")."
		}
	}
}

// addCDF adds a curve to the figure's data.
func (f *figure) addCDF(r *results, c cell, source string, cdf []float64, s hopIntervals) {
	for i, p := range cdf {
		low, high := any(nil), any(nil)
		if i < len(s) {
			low, high = s[i].low, s[i].high
		}
		f.data.add(c.Cell, r.label(c), c.Nodes, source, i+1, p, low, high)
	}
}

// hopIntervals are those of the shares of at most 1, 2, ... hops; none with one seed.
type hopIntervals []interval

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
		i, ok := interval95(shares)
		if !ok {
			return nil
		}
		all = append(all, i.clamp())
	}
	return all
}

// band follows the treads of a staircase.
func (s hopIntervals) band(stairs plotter.XYs, fill color.Color) band {
	b := band{fill: fill}
	for h, at := range stairs[1:] {
		if len(s) > 0 {
			b.x, b.y = append(b.x, at.X), append(b.y, s[min(h, len(s)-1)])
		}
	}
	return b
}

// hopCDFTitle states within how many hops nearly all lookups end, or how the means range.
func hopCDFTitle(r *results, cells []cell) string {
	if len(cells) == 1 {
		m := cells[0].Metrics[hopMetric]
		h := 0
		for h < len(m.CDF)-1 && m.CDF[h] < 0.9 {
			h++
		}
		return fmt.Sprintf("%s: %s of the lookups need at most %s",
			plural(cells[0].Nodes, "node"), percent(m.CDF[h]), plural(h+1, "hop"))
	}
	low, high := cells[0], cells[0]
	for _, c := range cells {
		if c.Metrics[hopMetric].Mean < low.Metrics[hopMetric].Mean {
			low = c
		}
		if c.Metrics[hopMetric].Mean > high.Metrics[hopMetric].Mean {
			high = c
		}
	}
	return fmt.Sprintf("Mean hops: %.2f (%s) to %.2f (%s)",
		low.Metrics[hopMetric].Mean, r.label(low), high.Metrics[hopMetric].Mean, r.label(high))
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
