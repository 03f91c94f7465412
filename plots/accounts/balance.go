package accounts

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
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
	page.Series
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

// Balance draws the balance of the claims over time, in the first run of each cell.
func Balance(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(balancesFile); err != nil || !ok {
		return &page.Figure{Skipped: noAudit}, err
	}
	all, err := readTallies(r)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return &page.Figure{Skipped: "nothing was claimed"}, nil
	}
	f := &page.Figure{Data: page.Table{Header: []string{"cell", "label", "seed", "at_s",
		"balance_share", "flagged"}}}
	last, low, high := 0.0, -0.02, 0.02
	for i := range all {
		for _, p := range all[i].balances() {
			last, low, high = max(last, p.X), min(low, p.Y), max(high, p.Y)
		}
	}
	low, high = max(low, -1), min(high, 2) // what invents much must not flatten the others
	unit, name := number.Clock(last)
	f.Plot = l.NewPlot("Simulated time, "+name, "Up − down, of delivered")
	f.Plot.X.Min, f.Plot.X.Max = 0, last/unit*1.02
	f.Plot.X.Tick.Marker = page.FittingTicks(0, f.Plot.X.Max, l.Width-2*l.Margin-4*l.Text, l)
	f.Plot.Y.Min, f.Plot.Y.Max = low-0.05*(high-low), high+0.05*(high-low)
	f.Plot.Y.Tick.Marker = page.RoundTicks(f.Plot.Y.Min, f.Plot.Y.Max, 5, signedPercent)
	f.Plot.Add(page.Polyline{Points: plotter.XYs{{X: 0, Y: 0}, {X: f.Plot.X.Max, Y: 0}},
		Style: l.ModelPen().Line(l.Thin)})
	for i := range all {
		addTally(f, &all[i], l, i, unit)
		f.Legend = append(f.Legend, page.LegendEntry{Label: all[i].Label,
			Line: l.Pen(i).Line(l.Line)})
	}
	f.Legend = append(f.Legend, page.LegendEntry{Label: "marks: a torrent is flagged"})
	f.Title = tallyTitle(all)
	f.About = tallyAbout(r, all)
	return f, nil
}

// signedPercent prints a share that may be below 0.
func signedPercent(v float64) string {
	if v < 0 {
		return "−" + number.Percent(-v)
	}
	return number.Percent(v)
}

// addTally draws a cell's balance, with a mark where a window was flagged.
func addTally(f *page.Figure, t *tally, l page.Look, i int, unit float64) {
	pen := l.Pen(i)
	flagged := map[int64]bool{}
	for _, w := range t.windows {
		flagged[w.at] = flagged[w.at] || w.flagged
	}
	var line, marks plotter.XYs
	for _, p := range t.balances() {
		at := plotter.XY{X: p.X / unit, Y: min(max(p.Y, f.Plot.Y.Min), f.Plot.Y.Max)}
		line = append(line, at)
		word := "no"
		if flagged[int64(math.Round(p.X*1e9))] {
			marks, word = append(marks, at), "yes"
		}
		f.Data.Add(t.Cell.Cell, t.Label, int(t.Cell.Seeds[0]), p.X, p.Y, word)
	}
	f.Plot.Add(page.Polyline{Points: line, Style: pen.Line(l.Line)},
		l.Dots(marks, pen, 0.8*l.Radius))
}

// readTallies reads the balances of as many cells as there are colours: where there are more, the
// first, and those that differ from it the most.
func readTallies(r *stored.Results) ([]tally, error) {
	cells := make([]tally, len(r.Cells))
	for i, c := range r.Cells {
		cells[i].Series = page.Series{Cell: c, Index: i, Label: cheatLabel(r, c)}
	}
	err := stored.Scan(r, balancesFile, func(row *balanceRow) error {
		i, seed, err := r.Place(row.Cell, row.Seed)
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
	if len(cells) > page.SeriesMax {
		first := cells[0]
		slices.SortStableFunc(cells[1:], func(a, b tally) int {
			return cmp.Compare(b.apart(&first), a.apart(&first))
		})
		cells = cells[:page.SeriesMax]
		slices.SortFunc(cells, func(a, b tally) int { return cmp.Compare(a.Index, b.Index) })
	}
	return cells, err
}

// final is the balance at the end.
func (t *tally) final() float64 {
	at := t.balances()
	return at[len(at)-1].Y
}

// cheatLabel names a cell by how users cheat in it, if its settings say so in a word or a mix.
func cheatLabel(r *stored.Results, c stored.Cell) string {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		if value := fmt.Sprint(c.Set[key]); isCheatSetting(key) && r.Varies(key) {
			return cheatOfMix(value)
		}
	}
	return r.Label(c)
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
		roughShare(first.final()), first.Label, roughShare(other.final()), other.Label)
}

// apart is how much two cells differ at the end.
func (t *tally) apart(o *tally) float64 { return math.Abs(t.final() - o.final()) }

func tallyAbout(r *stored.Results, all []tally) page.About {
	a := page.About{
		Shows: "Curves: all that clients had claimed to have uploaded less all that they had " +
			"claimed to have downloaded, of all torrents, by the payload that the network had " +
			"delivered. 0 (dashed): the claims agree. Marks: a torrent was flagged as out of " +
			"balance in the window of time that ends there. Of the first seed of each cell.",
		Definition: "The balance of swarms, M2, from what a tracker's ledger has credited.",
		Intervals:  "none: single runs",
		N:          func(c stored.Cell) string { return number.Plural(len(c.Seeds), "run") },
	}
	for i := range all {
		a.Cells = append(a.Cells, all[i].Cell)
		a.Notes = append(a.Notes, fmt.Sprintf("%s: %s of the windows of all runs flagged.",
			all[i].Label, roughShare(all[i].flagged)))
	}
	if len(all) < len(r.Cells) {
		a.Notes = append(a.Notes, fmt.Sprintf("Of %d cells these are the first, and those that "+
			"end the farthest from it.", len(r.Cells)))
	}
	return a
}
