package overlay

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
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
	page.Series
	bySeed [][]bucketSum
}

// depthMost bounds the depths that are read: no id has more bits.
const depthMost = 160

// TableHealth draws how many contacts tables hold at each depth, against the nodes that there are,
// and which share of them is dead.
func TableHealth(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(bucketsFile); err != nil || !ok {
		return &page.Figure{Skipped: fmt.Sprintf("the run has no %s", bucketsFile)}, err
	}
	all, err := readBuckets(r)
	if err != nil {
		return nil, err
	}
	shown := 0
	for _, s := range all {
		shown = max(shown, s.shown())
	}
	if shown == 0 {
		return &page.Figure{Skipped: "no table was looked at"}, nil
	}
	f := &page.Figure{
		Line: 9.5 * l.Text,
		Data: page.Table{Header: []string{"cell", "label", "depth", "tables", "contacts_mean",
			"contacts_ci95_low", "contacts_ci95_high", "contacts_expected", "full_share",
			"dead_share", "dead_ci95_low", "dead_ci95_high"}},
		About: healthAbout(r, all),
	}
	depths := l.NewPanel("Contacts in a bucket", "Bucket: bits shared with the owner's id")
	dead := l.NewPanel("Dead contacts, %", "Bucket: bits shared with the owner's id")
	var named []page.Series
	for _, s := range all {
		named = append(named, s.Series)
	}
	f.Legend = l.Key(named)
	drawDepths(f, depths, all, shown, l)
	drawDead(dead, all, shown, l)
	addDepths(f, all)
	columns := 2
	if l.Grows {
		columns = 1
	}
	f.SetPanels([]*plot.Plot{depths, dead}, columns)
	f.Title = healthTitle(all)
	return f, nil
}

// readBuckets reads the buckets by cell, or if there is but one, by client.
func readBuckets(r *stored.Results) ([]depthsOf, error) {
	var all []depthsOf
	cells := page.Shown(r)
	find := func(cell int, client string) *depthsOf {
		if len(cells) > 1 {
			client = ""
		}
		for i := range all {
			if all[i].Index == cell && all[i].Client == client {
				return &all[i]
			}
		}
		label := client
		if label == "" {
			label = r.Label(r.Cells[cell])
		}
		d := depthsOf{Series: page.Series{Cell: r.Cells[cell], Index: cell, Client: client,
			Label: label}}
		d.bySeed = make([][]bucketSum, len(d.Cell.Seeds))
		all = append(all, d)
		return &all[len(all)-1]
	}
	err := stored.Scan(r, bucketsFile, func(row *bucketRow) error {
		cell, seed, err := r.Place(row.Cell, row.Seed)
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
	slices.SortStableFunc(all, func(a, b depthsOf) int { return a.Index - b.Index })
	return all[:min(len(all), page.SeriesMax)], err
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
func drawDepths(f *page.Figure, p *plot.Plot, all []depthsOf, shown int, l page.Look) {
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
	style := l.ModelPen().Line(l.Thin)
	p.Add(page.Polyline{Points: supplied, Style: style})
	f.Legend = append(f.Legend, page.LegendEntry{Label: suppliedLabel(all), Line: style})
}

// suppliedLabel names the curve of all nodes. That of the first series is drawn, so it is named if
// another has not as many.
func suppliedLabel(all []depthsOf) string {
	const label = "nodes that belong there"
	first := all[0].total()[0].expected(0)
	for i := range all {
		if math.Abs(all[i].total()[0].expected(0)-first) > 0.02*first {
			return label + " (" + all[0].Label + ")"
		}
	}
	return label
}

// drawDead draws the second panel.
func drawDead(p *plot.Plot, all []depthsOf, shown int, l page.Look) {
	top := 0.0
	for i := range all {
		top = max(top, drawSeries(p, all, i, shown, 100, bucketSum.deadShare, l))
	}
	setDepthAxes(p, shown, min(max(top, 1), 100/1.08))
}

func setDepthAxes(p *plot.Plot, shown int, top float64) {
	ticks := page.LinearTicks(top*1.08, number.Significant)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, ticks[len(ticks)-1].Value, ticks
	p.X.Min, p.X.Max = -0.5, float64(shown)-0.5
	p.X.Tick.Marker = page.IntegerTicks(0, shown-1, 9)
}

// drawSeries draws one value of a series by depth, with its interval, and returns the highest end.
// Several series stand side by side.
func drawSeries(
	p *plot.Plot, all []depthsOf, i, shown int, scale float64, value func(bucketSum) float64,
	l page.Look,
) (top float64) {
	pen, d := l.Pen(i), &all[i]
	aside := (float64(i) - float64(len(all)-1)/2) * 0.1
	var at plotter.XYs
	var caps page.Whiskers
	for depth, s := range d.total()[:min(shown, len(d.total()))] {
		v := value(s) * scale
		if math.IsNaN(v) {
			continue
		}
		x := float64(depth) + aside
		at, top = append(at, plotter.XY{X: x, Y: v}), max(top, v)
		if ci, ok := number.Interval95(d.each(depth, value)); ok {
			ci = number.Interval{Low: max(ci.Low, 0) * scale, High: ci.High * scale}
			if scale == 100 {
				ci.High = min(ci.High, 100)
			}
			caps.X, caps.Y = append(caps.X, x), append(caps.Y, ci)
			top = max(top, ci.High)
		}
	}
	caps.Style, caps.Cap = page.Solid(pen.Color, l.Thin), 0.4*l.Text
	p.Add(page.Polyline{Points: at, Style: pen.Line(l.Line)}, caps, l.Dots(at, pen, 0.7*l.Radius))
	return top
}

// addDepths enters all depths in the data.
func addDepths(f *page.Figure, all []depthsOf) {
	for i := range all {
		d := &all[i]
		for depth, s := range d.total() {
			row := []any{d.Cell.Cell, d.Label, depth, int(s.tables), s.mean(), nil, nil,
				s.expected(depth), s.full / s.tables, nil, nil, nil}
			if ci, ok := number.Interval95(d.each(depth, bucketSum.mean)); ok {
				row[5], row[6] = max(ci.Low, 0), ci.High
			}
			if s.contacts > 0 {
				row[9] = s.deadShare()
			}
			if ci, ok := number.Interval95(d.each(depth, bucketSum.deadShare)); ok {
				row[10], row[11] = ci.Clamp().Low, ci.Clamp().High
			}
			f.Data.Add(row...)
		}
	}
}

// healthTitle tells how many contacts are dead, over all cells.
func healthTitle(all []depthsOf) string {
	share := func(name string) string {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range all {
			if m, ok := all[i].Cell.Metrics[name]; ok && m.N > 0 {
				low, high = min(low, m.Mean), max(high, m.Mean)
			}
		}
		if low > high {
			return ""
		}
		from, to := number.Significant(math.Round(low*1e3)/10),
			number.Significant(math.Round(high*1e3)/10)
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

func healthAbout(r *stored.Results, all []depthsOf) page.About {
	a := page.About{
		Shows: "Left: mean number of contacts of a table that share exactly so many first bits " +
			"with its owner's id; dashed: how many nodes there are for it. Right: the share of " +
			"these contacts that is dead. Whiskers: 95 % interval.",
		Definition: "A contact is dead if its node is down, or up under another id, or lets no " +
			"stranger in: what a crawler would find (ProbeLab RFM 19). Tables of at most 500 " +
			"nodes of each client in each group are looked at each minute after the warm-up.",
		Intervals: "none: one seed", Notes: page.ShownNote(r),
		Model: "n / 2^(b+1) for the n nodes that were up and let strangers in, uniform ids; a " +
			"bucket's size bounds what it holds",
		N: func(c stored.Cell) string {
			tables := 0.0
			for i := range all {
				if all[i].Cell.Cell == c.Cell {
					tables += all[i].total()[0].tables
				}
			}
			return number.Plural(int(tables), "look") + " at a table"
		},
	}
	for i := range all {
		if i > 0 && all[i].Index == all[i-1].Index {
			continue
		}
		c := all[i].Cell
		a.Cells = append(a.Cells, c)
		if len(c.Seeds) > 1 {
			a.Intervals = page.OverSeeds
		}
		if m, ok := c.Metrics["table.knows_all"]; ok && m.N > 0 {
			a.Notes = append(a.Notes, fmt.Sprintf("%s: %s of the tables hold all of the k running "+
				"nodes closest to their owner, %s lack three or more, %s hold fewer than five.",
				r.Label(c), number.Percent(m.Mean),
				number.Percent(c.Metrics["table.lacks_three"].Mean),
				number.Percent(c.Metrics["table.knows_few"].Mean)))
		}
	}
	if len(r.Cells) == 1 && len(all) == page.SeriesMax {
		a.Notes = append(a.Notes, fmt.Sprintf("At most %d clients are drawn.", page.SeriesMax))
	}
	return a
}
