package accounts

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// The range of an axis of relative errors: less is drawn at its lower end.
const (
	errorLeast = 1e-4
	errorMost  = 10
)

// A blame is the relative errors of one method in some cells.
type blame struct {
	ledger *ledger
	index  int         // of the ledger
	errors []float64   // sorted; +Inf of users of whom nothing is known, or all is invented
	bySeed [][]float64 // likewise
}

// Errors draws how far methods are off, by user: where nobody cheats, and where some
// do.
func Errors(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(accountsFile); err != nil || !ok {
		return &page.Figure{Skipped: noAudit}, err
	}
	all, err := readLedgers(r)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return &page.Figure{Skipped: "no method says how many bytes users sent or got"}, nil
	}
	all = all[:min(len(all), page.SeriesMax)]
	cheats := cheating(all)
	f := &page.Figure{Line: 6.6 * l.Text, Data: page.Table{Header: []string{"cells", "method",
		"quantity", "error", "share_at_most", "share_ci95_low", "share_ci95_high"}}}
	var panels []*plot.Plot
	var honestErrors []blame
	for _, side := range []struct {
		name, heading string
		of            func(*entry) bool
	}{
		{"honest", "Nobody cheats", func(e *entry) bool { return !cheats[e.cell.Cell] }},
		{"cheats", "Some cheat: all users", func(e *entry) bool { return cheats[e.cell.Cell] }},
	} {
		of := blames(all, side.of)
		if len(of) == 0 {
			continue
		}
		if honestErrors == nil {
			honestErrors = of
		}
		p := l.NewPanel(side.heading, "Relative error of a user's bytes")
		addBlames(f, p, l, of, side.name)
		panels = append(panels, p)
	}
	columns := len(panels)
	if l.Grows {
		columns = 1
	}
	f.SetPanels(panels, columns)
	panels[0].Y.Label.Text = "Users"
	for _, p := range panels {
		p.X.Label.Text = "Relative error of a user's bytes"
	}
	for i := range all {
		f.Legend = append(f.Legend, page.LegendEntry{Label: all[i].short(),
			Line: l.Pen(i).Line(l.Line)})
	}
	f.Title = blameTitle(honestErrors)
	f.About = blameAbout(r, all)
	return f, nil
}

// blames are the errors of each method, of those entries.
func blames(all []ledger, of func(*entry) bool) (some []blame) {
	for i := range all {
		b := blame{ledger: &all[i], index: i}
		seeds := 0
		for k := range all[i].entries {
			seeds = max(seeds, all[i].entries[k].seed+1)
		}
		b.bySeed = make([][]float64, seeds)
		for k := range all[i].entries {
			e := &all[i].entries[k]
			if !of(e) || e.truth == 0 && (!e.seen || e.estimate == 0) {
				continue
			}
			v := e.off()
			if !e.seen {
				v = math.Inf(1)
			}
			b.errors, b.bySeed[e.seed] = append(b.errors, v), append(b.bySeed[e.seed], v)
		}
		if len(b.errors) > 0 {
			slices.Sort(b.errors)
			for _, values := range b.bySeed {
				slices.Sort(values)
			}
			some = append(some, b)
		}
	}
	return some
}

// within returns the share of the users that are off by so much at most, and its interval.
func (b *blame) within(v float64) (share float64, ci number.Interval, sure bool) {
	var shares []float64
	for _, values := range b.bySeed {
		if len(values) > 0 {
			shares = append(shares, float64(number.UpTo(values, v))/float64(len(values)))
		}
	}
	ci, ok := number.Interval95(shares)
	return float64(number.UpTo(b.errors, v)) / float64(len(b.errors)), ci.Clamp(),
		ok && len(shares) >= number.BandSeeds
}

// addBlames draws the cumulative shares of users by error.
func addBlames(f *page.Figure, p *plot.Plot, l page.Look, all []blame, name string) {
	u := page.Ruler{Log: true, Low: errorLeast, High: errorMost}
	ticks := page.Decades(page.LogTicks(u.Low, u.High, number.Percent))
	for i := range ticks {
		if v := ticks[i].Value; v < 2*errorLeast || v > errorMost/2 {
			ticks[i].Label = "" // it would touch those of the other axis
		}
	}
	u.Set(&p.X, ticks)
	const steps = 160
	var bands, lines []plot.Plotter
	for _, b := range all {
		pen := l.Pen(b.index)
		line := page.Polyline{Style: pen.Line(l.Line)}
		strip := page.Ribbon{Fill: page.Faded(pen.Color, 0.25)}
		for k := range steps + 1 {
			v := errorLeast * math.Pow(errorMost/errorLeast, float64(k)/steps)
			share, ci, sure := b.within(v)
			low, high := any(nil), any(nil)
			if sure {
				low, high = ci.Low, ci.High
				strip.X, strip.Y = append(strip.X, u.At(v)), append(strip.Y, ci)
			}
			line.Points = append(line.Points, plotter.XY{X: u.At(v), Y: share})
			f.Data.Add(name, b.ledger.method, b.ledger.side, v, share, low, high)
		}
		bands, lines = append(bands, strip), append(lines, line)
	}
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
	p.Add(bands...)
	p.Add(lines...)
}

// blameTitle tells the median error of the first method, and that of the best of the same side.
func blameTitle(all []blame) string {
	half := func(b *blame) float64 { return b.errors[(len(b.errors)-1)/2] }
	first, best := &all[0], &all[0]
	for i := range all {
		if b := &all[i]; b.ledger.side == first.ledger.side && half(b) < half(best) {
			best = b
		}
	}
	sentence := func(b *blame) string {
		return "by " + shareOrNone(half(b)) + " (" + methodWord(b.ledger.method) + ")"
	}
	title := "Half of the users are off " + sentence(first)
	if best != first {
		title += " or " + sentence(best)
	}
	return title + " at most"
}

func blameAbout(r *stored.Results, all []ledger) page.About {
	return page.About{
		Shows: "Curves: share of the users whose bytes a method has wrong by so much at most, in " +
			"cells in which nobody cheats, and in all others together. Users of whom the method " +
			"knows nothing, or who sent nothing and are credited something, are beyond the right " +
			"end, and errors below the left end at it. Bands: 95 % intervals of the share.",
		Definition: "Relative error: estimate less truth, by the truth, without its sign. The " +
			"truth is payload delivered from a user to others, in the network's books; of " +
			"methods with (down), payload delivered to a user. Users with neither truth nor " +
			"estimate are left out.",
		Cells: r.Cells, Intervals: page.OverSeeds,
		N: func(c stored.Cell) string { return number.Plural(usersOf(&all[0], c), "user") },
	}
}
