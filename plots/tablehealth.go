package plots

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

const bucketsFile = "buckets.parquet"

type bucketRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Client   string `parquet:"client"`
	Depth    int32  `parquet:"depth"`
	Supply   int32  `parquet:"supply"`
	Tables   int32  `parquet:"tables"`
	Full     int32  `parquet:"full"`
	Contacts int32  `parquet:"contacts"`
	Dead     int32  `parquet:"dead"`
}

// A bucketSum is all looks at the buckets of one depth in one run.
type bucketSum struct{ tables, full, contacts, dead, supply float64 }

// depthsOf is the buckets of one series: by seed, and then by depth.
type depthsOf struct {
	series
	bySeed [][]bucketSum
}

// depthMost bounds the depths that are read: no id has more bits.
const depthMost = 160

// tableHealth draws how many contacts tables hold at each depth, against the nodes that there are,
// and which share of them is dead.
func tableHealth(r *results, l look) (*figure, error) {
	if ok, err := r.has(bucketsFile); err != nil || !ok {
		return &figure{skipped: fmt.Sprintf("the run has no %s", bucketsFile)}, err
	}
	all, err := r.bucketSums()
	if err != nil {
		return nil, err
	}
	shown := 0
	for _, s := range all {
		shown = max(shown, s.shown())
	}
	if shown == 0 {
		return &figure{skipped: "no table was looked at"}, nil
	}
	f := &figure{
		line: 9.5 * l.text,
		data: table{header: []string{"cell", "label", "depth", "tables", "contacts_mean",
			"contacts_ci95_low", "contacts_ci95_high", "contacts_expected", "full_share",
			"dead_share", "dead_ci95_low", "dead_ci95_high"}},
		about: healthAbout(r, all),
	}
	depths := l.newPanel("Contacts in a bucket", "Bucket: bits shared with the owner's id")
	dead := l.newPanel("Dead contacts, %", "Bucket: bits shared with the owner's id")
	var named []series
	for _, s := range all {
		named = append(named, s.series)
	}
	f.legend = l.key(named)
	f.drawDepths(depths, all, shown, l)
	drawDead(dead, all, shown, l)
	f.addDepths(all)
	columns := 2
	if l.grows {
		columns = 1
	}
	f.setPanels([]*plot.Plot{depths, dead}, columns)
	f.title = healthTitle(all)
	return f, nil
}

// bucketSums reads the buckets by cell, or if there is but one, by client.
func (r *results) bucketSums() ([]depthsOf, error) {
	var all []depthsOf
	cells := r.shown()
	find := func(cell int, client string) *depthsOf {
		if len(cells) > 1 {
			client = ""
		}
		for i := range all {
			if all[i].index == cell && all[i].client == client {
				return &all[i]
			}
		}
		label := client
		if label == "" {
			label = r.label(r.Cells[cell])
		}
		d := depthsOf{series: series{r.Cells[cell], cell, client, label}}
		d.bySeed = make([][]bucketSum, len(d.cell.Seeds))
		all = append(all, d)
		return &all[len(all)-1]
	}
	err := scanTable(r, bucketsFile, func(row *bucketRow) error {
		cell, seed, err := r.place(row.Cell, row.Seed)
		if err != nil || cell >= len(cells) {
			return err
		}
		if row.Depth < 0 || row.Depth >= depthMost || row.Tables < 0 {
			return fmt.Errorf("a bucket at depth %d of %d tables", row.Depth, row.Tables)
		}
		d := find(cell, row.Client)
		for len(d.bySeed[seed]) <= int(row.Depth) {
			d.bySeed[seed] = append(d.bySeed[seed], bucketSum{})
		}
		s := &d.bySeed[seed][row.Depth]
		s.tables += float64(row.Tables)
		s.full += float64(row.Full)
		s.contacts += float64(row.Contacts)
		s.dead += float64(row.Dead)
		s.supply += float64(row.Supply) * float64(row.Tables)
		return nil
	})
	slices.SortStableFunc(all, func(a, b depthsOf) int { return a.index - b.index })
	return all[:min(len(all), seriesMax)], err
}

// total is all runs together, by depth.
func (d *depthsOf) total() []bucketSum {
	var sum []bucketSum
	for _, seed := range d.bySeed {
		for depth, s := range seed {
			if depth == len(sum) {
				sum = append(sum, bucketSum{})
			}
			t := &sum[depth]
			t.tables += s.tables
			t.full += s.full
			t.contacts += s.contacts
			t.dead += s.dead
			t.supply += s.supply
		}
	}
	return sum
}

// shown is up to which depth there is enough to see: one table in five has a contact there.
func (d *depthsOf) shown() (depths int) {
	for depth, s := range d.total() {
		if s.contacts >= 0.2*s.tables && s.contacts > 0 {
			depths = depth + 1
		}
	}
	return depths
}

// each returns a value of each seed that has it, at one depth.
func (d *depthsOf) each(depth int, value func(bucketSum) float64) []float64 {
	var values []float64
	for _, seed := range d.bySeed {
		if depth < len(seed) {
			if v := value(seed[depth]); !math.IsNaN(v) {
				values = append(values, v)
			}
		}
	}
	return values
}

func (s bucketSum) mean() float64 { return s.contacts / s.tables }

func (s bucketSum) deadShare() float64 { return s.dead / s.contacts }

// expected is how many of the nodes there are share so many bits with a table's owner.
func (s bucketSum) expected(depth int) float64 { return supply(s.supply/s.tables, depth) }

// drawDepths draws the first panel.
func (f *figure) drawDepths(p *plot.Plot, all []depthsOf, shown int, l look) {
	top := 0.0
	for i := range all {
		top = max(top, drawSeries(p, all, i, shown, 1, bucketSum.mean, l))
	}
	setDepthAxes(p, shown, top)
	var supplied plotter.XYs
	sums := all[0].total()
	for x := -0.5; x <= float64(shown)-0.5; x += 0.05 {
		s := sums[min(max(int(math.Round(x)), 0), len(sums)-1)]
		if y := supply(s.supply/s.tables, 0) / math.Exp2(x); y <= p.Y.Max {
			supplied = append(supplied, plotter.XY{X: x, Y: y})
		}
	}
	style := l.modelPen().line(l.thin)
	p.Add(polyline{points: supplied, style: style})
	f.legend = append(f.legend, legendEntry{label: suppliedLabel(all), line: style})
}

// suppliedLabel names the curve of all nodes. That of the first series is drawn, so it is named if
// another has not as many.
func suppliedLabel(all []depthsOf) string {
	const label = "nodes that belong there"
	first := all[0].total()[0].expected(0)
	for i := range all {
		if math.Abs(all[i].total()[0].expected(0)-first) > 0.02*first {
			return label + " (" + all[0].label + ")"
		}
	}
	return label
}

// drawDead draws the second panel.
func drawDead(p *plot.Plot, all []depthsOf, shown int, l look) {
	top := 0.0
	for i := range all {
		top = max(top, drawSeries(p, all, i, shown, 100, bucketSum.deadShare, l))
	}
	setDepthAxes(p, shown, min(max(top, 1), 100/1.08))
}

func setDepthAxes(p *plot.Plot, shown int, top float64) {
	ticks := linearTicks(top*1.08, significant)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, ticks[len(ticks)-1].Value, ticks
	p.X.Min, p.X.Max = -0.5, float64(shown)-0.5
	p.X.Tick.Marker = integerTicks(0, shown-1, 9)
}

// drawSeries draws one value of a series by depth, with its interval, and returns the highest end.
// Several series stand side by side.
func drawSeries(
	p *plot.Plot, all []depthsOf, i, shown int, scale float64, value func(bucketSum) float64,
	l look,
) (top float64) {
	pen, d := l.pen(i), &all[i]
	aside := (float64(i) - float64(len(all)-1)/2) * 0.1
	var at plotter.XYs
	var caps whiskers
	for depth, s := range d.total()[:min(shown, len(d.total()))] {
		v := value(s) * scale
		if math.IsNaN(v) {
			continue
		}
		x := float64(depth) + aside
		at, top = append(at, plotter.XY{X: x, Y: v}), max(top, v)
		if ci, ok := interval95(d.each(depth, value)); ok {
			ci = interval{max(ci.low, 0) * scale, ci.high * scale}
			if scale == 100 {
				ci.high = min(ci.high, 100)
			}
			caps.x, caps.y = append(caps.x, x), append(caps.y, ci)
			top = max(top, ci.high)
		}
	}
	caps.style, caps.cap = solid(pen.color, l.thin), 0.4*l.text
	p.Add(polyline{points: at, style: pen.line(l.line)}, caps,
		l.dots(at, pen, 0.7*l.radius))
	return top
}

// addDepths enters all depths in the data.
func (f *figure) addDepths(all []depthsOf) {
	for i := range all {
		d := &all[i]
		for depth, s := range d.total() {
			row := []any{d.cell.Cell, d.label, depth, int(s.tables), s.mean(), nil, nil,
				s.expected(depth), s.full / s.tables, nil, nil, nil}
			if ci, ok := interval95(d.each(depth, bucketSum.mean)); ok {
				row[5], row[6] = max(ci.low, 0), ci.high
			}
			if s.contacts > 0 {
				row[9] = s.deadShare()
			}
			if ci, ok := interval95(d.each(depth, bucketSum.deadShare)); ok {
				row[10], row[11] = ci.clamp().low, ci.clamp().high
			}
			f.data.add(row...)
		}
	}
}

// healthTitle tells how many contacts are dead, over all cells.
func healthTitle(all []depthsOf) string {
	share := func(name string) string {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range all {
			if m, ok := all[i].cell.Metrics[name]; ok && m.N > 0 {
				low, high = min(low, m.Mean), max(high, m.Mean)
			}
		}
		if low > high {
			return ""
		}
		from, to := significant(math.Round(low*1e3)/10), significant(math.Round(high*1e3)/10)
		if from == to {
			return to + "\u00A0%"
		}
		return from + " to " + to + "\u00A0%"
	}
	full, open := share("table.dead_share_full"), share("table.dead_share_open")
	switch {
	case full != "" && open != "":
		return fmt.Sprintf("Dead are %s of the contacts in full buckets, %s in others", full, open)
	case full+open != "":
		return fmt.Sprintf("Dead are %s of the contacts", full+open)
	}
	return "What the tables hold"
}

func healthAbout(r *results, all []depthsOf) about {
	a := about{
		shows: "Left: mean number of contacts of a table that share exactly so many first bits " +
			"with its owner's id; dashed: how many nodes there are for it. Right: the share of " +
			"these contacts that is dead. Whiskers: 95 % interval.",
		definition: "A contact is dead if its node is down, or up under another id, or lets no " +
			"stranger in: what a crawler would find (ProbeLab RFM 19). Tables of at most 500 " +
			"nodes of each client in each group are looked at each minute after the warm-up.",
		intervals: "none: one seed", notes: r.shownNote(),
		model: "n / 2^(b+1) for the n nodes that were up and let strangers in, uniform ids; a " +
			"bucket's size bounds what it holds",
		n: func(c cell) string {
			tables := 0.0
			for i := range all {
				if all[i].cell.Cell == c.Cell {
					tables += all[i].total()[0].tables
				}
			}
			return plural(int(tables), "look") + " at a table"
		},
	}
	for i := range all {
		if i > 0 && all[i].index == all[i-1].index {
			continue
		}
		c := all[i].cell
		a.cells = append(a.cells, c)
		if len(c.Seeds) > 1 {
			a.intervals = overSeeds
		}
		if m, ok := c.Metrics["table.knows_all"]; ok && m.N > 0 {
			a.notes = append(a.notes, fmt.Sprintf("%s: %s of the tables hold all of the k running "+
				"nodes closest to their owner, %s lack three or more, %s hold fewer than five.",
				r.label(c), percent(m.Mean), percent(c.Metrics["table.lacks_three"].Mean),
				percent(c.Metrics["table.knows_few"].Mean)))
		}
	}
	if len(r.Cells) == 1 && len(all) == seriesMax {
		a.notes = append(a.notes, fmt.Sprintf("At most %d clients are drawn.", seriesMax))
	}
	return a
}
