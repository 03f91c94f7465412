package overlay

import (
	"fmt"
	"maps"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const recordsFile = "records.parquet"

type recordRow struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Age     int32  `parquet:"age_s"`
	Holders int32  `parquet:"holders"`
	Online  int32  `parquet:"online"`
	Holding int32  `parquet:"holding"`
	Closest int32  `parquet:"closest"`
}

// A fate is what one panel of the figure shows.
type fate struct {
	heading string
	name    string // in the data
	value   func(*recordRow) int32
}

func fates() []fate {
	return []fate{
		{"Holders still online", "online", func(r *recordRow) int32 { return r.Online }},
		{"Still among the k closest", "closest", func(r *recordRow) int32 { return r.Closest }},
		{"Still with the record", "holding", func(r *recordRow) int32 { return r.Holding }},
	}
}

// aged is what became of the records of one cell: by age in seconds, and by seed.
type aged struct {
	page.Series
	ages map[int32][][]int64
}

// Holders draws how many of the nodes that had stored a record are still of use, by its age.
func Holders(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(recordsFile); err != nil || !ok {
		return &page.Figure{Skipped: "no announced record was followed: the workload must have " +
			"announces after the warm-up"}, err
	}
	f := &page.Figure{
		Line: 6.5 * l.Text,
		Data: page.Table{Header: []string{"cell", "label", "quantity", "age_s", "records", "p5",
			"p25", "p50", "p75", "p95", "mean", "mean_ci95_low", "mean_ci95_high"}},
	}
	var panels []*plot.Plot
	var first []aged
	most := int64(0)
	for _, w := range fates() {
		all, err := readAging(r, w)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return &page.Figure{Skipped: "no record of the cells that are shown was followed"}, nil
		}
		if first == nil {
			first = all
			most = mostHolders(all)
		}
		addAges(f, w, all)
		panels = append(panels, w.panel(all, most, l))
	}
	columns := 3
	if l.Grows {
		columns = 1
	}
	f.SetPanels(panels, columns)
	var named []page.Series
	for _, a := range first {
		named = append(named, a.Series)
	}
	f.Legend = l.Key(named)
	f.About = holdersAbout(r, first)
	f.Title = holdersTitle(r, first)
	return f, nil
}

// readAging reads one value of all records.
func readAging(r *stored.Results, w fate) ([]aged, error) {
	all := make([]aged, 0, page.SeriesMax)
	for _, s := range page.SeriesOf(r) {
		all = append(all, aged{s, map[int32][][]int64{}})
	}
	err := stored.Scan(r, recordsFile, func(row *recordRow) error {
		cell, seed, err := r.Place(row.Cell, row.Seed)
		if err != nil || cell >= len(all) {
			return err
		}
		a := &all[cell]
		if a.ages[row.Age] == nil {
			a.ages[row.Age] = make([][]int64, len(a.Cell.Seeds))
		}
		a.ages[row.Age][seed] = append(a.ages[row.Age][seed], int64(w.value(row)))
		return nil
	})
	return slices.DeleteFunc(all, func(a aged) bool { return len(a.ages) == 0 }), err
}

// sorted returns all records at an age, of all seeds, and the means of the seeds.
func (a *aged) sorted(age int32) (values []int64, means []float64) {
	for _, of := range a.ages[age] {
		if len(of) == 0 {
			continue
		}
		sum := int64(0)
		for _, v := range of {
			sum += v
		}
		values, means = append(values, of...), append(means, float64(sum)/float64(len(of)))
	}
	slices.Sort(values)
	return values, means
}

// mature returns the ages in order, as long as half of the records come to them: later there are
// only those that were stored early.
func (a *aged) mature() []int32 {
	ages := slices.Sorted(maps.Keys(a.ages))
	whole, _ := a.sorted(ages[0])
	return slices.DeleteFunc(ages, func(age int32) bool {
		values, _ := a.sorted(age)
		return 2*len(values) < len(whole)
	})
}

func mostHolders(all []aged) (most int64) {
	for i := range all {
		for age := range all[i].ages {
			values, _ := all[i].sorted(age)
			most = max(most, values[len(values)-1])
		}
	}
	return most
}

// addAges enters a panel in the data.
func addAges(f *page.Figure, w fate, all []aged) {
	for i := range all {
		a := &all[i]
		for _, age := range a.mature() {
			values, means := a.sorted(age)
			row := []any{a.Cell.Cell, a.Label, w.name, int(age), len(values)}
			of := latency.Sample{NS: values}
			for _, p := range []float64{.05, .25, .5, .75, .95} {
				row = append(row, of.Quantile(p))
			}
			sum := int64(0)
			for _, v := range values {
				sum += v
			}
			low, high := any(nil), any(nil)
			if ci, ok := number.Interval95(means); ok {
				low, high = max(ci.Low, 0), ci.High
			}
			f.Data.Add(append(row, float64(sum)/float64(len(values)), low, high)...)
		}
	}
}

// panel draws the median and the middle half of the records by age.
func (w fate) panel(all []aged, most int64, l page.Look) *plot.Plot {
	last := int32(1)
	for i := range all {
		last = max(last, slices.Max(all[i].mature()))
	}
	unit, name := number.Clock(float64(last))
	p := l.NewPanel(w.heading, "Age, "+name)
	p.X.Min, p.X.Max = 0, float64(last)/unit
	across := l.Width - 2*l.Margin
	if !l.Grows {
		across /= 3
	}
	p.X.Tick.Marker = page.FittingTicks(0, p.X.Max, across-4*l.Text, l)
	p.Y.Min, p.Y.Max = 0, float64(most)*1.05
	p.Y.Tick.Marker = page.IntegerTicks(0, int(most), 6)
	var lines []plot.Plotter
	for i := range all {
		a := &all[i]
		half := page.Ribbon{Fill: page.Faded(l.Pen(i).Color, 0.25)}
		line := page.Trace{Style: l.Pen(i).Line(l.Line)}
		for _, age := range a.mature() {
			values, _ := a.sorted(age)
			of, x := latency.Sample{NS: values}, float64(age)/unit
			half.X = append(half.X, x)
			half.Y = append(half.Y, number.Interval{Low: of.Quantile(.25), High: of.Quantile(.75)})
			line.Points = append(line.Points, plotter.XY{X: x, Y: of.Quantile(.5)})
		}
		p.Add(half)
		lines = append(lines, line)
	}
	p.Add(lines...)
	return p
}

// holdersTitle tells how many holders are online at the last of the ages that the literature asks
// for, or at the last one.
func holdersTitle(r *stored.Results, all []aged) string {
	a := &all[0]
	ages := a.mature()
	last := ages[len(ages)-1]
	for _, age := range []int32{3600, 36000, 86400} {
		if slices.Contains(ages, age) {
			last = age
		}
	}
	values, _ := a.sorted(last)
	begin, _ := a.sorted(ages[0])
	now, then := latency.Sample{NS: values}, latency.Sample{NS: begin}
	unit, name := number.Clock(float64(last))
	text := fmt.Sprintf("%s\u00A0%s after it was stored, half of the records have %s or more of "+
		"%s holders online", number.Significant(float64(last)/unit), name,
		number.Significant(now.Quantile(.5)), number.Significant(then.Quantile(.5)))
	if len(all) > 1 {
		return r.Label(a.Cell) + ": " + text
	}
	return text
}

func holdersAbout(r *stored.Results, all []aged) page.About {
	a := page.About{
		Shows: "Lines: medians of the records at that age. Bands: their middle half, from the " +
			"25 % to the 75 % quantile.",
		Definition: "A record is what one node announced under one key; its holders are the " +
			"nodes that had stored it when the announce ended, by the global view. Nobody " +
			"announces it again. Online: up, under the same id. Among the k closest: of the " +
			"running nodes that let strangers in, to the key. With the record: it expires, and a " +
			"node that leaves forgets it (ProbeLab RFM 17 has the first two).",
		N: func(c stored.Cell) string {
			i := slices.IndexFunc(all, func(o aged) bool { return o.Cell.Cell == c.Cell })
			values, _ := all[i].sorted(slices.Min(slices.Collect(maps.Keys(all[i].ages))))
			return number.Plural(len(values), "record")
		},
		Intervals: "bands are of the records; of their mean, the data has the 95 % interval, " +
			"Student's t over the seeds",
		Notes: append(page.ShownNote(r), "Ages to which less than half of the records came before "+
			"the run ended are left out."),
	}
	for i := range all {
		a.Cells = append(a.Cells, all[i].Cell)
	}
	return a
}
