package accounts

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A strand is one metric of several cells over another quantity: the cells of a sweep that differ
// in one setting only.
type strand struct {
	label string
	cells []stored.Cell // by x
	x     []float64
}

// strandsOf puts together the cells that have the same settings but for those of which along says
// that they are the way along the curve. What x says is not a number is left out. A strand is named
// by how users cheat, and by what else differs from the first cell.
func strandsOf(
	r *stored.Results, along func(path string) bool, x func(*stored.Cell) float64,
) (all []strand) {
	place := map[string]int{}
	for i := range r.Cells {
		c := &r.Cells[i]
		at := x(c)
		if math.IsNaN(at) {
			continue
		}
		cheat, settings := told(r, c, along, func(key, value string) bool {
			return value != fmt.Sprint(r.Cells[0].Set[key])
		})
		label := strings.Join(append(cheat, settings...), ", ")
		n, known := place[label]
		if !known {
			n = len(all)
			place[label], all = n, append(all, strand{label: label})
		}
		all[n].cells, all[n].x = append(all[n].cells, *c), append(all[n].x, at)
	}
	for i := range all {
		all[i].sort()
		if len(all) > 1 && all[i].label == "" {
			all[i].label = unsaid(r, along)
		}
	}
	return all
}

// told are the ways to cheat in a cell, and those settings, not along a strand, that say so.
func told(
	r *stored.Results, c *stored.Cell, along func(path string) bool,
	says func(key, value string) bool,
) (cheat, settings []string) {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		switch value := fmt.Sprint(c.Set[key]); {
		case !r.Varies(key) || along(key):
		case isCheatSetting(key):
			cheat = append(cheat, cheatOfMix(value))
		case says(key, value):
			settings = append(settings, stored.ShortName(c.Set, key)+" "+presetOf(value))
		}
	}
	return cheat, settings
}

// unsaid are the settings of the first cell, which names of strands leave out.
func unsaid(r *stored.Results, along func(path string) bool) string {
	_, settings := told(r, &r.Cells[0], along, func(string, string) bool { return true })
	return strings.Join(settings, ", ")
}

// unsaidNote says what names of strands leave out, if anything.
func unsaidNote(r *stored.Results, along func(path string) bool) []string {
	if text := unsaid(r, along); text != "" {
		return []string{"Where a curve's name does not say otherwise: " + text + "."}
	}
	return nil
}

// presetOf is the name of the preset that a setting is made from, or else its value.
func presetOf(value string) string {
	if rest, ok := strings.CutPrefix(value, "{preset: "); ok {
		name, _, _ := strings.Cut(rest, ",")
		return strings.TrimSuffix(name, "}")
	}
	return value
}

// sort orders the cells by x.
func (o *strand) sort() {
	order := make([]int, len(o.x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(o.x[a], o.x[b]) })
	sorted := strand{label: o.label}
	for _, i := range order {
		sorted.cells, sorted.x = append(sorted.cells, o.cells[i]), append(sorted.x, o.x[i])
	}
	*o = sorted
}

// A measuring is what is drawn of a metric: the mean over seeds, perhaps turned.
type measuring struct {
	metric string
	of     func(float64) float64 // what is drawn of it
}

func (m measuring) at(c *stored.Cell) (v float64, ci number.Interval, sure bool) {
	found, ok := c.Metrics[m.metric]
	if !ok || found.N == 0 {
		return math.NaN(), number.Interval{}, false
	}
	if found.CI95 != nil && len(c.Seeds) >= number.BandSeeds {
		a, b := m.of(found.CI95[0]), m.of(found.CI95[1])
		ci, sure = number.Interval{Low: min(a, b), High: max(a, b)}, true
	}
	return m.of(found.Mean), ci, sure
}

// addStrand draws a curve with marks and whiskers, and enters it in the data. Places along x are
// those of the ruler.
func addStrand(
	f *page.Figure, p *plot.Plot, l page.Look, o *strand, m measuring, pen page.Pen,
	x, y page.Ruler,
) {
	var line plotter.XYs
	w := page.Whiskers{Cap: 0.5 * l.Text, Style: page.Solid(pen.Color, l.Thin)}
	for i := range o.cells {
		v, ci, sure := m.at(&o.cells[i])
		if math.IsNaN(v) {
			continue
		}
		low, high := any(nil), any(nil)
		if sure {
			low, high = ci.Low, ci.High
			w.X, w.Y = append(w.X, x.At(o.x[i])), append(w.Y, y.Clip(ci))
		}
		f.Data.Add(o.cells[i].Cell, o.label, m.metric, o.x[i], v, low, high)
		line = append(line, plotter.XY{X: x.At(o.x[i]), Y: y.At(min(max(v, y.Low), y.High))})
	}
	p.Add(w, page.Polyline{Points: line, Style: pen.Line(l.Line)}, l.Dots(line, pen, l.Radius))
}

// strandTable is the data of such figures.
func strandTable(x string) page.Table {
	return page.Table{Header: []string{"cell", "label", "metric", x, "value", "ci95_low",
		"ci95_high"}}
}

const observed = "audit.M6.down."

// Observers draws how far passive observers are off by how much of the swarm they meet.
func Observers(r *stored.Results, l page.Look) (*page.Figure, error) {
	seen := func(c *stored.Cell) float64 {
		if m, ok := c.Metrics[observed+"coverage"]; ok && m.N > 0 {
			return m.Mean
		}
		return math.NaN()
	}
	along := func(path string) bool { return strings.HasSuffix(path, stored.SizeSetting) }
	all := strandsOf(r, along, seen)
	if len(all) == 0 {
		return &page.Figure{Skipped: "nobody observed the swarm"}, nil
	}
	more := len(all) - page.SeriesMax
	all = all[:min(len(all), page.SeriesMax)]
	whole, err := observedBounds(r)
	if err != nil {
		return nil, err
	}
	f := &page.Figure{Line: 6.6 * l.Text, Data: strandTable("users_seen_share")}
	left := l.NewPanel("Downloads seen, of all that there were", "")
	right := l.NewPanel("Median error of users who were met", "")
	x := page.Ruler{Log: false, Low: 0, High: 1}
	for _, p := range []*plot.Plot{left, right} {
		x.Set(&p.X, page.LinearTicks(1, number.Percent))
	}
	addWhole(f, left, l, all, whole)
	addMet(f, right, l, all, x)
	columns := 2
	if l.Grows {
		columns = 1
	}
	f.SetPanels([]*plot.Plot{left, right}, columns)
	for _, p := range []*plot.Plot{left, right} {
		p.X.Label.Text = "Share of users that observers met"
	}
	if len(all) > 1 {
		for i := range all {
			pen := l.Pen(i)
			f.Legend = append(f.Legend, page.LegendEntry{Label: all[i].label,
				Line:   pen.Line(l.Line),
				Marker: l.Sample(pen)})
		}
	}
	if len(whole) > 0 {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "bands: what is sure and possible"})
	}
	f.Title = observersTitle(all)
	f.About = observersAbout(all)
	f.About.Notes = append(f.About.Notes, unsaidNote(r, along)...)
	if more > 0 {
		f.About.Notes = append(f.About.Notes, number.Plural(more, "curve")+" more are not shown.")
	}
	return f, nil
}

// addWhole draws the estimate of all downloads, with its bounds, against the dashed line on which
// what is missing are the users whom nobody met.
func addWhole(
	f *page.Figure, p *plot.Plot, l page.Look, all []strand, bounds map[int]number.Interval,
) {
	m := measuring{observed + "bias", func(v float64) float64 { return 1 + v }}
	y := page.Ruler{Log: false, Low: 0, High: 1.1}
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); !math.IsNaN(v) {
				y.High = max(y.High, min(v*1.06, 3))
			}
		}
	}
	y.Set(&p.Y, page.LinearTicks(y.High, number.Percent))
	p.Y.Max = y.High
	p.Add(page.Polyline{Points: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}},
		Style: l.ModelPen().Line(l.Thin)})
	for i := range all {
		o, pen := &all[i], l.Pen(i)
		strip := page.Ribbon{Fill: page.Faded(pen.Color, 0.25)}
		for k := range o.cells {
			b, ok := bounds[o.cells[k].Cell]
			if !ok {
				continue
			}
			strip.X, strip.Y = append(strip.X, o.x[k]), append(strip.Y, b)
			f.Data.Add(o.cells[k].Cell, o.label, "bounds of the whole swarm's download", o.x[k],
				nil, b.Low, b.High)
		}
		p.Add(strip)
		addStrand(f, p, l, o, m, pen, page.Ruler{Log: false, Low: 0, High: 1}, y)
	}
}

// addMet draws the error of single users.
func addMet(f *page.Figure, p *plot.Plot, l page.Look, all []strand, x page.Ruler) {
	m := measuring{observed + "median", func(v float64) float64 { return v }}
	low, high := math.Inf(1), 0.0
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	y := page.Ruler{Log: false, Low: 0, High: max(high*1.1, 0.01)}
	if high > 20*low {
		y = page.Ruler{Log: true, Low: low / 1.5, High: high * 1.5}
		y.Set(&p.Y, page.LogTicks(y.Low, y.High, number.Percent))
	} else {
		y.Set(&p.Y, page.LinearTicks(y.High, number.Percent))
	}
	for i := range all {
		addStrand(f, p, l, &all[i], m, l.Pen(i), x, y)
	}
}

// observedBounds are the bounds that observers know of the download of the whole swarm, by the
// truth: means over the runs of each cell.
func observedBounds(r *stored.Results) (map[int]number.Interval, error) {
	if ok, err := r.Has(accountsFile); err != nil || !ok {
		return nil, err
	}
	low, high := make([]float64, len(r.Cells)), make([]float64, len(r.Cells))
	truth := make([]float64, len(r.Cells))
	err := stored.Scan(r, accountsFile, func(row *accountRow) error {
		i, _, err := r.Place(row.Cell, row.Seed)
		if err != nil || row.Method != "M6" {
			return err
		}
		truth[i] += float64(row.Down)
		if row.DownSeen {
			low[i], high[i] = low[i]+row.DownLow, high[i]+row.DownHigh
		}
		return nil
	})
	bounds := map[int]number.Interval{}
	for i, c := range r.Cells {
		if truth[i] > 0 {
			bounds[c.Cell] = number.Interval{Low: low[i] / truth[i], High: high[i] / truth[i]}
		}
	}
	return bounds, err
}

// observersTitle tells the error of the cell in which most users are met.
func observersTitle(all []strand) string {
	o := &all[0]
	last := len(o.x) - 1
	m, ok := o.cells[last].Metrics[observed+"median"]
	if !ok || m.N == 0 {
		return "What passive observers see of downloads"
	}
	text := fmt.Sprintf("Observers who meet %s of the users have half of their downloads right "+
		"to %s", percentWhole(o.x[last]), roughShare(m.Mean))
	if o.label != "" {
		text += " (" + o.label + ")"
	}
	return text
}

func percentWhole(v float64) string {
	return number.Significant(math.Floor(100*v+1e-9)) +
		"\u00A0%"
}

func observersAbout(all []strand) page.About {
	a := page.About{
		Shows: "Left: what observers saw all users download, by what these did; users whom " +
			"nobody met count with nothing, as on the dashed line; bands are the bounds that " +
			"observers know, from what is sure to what is possible. Right: the median relative " +
			"error of users who were met. Whiskers: 95 % intervals.",
		Definition: "Passive observation, M6: pieces gained while an observer was looking, " +
			"from bitfields and haves. The truth is payload delivered to a user, in the " +
			"network's books.",
		Intervals: page.StoredIntervals,
		N:         func(c stored.Cell) string { return number.Plural(len(c.Seeds), "run") },
	}
	for _, o := range all {
		a.Cells = append(a.Cells, o.cells...)
	}
	return a
}
