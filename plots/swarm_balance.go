package plots

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
)

type balanceRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	At       int64  `parquet:"at_ns"`
	Up       uint64 `parquet:"up"`
	Down     uint64 `parquet:"down"`
	TrueDown uint64 `parquet:"true_down"`
	Flagged  bool   `parquet:"flagged"`
}

// A tally is the balance of a cell's first run over time: all torrents together.
type tally struct {
	series
	windows []window // by time
	flagged float64  // share of the windows, of all runs and torrents
	rows    int
}

// window is the sums of one window of time.
type window struct {
	at       int64
	up, down float64 // claimed
	moved    float64 // delivered
	flagged  bool
}

// balances are what was claimed to be uploaded less what was claimed to be downloaded, by the
// payload that was delivered, from the beginning to each window's end.
func (t *tally) balances() (at plotter.XYs) {
	up, down, moved := 0.0, 0.0, 0.0
	for _, w := range t.windows {
		up, down, moved = up+w.up, down+w.down, moved+w.moved
		if moved > 0 {
			at = append(at, plotter.XY{X: float64(w.at) / 1e9, Y: (up - down) / moved})
		}
	}
	return at
}

// swarmBalanceFigure draws the balance of the claims over time, in the first run of each cell.
func swarmBalanceFigure(r *results, l look) (*figure, error) {
	if ok, err := r.has(balancesFile); err != nil || !ok {
		return &figure{skipped: noAudit}, err
	}
	all, err := r.tallies()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return &figure{skipped: "nothing was claimed"}, nil
	}
	f := &figure{data: table{header: []string{"cell", "label", "seed", "at_s", "balance_share",
		"flagged"}}}
	last, low, high := 0.0, -0.02, 0.02
	for i := range all {
		for _, p := range all[i].balances() {
			last, low, high = max(last, p.X), min(low, p.Y), max(high, p.Y)
		}
	}
	low, high = max(low, -1), min(high, 2) // what invents much must not flatten the others
	unit, name := clock(last)
	f.plot = l.newPlot("Simulated time, "+name, "Up − down, of delivered")
	f.plot.X.Min, f.plot.X.Max = 0, last/unit*1.02
	f.plot.X.Tick.Marker = fittingTicks(0, f.plot.X.Max, l.width-2*l.margin-4*l.text, l)
	f.plot.Y.Min, f.plot.Y.Max = low-0.05*(high-low), high+0.05*(high-low)
	f.plot.Y.Tick.Marker = roundTicks(f.plot.Y.Min, f.plot.Y.Max, 5, signedPercent)
	f.plot.Add(polyline{points: plotter.XYs{{X: 0, Y: 0}, {X: f.plot.X.Max, Y: 0}},
		style: l.modelPen().line(l.thin)})
	for i := range all {
		f.addTally(&all[i], l, i, unit)
		f.legend = append(f.legend, legendEntry{label: all[i].label,
			line: l.pen(i).line(l.line)})
	}
	f.legend = append(f.legend, legendEntry{label: "marks: a torrent is flagged"})
	f.title = tallyTitle(all)
	f.about = r.tallyAbout(all)
	return f, nil
}

// signedPercent prints a share that may be below 0.
func signedPercent(v float64) string {
	if v < 0 {
		return "−" + percent(-v)
	}
	return percent(v)
}

// addTally draws a cell's balance, with a mark where a window was flagged.
func (f *figure) addTally(t *tally, l look, i int, unit float64) {
	pen := l.pen(i)
	flagged := map[int64]bool{}
	for _, w := range t.windows {
		flagged[w.at] = flagged[w.at] || w.flagged
	}
	var line, marks plotter.XYs
	for _, p := range t.balances() {
		at := plotter.XY{X: p.X / unit, Y: min(max(p.Y, f.plot.Y.Min), f.plot.Y.Max)}
		line = append(line, at)
		word := "no"
		if flagged[int64(math.Round(p.X*1e9))] {
			marks, word = append(marks, at), "yes"
		}
		f.data.add(t.cell.Cell, t.label, int(t.cell.Seeds[0]), p.X, p.Y, word)
	}
	f.plot.Add(polyline{points: line, style: pen.line(l.line)},
		l.dots(marks, pen, 0.8*l.radius))
}

// tallies reads the balances of as many cells as there are colours: where there are more, the
// first, and those that differ from it the most.
func (r *results) tallies() ([]tally, error) {
	cells := make([]tally, len(r.Cells))
	for i, c := range r.Cells {
		cells[i].series = series{cell: c, index: i, label: r.cheatLabel(c)}
	}
	err := scanTable(r, balancesFile, func(row *balanceRow) error {
		i, seed, err := r.place(row.Cell, row.Seed)
		if err != nil {
			return err
		}
		t := &cells[i]
		t.rows++
		if row.Flagged {
			t.flagged++
		}
		if seed > 0 {
			return nil
		}
		if n := len(t.windows); n == 0 || t.windows[n-1].at != row.At {
			t.windows = append(t.windows, window{at: row.At})
		}
		w := &t.windows[len(t.windows)-1]
		w.up, w.down = w.up+float64(row.Up), w.down+float64(row.Down)
		w.moved += float64(row.TrueDown)
		w.flagged = w.flagged || row.Flagged
		return nil
	})
	cells = slices.DeleteFunc(cells, func(t tally) bool { return len(t.balances()) == 0 })
	for i := range cells {
		cells[i].flagged /= float64(cells[i].rows)
	}
	if len(cells) > seriesMax {
		first := cells[0]
		slices.SortStableFunc(cells[1:], func(a, b tally) int {
			return cmp.Compare(b.apart(&first), a.apart(&first))
		})
		cells = cells[:seriesMax]
		slices.SortFunc(cells, func(a, b tally) int { return cmp.Compare(a.index, b.index) })
	}
	return cells, err
}

// final is the balance at the end.
func (t *tally) final() float64 {
	at := t.balances()
	return at[len(at)-1].Y
}

// cheatLabel names a cell by how users cheat in it, if its settings say so in a word or a mix.
func (r *results) cheatLabel(c cell) string {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		if value := fmt.Sprint(c.Set[key]); isCheatSetting(key) && r.varies(key) {
			return cheatOfMix(value)
		}
	}
	return r.label(c)
}

// tallyTitle tells the balance of the first cell, and of the one that differs the most from it.
func tallyTitle(all []tally) string {
	const shows = 0.01 // a difference that can be seen
	first, other := &all[0], &all[0]
	for i := range all {
		if all[i].apart(first) > other.apart(first) {
			other = &all[i]
		}
	}
	if other.apart(first) < shows {
		return fmt.Sprintf("Claimed uploads and downloads differ by %s of what was delivered",
			roughShare(math.Abs(first.final())))
	}
	return fmt.Sprintf("Claims are out of balance by %s (%s) and %s (%s)",
		roughShare(first.final()), first.label, roughShare(other.final()), other.label)
}

// apart is how much two cells differ at the end.
func (t *tally) apart(o *tally) float64 { return math.Abs(t.final() - o.final()) }

func (r *results) tallyAbout(all []tally) about {
	a := about{
		shows: "Curves: all that clients had claimed to have uploaded less all that they had " +
			"claimed to have downloaded, of all torrents, by the payload that the network had " +
			"delivered. 0 (dashed): the claims agree. Marks: a torrent was flagged as out of " +
			"balance in the window of time that ends there. Of the first seed of each cell.",
		definition: "The balance of swarms, M2, from what a tracker's ledger has credited.",
		intervals:  "none: single runs",
		n:          func(c cell) string { return plural(len(c.Seeds), "run") },
	}
	for i := range all {
		a.cells = append(a.cells, all[i].cell)
		a.notes = append(a.notes, fmt.Sprintf("%s: %s of the windows of all runs flagged.",
			all[i].label, roughShare(all[i].flagged)))
	}
	if len(all) < len(r.Cells) {
		a.notes = append(a.notes, fmt.Sprintf("Of %d cells these are the first, and those that "+
			"end the farthest from it.", len(r.Cells)))
	}
	return a
}
