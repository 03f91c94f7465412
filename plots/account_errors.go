package plots

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
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

// accountErrorsFigure draws how far methods are off, by user: where nobody cheats, and where some
// do.
func accountErrorsFigure(r *results, l look) (*figure, error) {
	if ok, err := r.has(accountsFile); err != nil || !ok {
		return &figure{skipped: noAudit}, err
	}
	all, err := r.ledgers()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return &figure{skipped: "no method says how many bytes users sent or got"}, nil
	}
	all = all[:min(len(all), seriesMax)]
	cheats := cheating(all)
	f := &figure{line: 6.6 * l.text, data: table{header: []string{"cells", "method", "quantity",
		"error", "share_at_most", "share_ci95_low", "share_ci95_high"}}}
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
		p := l.newPanel(side.heading, "Relative error of a user's bytes")
		f.addBlames(p, l, of, side.name)
		panels = append(panels, p)
	}
	columns := len(panels)
	if l.grows {
		columns = 1
	}
	f.setPanels(panels, columns)
	panels[0].Y.Label.Text = "Users"
	for _, p := range panels {
		p.X.Label.Text = "Relative error of a user's bytes"
	}
	for i := range all {
		f.legend = append(f.legend, legendEntry{label: all[i].short(),
			line: l.pen(i).line(l.line)})
	}
	f.title = blameTitle(honestErrors)
	f.about = blameAbout(r, all)
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
func (b *blame) within(v float64) (share float64, ci interval, sure bool) {
	var shares []float64
	for _, values := range b.bySeed {
		if len(values) > 0 {
			shares = append(shares, float64(upTo(values, v))/float64(len(values)))
		}
	}
	ci, ok := interval95(shares)
	return float64(upTo(b.errors, v)) / float64(len(b.errors)), ci.clamp(),
		ok && len(shares) >= bandSeeds
}

// addBlames draws the cumulative shares of users by error.
func (f *figure) addBlames(p *plot.Plot, l look, all []blame, name string) {
	u := ruler{true, errorLeast, errorMost}
	ticks := decades(logTicks(u.low, u.high, percent))
	for i := range ticks {
		if v := ticks[i].Value; v < 2*errorLeast || v > errorMost/2 {
			ticks[i].Label = "" // it would touch those of the other axis
		}
	}
	u.set(&p.X, ticks)
	const steps = 160
	var bands, lines []plot.Plotter
	for _, b := range all {
		pen := l.pen(b.index)
		line := polyline{style: pen.line(l.line)}
		strip := ribbon{fill: faded(pen.color, 0.25)}
		for k := range steps + 1 {
			v := errorLeast * math.Pow(errorMost/errorLeast, float64(k)/steps)
			share, ci, sure := b.within(v)
			low, high := any(nil), any(nil)
			if sure {
				low, high = ci.low, ci.high
				strip.x, strip.y = append(strip.x, u.at(v)), append(strip.y, ci)
			}
			line.points = append(line.points, plotter.XY{X: u.at(v), Y: share})
			f.data.add(name, b.ledger.method, b.ledger.side, v, share, low, high)
		}
		bands, lines = append(bands, strip), append(lines, line)
	}
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = linearTicks(1, percent)
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

func blameAbout(r *results, all []ledger) about {
	return about{
		shows: "Curves: share of the users whose bytes a method has wrong by so much at most, in " +
			"cells in which nobody cheats, and in all others together. Users of whom the method " +
			"knows nothing, or who sent nothing and are credited something, are beyond the right " +
			"end, and errors below the left end at it. Bands: 95 % intervals of the share.",
		definition: "Relative error: estimate less truth, by the truth, without its sign. The " +
			"truth is payload delivered from a user to others, in the network's books; of " +
			"methods with (down), payload delivered to a user. Users with neither truth nor " +
			"estimate are left out.",
		cells: r.Cells, intervals: overSeeds,
		n: func(c cell) string { return plural(usersOf(&all[0], c), "user") },
	}
}
