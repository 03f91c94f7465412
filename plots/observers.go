package plots

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// A strand is one metric of several cells over another quantity: the cells of a sweep that differ
// in one setting only.
type strand struct {
	label string
	cells []cell // by x
	x     []float64
}

// strands puts together the cells that have the same settings but for those of which along says
// that they are the way along the curve. What x says is not a number is left out. A strand is named
// by how users cheat, and by what else differs from the first cell.
func (r *results) strands(along func(path string) bool, x func(*cell) float64) (all []strand) {
	place := map[string]int{}
	for i := range r.Cells {
		c := &r.Cells[i]
		at := x(c)
		if math.IsNaN(at) {
			continue
		}
		cheat, settings := r.told(c, along, func(key, value string) bool {
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
			all[i].label = r.unsaid(along)
		}
	}
	return all
}

// told are the ways to cheat in a cell, and those settings, not along a strand, that say so.
func (r *results) told(
	c *cell, along func(path string) bool, says func(key, value string) bool,
) (cheat, settings []string) {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		switch value := fmt.Sprint(c.Set[key]); {
		case !r.varies(key) || along(key):
		case isCheatSetting(key):
			cheat = append(cheat, cheatOfMix(value))
		case says(key, value):
			settings = append(settings, shortName(c.Set, key)+" "+presetOf(value))
		}
	}
	return cheat, settings
}

// unsaid are the settings of the first cell, which names of strands leave out.
func (r *results) unsaid(along func(path string) bool) string {
	_, settings := r.told(&r.Cells[0], along, func(string, string) bool { return true })
	return strings.Join(settings, ", ")
}

// unsaidNote says what names of strands leave out, if anything.
func (r *results) unsaidNote(along func(path string) bool) []string {
	if text := r.unsaid(along); text != "" {
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

func (m measuring) at(c *cell) (v float64, ci interval, sure bool) {
	found, ok := c.Metrics[m.metric]
	if !ok || found.N == 0 {
		return math.NaN(), interval{}, false
	}
	if found.CI95 != nil && len(c.Seeds) >= bandSeeds {
		a, b := m.of(found.CI95[0]), m.of(found.CI95[1])
		ci, sure = interval{min(a, b), max(a, b)}, true
	}
	return m.of(found.Mean), ci, sure
}

// addStrand draws a curve with marks and whiskers, and enters it in the data. Places along x are
// those of the ruler.
func (f *figure) addStrand(
	p *plot.Plot, l look, o *strand, m measuring, pen pen, x, y ruler,
) {
	var line plotter.XYs
	w := whiskers{cap: 0.5 * l.text, style: solid(pen.color, l.thin)}
	for i := range o.cells {
		v, ci, sure := m.at(&o.cells[i])
		if math.IsNaN(v) {
			continue
		}
		low, high := any(nil), any(nil)
		if sure {
			low, high = ci.low, ci.high
			w.x, w.y = append(w.x, x.at(o.x[i])), append(w.y, y.clip(ci))
		}
		f.data.add(o.cells[i].Cell, o.label, m.metric, o.x[i], v, low, high)
		line = append(line, plotter.XY{X: x.at(o.x[i]), Y: y.at(min(max(v, y.low), y.high))})
	}
	p.Add(w, polyline{points: line, style: pen.line(l.line)},
		l.dots(line, pen, l.radius))
}

// strandTable is the data of such figures.
func strandTable(x string) table {
	return table{header: []string{"cell", "label", "metric", x, "value", "ci95_low", "ci95_high"}}
}

const observed = "audit.M6.down."

// observersFigure draws how far passive observers are off by how much of the swarm they meet.
func observersFigure(r *results, l look) (*figure, error) {
	seen := func(c *cell) float64 {
		if m, ok := c.Metrics[observed+"coverage"]; ok && m.N > 0 {
			return m.Mean
		}
		return math.NaN()
	}
	along := func(path string) bool { return strings.HasSuffix(path, sizeSetting) }
	all := r.strands(along, seen)
	if len(all) == 0 {
		return &figure{skipped: "nobody observed the swarm"}, nil
	}
	more := len(all) - seriesMax
	all = all[:min(len(all), seriesMax)]
	whole, err := r.observedBounds(all)
	if err != nil {
		return nil, err
	}
	f := &figure{line: 6.6 * l.text, data: strandTable("users_seen_share")}
	left := l.newPanel("Downloads seen, of all that there were", "")
	right := l.newPanel("Median error of users who were met", "")
	x := ruler{false, 0, 1}
	for _, p := range []*plot.Plot{left, right} {
		x.set(&p.X, linearTicks(1, percent))
	}
	f.addWhole(left, l, all, whole)
	f.addMet(right, l, all, x)
	columns := 2
	if l.grows {
		columns = 1
	}
	f.setPanels([]*plot.Plot{left, right}, columns)
	for _, p := range []*plot.Plot{left, right} {
		p.X.Label.Text = "Share of users that observers met"
	}
	if len(all) > 1 {
		for i := range all {
			pen := l.pen(i)
			f.legend = append(f.legend, legendEntry{label: all[i].label,
				line:   pen.line(l.line),
				marker: l.sample(pen)})
		}
	}
	if len(whole) > 0 {
		f.legend = append(f.legend, legendEntry{label: "bands: what is sure and possible"})
	}
	f.title = observersTitle(all)
	f.about = observersAbout(r, all)
	f.about.notes = append(f.about.notes, r.unsaidNote(along)...)
	if more > 0 {
		f.about.notes = append(f.about.notes, plural(more, "curve")+" more are not shown.")
	}
	return f, nil
}

// addWhole draws the estimate of all downloads, with its bounds, against the dashed line on which
// what is missing are the users whom nobody met.
func (f *figure) addWhole(p *plot.Plot, l look, all []strand, bounds map[int]interval) {
	m := measuring{observed + "bias", func(v float64) float64 { return 1 + v }}
	y := ruler{false, 0, 1.1}
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); !math.IsNaN(v) {
				y.high = max(y.high, min(v*1.06, 3))
			}
		}
	}
	y.set(&p.Y, linearTicks(y.high, percent))
	p.Y.Max = y.high
	p.Add(polyline{points: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}},
		style: l.modelPen().line(l.thin)})
	for i := range all {
		o, pen := &all[i], l.pen(i)
		strip := ribbon{fill: faded(pen.color, 0.25)}
		for k := range o.cells {
			b, ok := bounds[o.cells[k].Cell]
			if !ok {
				continue
			}
			strip.x, strip.y = append(strip.x, o.x[k]), append(strip.y, b)
			f.data.add(o.cells[k].Cell, o.label, "bounds of the whole swarm's download", o.x[k],
				nil, b.low, b.high)
		}
		p.Add(strip)
		f.addStrand(p, l, o, m, pen, ruler{false, 0, 1}, y)
	}
}

// addMet draws the error of single users.
func (f *figure) addMet(p *plot.Plot, l look, all []strand, x ruler) {
	m := measuring{observed + "median", func(v float64) float64 { return v }}
	low, high := math.Inf(1), 0.0
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	y := ruler{false, 0, max(high*1.1, 0.01)}
	if high > 20*low {
		y = ruler{true, low / 1.5, high * 1.5}
		y.set(&p.Y, logTicks(y.low, y.high, percent))
	} else {
		y.set(&p.Y, linearTicks(y.high, percent))
	}
	for i := range all {
		f.addStrand(p, l, &all[i], m, l.pen(i), x, y)
	}
}

// observedBounds are the bounds that observers know of the download of the whole swarm, by the
// truth: means over the runs of each cell.
func (r *results) observedBounds(all []strand) (map[int]interval, error) {
	if ok, err := r.has(accountsFile); err != nil || !ok {
		return nil, err
	}
	low, high := make([]float64, len(r.Cells)), make([]float64, len(r.Cells))
	truth := make([]float64, len(r.Cells))
	err := scanTable(r, accountsFile, func(row *accountRow) error {
		i, _, err := r.place(row.Cell, row.Seed)
		if err != nil || row.Method != "M6" {
			return err
		}
		truth[i] += float64(row.Down)
		if row.DownSeen {
			low[i], high[i] = low[i]+row.DownLow, high[i]+row.DownHigh
		}
		return nil
	})
	bounds := map[int]interval{}
	for i, c := range r.Cells {
		if truth[i] > 0 {
			bounds[c.Cell] = interval{low[i] / truth[i], high[i] / truth[i]}
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

func percentWhole(v float64) string { return significant(math.Floor(100*v+1e-9)) + "\u00A0%" }

func observersAbout(r *results, all []strand) about {
	a := about{
		shows: "Left: what observers saw all users download, by what these did; users whom " +
			"nobody met count with nothing, as on the dashed line; bands are the bounds that " +
			"observers know, from what is sure to what is possible. Right: the median relative " +
			"error of users who were met. Whiskers: 95 % intervals.",
		definition: "Passive observation, M6: pieces gained while an observer was looking, " +
			"from bitfields and haves. The truth is payload delivered to a user, in the " +
			"network's books.",
		intervals: storedIntervals,
		n:         func(c cell) string { return plural(len(c.Seeds), "run") },
	}
	for _, o := range all {
		a.cells = append(a.cells, o.cells...)
	}
	return a
}
