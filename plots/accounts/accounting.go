package accounts

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// accountingMost is how many methods have a panel.
const accountingMost = 6

// Accounting draws what each method says of each user against the truth.
func Accounting(r *stored.Results, l page.Look) (*page.Figure, error) {
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
	if len(all) > accountingMost {
		all = all[:accountingMost]
	}
	var values []float64
	for _, b := range all {
		for i := range b.entries {
			if e := &b.entries[i]; e.seed == 0 {
				values = append(values, e.truth, e.estimate)
			}
		}
	}
	scale, ok := bytesScaleOf(values)
	if !ok {
		return &page.Figure{Skipped: "nobody sent anything"}, nil
	}
	kinds := badged(all)
	f := &page.Figure{Legend: badgeKey(l, kinds), Spread: l.Grows,
		Data: page.Table{Header: []string{
			"method", "quantity", "cell", "seed", "user", "cheat", "truth_bytes", "estimate_bytes",
			"low_bytes", "high_bytes"}}}
	columns := min(len(all), 3)
	across := (l.Width-2*l.Margin-4*l.Text)/vg.Length(columns) - l.Text
	if l.Grows {
		across, f.Line = 2*across, 7*l.Text
	}
	var panels []*plot.Plot
	for n, b := range all {
		p := l.NewPanel(page.Fit(b.panel()+": "+shareOrNone(b.weighted(anybody)), l.Text, across),
			"")
		scale.set(&p.X, across, func(s string) vg.Length {
			return page.Width(s, l.Text) +
				0.6*l.Text
		})
		scale.set(&p.Y, l.Height/5, func(string) vg.Length { return 1.2 * l.Text })
		b.scatter(p, l, &scale, kinds)
		enterLedger(f, &b)
		if n%columns > 0 {
			p.Y.Tick.Marker = plot.ConstantTicks(page.Unlabelled(ticksOf(&p.Y)))
		}
		if n+columns < len(all) { // labels that nobody sees, but the grid is drawn for
			p.X.Tick.Label.Font = page.Sans(1)
			p.X.Tick.Marker = plot.ConstantTicks(page.Unlabelled(ticksOf(&p.X)))
		}
		panels = append(panels, p)
	}
	f.SetPanels(panels, columns)
	bottom := (len(panels) - 1) / columns * columns
	panels[min(bottom+columns/2, len(panels)-1)].X.Label.Text = "Transferred in truth"
	panels[len(panels)/columns/2*columns].Y.Label.Text = "Estimated"
	f.Title = accountingTitle(all)
	f.About = accountingAbout(r, all)
	return f, nil
}

func ticksOf(a *plot.Axis) []plot.Tick { return a.Tick.Marker.(plot.ConstantTicks) }

// scatter draws the users of the first seed of each cell, the honest below the others.
func (b *ledger) scatter(p *plot.Plot, l page.Look, s *bytesScale, kinds []string) {
	style := l.ModelPen().Line(l.Thin)
	low, high := s.ruler.At(s.zero), s.ruler.At(s.ruler.High)
	p.Add(page.Polyline{Points: plotter.XYs{{X: low, Y: low}, {X: high, Y: high}}, Style: style})
	at := map[string]plotter.XYs{}
	for i := range b.entries {
		if e := &b.entries[i]; e.seed == 0 {
			kind := shownAs(kinds, e.cheat)
			at[kind] = append(at[kind], plotter.XY{X: s.at(e.truth), Y: s.at(e.estimate)})
		}
	}
	for n, kind := range append([]string{honest, otherCheats}, kinds...) {
		mark, radius := badgeOf(l, kinds, kind), 0.8*l.Radius
		switch {
		case kind == honest || kind == otherCheats:
			radius = 0.5 * l.Radius
		case mark.fill != color.Transparent: // smaller and smaller, so that those below are seen
			radius *= 1.3 - 0.15*vg.Length(n-2)
		}
		p.Add(page.Points{At: at[kind], Marker: mark.marker, Radius: radius, Fill: mark.fill,
			Rim: mark.rim})
		delete(at, kind) // so that the others are drawn once
	}
}

// enterLedger puts what a panel shows into the data.
func enterLedger(f *page.Figure, b *ledger) {
	for i := range b.entries {
		e := &b.entries[i]
		if e.seed != 0 {
			continue
		}
		estimate, low, high := any(nil), any(nil), any(nil)
		if e.seen {
			estimate, low, high = e.estimate, e.low, e.high
		}
		f.Data.Add(b.method, b.side, e.cell.Cell, int(e.cell.Seeds[0]), int(e.user), e.cheat,
			e.truth, estimate, low, high)
	}
}

// weighted is the error of a method by bytes, over all runs: what is off of all that there was. A
// user that the method does not see is off by all that it has.
func (b *ledger) weighted(of func(*entry) bool) float64 {
	off, all := 0.0, 0.0
	for i := range b.entries {
		if e := &b.entries[i]; of(e) {
			off, all = off+math.Abs(e.estimate-e.truth), all+e.truth
		}
	}
	return off / all
}

// anybody takes all entries.
func anybody(*entry) bool { return true }

// accountingTitle tells the errors, by bytes, of the first method and of the best one that counts
// the same.
func accountingTitle(all []ledger) string {
	first, best := &all[0], &all[0]
	for i := range all {
		if b := &all[i]; b.side == first.side && b.weighted(anybody) < best.weighted(anybody) {
			best = b
		}
	}
	off := func(b *ledger) string { return " by " + shareOrNone(b.weighted(anybody)) }
	title := capital(methodWord(first.method)) + " is off" + off(first) + " of all bytes"
	if best != first {
		title += ", " + methodWord(best.method) + off(best)
	}
	return title
}

// roughShare prints a share with two digits.
func roughShare(v float64) string {
	if v >= 10 {
		return "×" + number.Significant(math.Round(v))
	}
	digits := 1 - int(math.Floor(math.Log10(max(100*math.Abs(v), 0.01))))
	scale := math.Pow10(max(digits, 0))
	return strings.Replace(number.Significant(math.Round(100*v*scale)/scale), "-", "−", 1) +
		"\u00A0%"
}

func accountingAbout(r *stored.Results, all []ledger) page.About {
	a := page.About{
		Shows: "A panel for each method, a mark for each user: what the method says the user " +
			"sent, against what the network delivered, of the first seed of each cell. On the " +
			"dashed line the two are equal. Dots: honest users, of all cells; other marks: " +
			"users who cheat, the ways to do so by which methods are off the most told apart. " +
			"Marks at 0 are of users who sent nothing, or less than a thousandth of who sent " +
			"most, or of whom the method knows nothing.",
		Definition: "Truth: payload delivered from a user to others, of all torrents, in the " +
			"network's books. Where a heading says so it is downloads: payload delivered to a " +
			"user. The title has, for each method, absolute errors by the bytes of all users, in " +
			"all runs; a user whom the method does not see is wrong by all that it sent.",
		Cells: r.Cells, Intervals: "none: marks are single users",
		N: func(c stored.Cell) string { return number.Plural(usersOf(&all[0], c), "user") },
	}
	for _, b := range all {
		text := fmt.Sprintf("%s: by bytes, honest %s", b.heading(), shareOrNone(b.weighted(
			func(e *entry) bool { return e.cheat == honest })))
		for _, kind := range cheatsOf(all) {
			text += fmt.Sprintf(", %s %s", kind, shareOrNone(b.weighted(
				func(e *entry) bool { return e.cheat == kind })))
		}
		a.Notes = append(a.Notes, text+".")
	}
	return a
}

func shareOrNone(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nothing"
	case math.IsInf(v, 0):
		return "all invented"
	}
	return roughShare(v)
}

// usersOf counts the users of a cell, in all seeds.
func usersOf(b *ledger, c stored.Cell) (n int) {
	for i := range b.entries {
		if b.entries[i].cell.Cell == c.Cell {
			n++
		}
	}
	return n
}

func capital(noun string) string { return strings.ToUpper(noun[:1]) + noun[1:] }
