package accounts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// judgementText is the field in a few letters.
func judgementText(j *stored.Judgement) string {
	switch j.Shows {
	case stored.ShowsDetection:
		precision := "–"
		if j.Precision != nil {
			precision = twoDigits(*j.Precision)
		}
		return precision + "/" + twoDigits(j.Value)
	case stored.ShowsFalse:
		return number.Significant(math.Round(10*j.Value)/10) + "\u00A0‰"
	case stored.ShowsCoverage:
		if j.Value == 0 {
			return "blind"
		}
		return "sees " + roughShare(j.Value)
	case stored.ShowsVictims:
		if j.Value > 0 {
			return "+" + roughShare(j.Value)
		}
		return roughShare(j.Value)
	case stored.ShowsFlagged:
		return "fl " + roughShare(j.Value)
	}
	return roughShare(j.Value)
}

// twoDigits prints a probability; only all is 1.
func twoDigits(p float64) string {
	switch {
	case p == 1:
		return "1"
	case p == 0:
		return "0"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.2f", min(p, 0.99)), "0")
}

// goodness is how well the method does, from 0 to 1: errors by their logarithm, of 1 % and less to
// all of the truth and more, and accusations by F1.
func goodness(j *stored.Judgement) float64 {
	byError := func(v float64) float64 {
		return min(max(-math.Log10(max(math.Abs(v), 1e-9))/2, 0), 1)
	}
	switch j.Shows {
	case stored.ShowsDetection:
		if j.Precision == nil || *j.Precision+j.Value == 0 {
			return 0
		}
		return 2 * *j.Precision * j.Value / (*j.Precision + j.Value)
	case stored.ShowsFalse:
		return byError(j.Value / 1000)
	case stored.ShowsCoverage, stored.ShowsFlagged:
		return j.Value
	}
	return byError(j.Value)
}

// Methods draws methods by ways to cheat, with the number that says most.
func Methods(r *stored.Results, l page.Look) (*page.Figure, error) {
	all := r.Accounting
	if len(all) == 0 {
		return &page.Figure{Skipped: noAudit}, nil
	}
	var methods, labels, kinds, named []string
	for _, m := range methodNames() {
		if slices.ContainsFunc(all, func(j stored.Judgement) bool { return j.Method == m[0] }) {
			methods = append(methods, m[0])
			labels = append(labels, strings.Replace(m[0]+"\n"+m[1], "cross-", "", 1))
		}
	}
	for i, kind := range append([]string{honest}, cheatNames()...) {
		if slices.ContainsFunc(all, func(j stored.Judgement) bool { return j.Cheat == kind }) {
			kinds = append(kinds, kind)
			named = append(named, fmt.Sprintf("A%d %s", i, kind))
		}
	}
	f := &page.Figure{Spread: l.Grows, Data: page.Table{Header: []string{"method", "cheat", "cell",
		"shows", "side", "metric", "value", "ci95_low", "ci95_high", "precision", "expected"}}}
	var tiles []page.Tile
	for x, method := range methods {
		for y, kind := range kinds {
			t := page.Tile{X: float64(x), Y: float64(len(kinds) - 1 - y)}
			i := slices.IndexFunc(all, func(j stored.Judgement) bool {
				return j.Method == method && j.Cheat == kind
			})
			if i >= 0 {
				t.Text, t.Share = judgementText(&all[i]), goodness(&all[i])
				enterJudgement(f, &all[i])
			}
			tiles = append(tiles, t)
		}
	}
	f.Plot = methodsPlot(l, labels, named, tiles)
	for _, share := range []float64{1, 0.5, 0} {
		f.Legend = append(f.Legend, page.LegendEntry{Fill: page.Shade(share),
			Label: map[float64]string{
				1: "right to 1 %", 0.5: "wrong by 10 %", 0: "by all, or blind"}[share]})
	}
	for _, key := range [][2]string{{stored.ShowsDetection, "a/b: precision/recall"},
		{stored.ShowsFalse, "‰: honest accused"}, {stored.ShowsVictims, "±: error of the honest"},
		{stored.ShowsFlagged, "fl: windows flagged"}} {
		if slices.ContainsFunc(all, func(j stored.Judgement) bool { return j.Shows == key[0] }) {
			f.Legend = append(f.Legend, page.LegendEntry{Label: key[1]})
		}
	}
	f.Title = methodsTitle(all)
	f.About = methodsAbout(r, all)
	return f, nil
}

func methodsPlot(l page.Look, labels, named []string, tiles []page.Tile) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	wide := l.Width
	if l.Grows {
		wide *= 2
	}
	left := vg.Length(0)
	for _, name := range named {
		left = max(left, page.Width(name, l.Text))
	}
	room := (wide-2*l.Margin-left)/vg.Length(len(labels)) - 0.3*l.Text
	size := l.Text
	for _, label := range labels {
		_, word, _ := strings.Cut(label, "\n")
		size = min(size, page.FittingSize([]string{word}, l.Text, room))
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Width, a.Padding, a.Tick.Length = 0, 0, 0
		a.Tick.Label.Font, a.Tick.Label.Color = page.Sans(l.Text), l.Ink
	}
	p.X.Tick.Label.Font = page.Sans(size)
	p.Y.Tick.Label.YAlign = -0.6
	p.X.Max, p.Y.Max = float64(len(labels)), float64(len(named))
	var across, up plot.ConstantTicks
	for i, label := range labels {
		across = append(across, plot.Tick{Value: float64(i) + 0.5, Label: label})
	}
	for i, name := range named {
		up = append(up, plot.Tick{Value: float64(len(named)-i) - 0.5, Label: name})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = across, up
	p.Add(page.HeatMap{Tiles: tiles, Look: l})
	return p
}

func enterJudgement(f *page.Figure, j *stored.Judgement) {
	low, high := number.Ends(j.CI95)
	precision := any(nil)
	if j.Precision != nil {
		precision = *j.Precision
	}
	f.Data.Add(j.Method, j.Cheat, j.Cell, j.Shows, j.Side, j.Metric, j.Value, low, high, precision,
		j.Expected)
}

// methodsTitle tells how many ways to cheat the first of the methods withstands that say what users
// uploaded, and how many the best.
func methodsTitle(all []stored.Judgement) string {
	const enough = 0.5 // wrong by 10 %, or F1 of one half
	type score struct {
		method    string
		held, all int
	}
	var scores []score
	for _, m := range methodNames() {
		s, counts := score{method: m[1]}, false
		for i := range all {
			if j := &all[i]; j.Method == m[0] && j.Cheat != honest {
				counts = counts || j.Shows == stored.ShowsError && j.Side == "up"
				s.all++
				if goodness(j) >= enough {
					s.held++
				}
			}
		}
		if counts {
			scores = append(scores, s)
		}
	}
	if len(scores) == 0 {
		return "Methods of accounting by ways to cheat"
	}
	best := slices.MaxFunc(scores, func(a, b score) int { return cmp.Compare(a.held, b.held) })
	title := fmt.Sprintf("Of %s to cheat, %s withstands %d", number.Plural(scores[0].all, "way"),
		scores[0].method, scores[0].held)
	if best.held > scores[0].held {
		title += fmt.Sprintf(", and %s %d", best.method, best.held)
	}
	return title
}

func methodsAbout(r *stored.Results, all []stored.Judgement) page.About {
	a := page.About{
		Shows: "A row for each way to cheat, in a run of its own; a column for each method; " +
			"the number that says most. A share: the median relative error of the bytes of " +
			"those who cheat, of all users where nobody does; with a sign, of withholder " +
			"and framer, that of the honest whom they cost; what was credited to those who " +
			"sent nothing, by all payload. Two numbers: precision and recall of accusations. ‰: " +
			"honest users accused of 1,000. Sees, or blind: cheats of whom the method knows " +
			"anything. fl, of M2 against cheats: windows flagged as out of balance. " +
			"The lighter, the better.",
		Definition: "The truth is payload, in the network's books; uploads, and of M6 and " +
			"under-report downloads. The metric of each field is in the data; with the same " +
			"of payload and overhead, and of verified pieces, in summary.json. In the title, " +
			"a method withstands what it has wrong by 10 % at most, or finds with F1 of one " +
			"half.",
		Cells: r.Cells, Intervals: page.StoredIntervals + "; in the data",
		N: func(c stored.Cell) string { return number.Plural(len(c.Seeds), "run") },
	}
	var expected []string
	for i := range all {
		if j := &all[i]; j.Expected != "" {
			expected = append(expected, fmt.Sprintf("%s %s: %s (expected %s)", j.Method, j.Cheat,
				judgementText(j), j.Expected))
		}
	}
	if len(expected) > 0 {
		a.Notes = append(a.Notes, strings.Join(expected, "; ")+".")
	}
	return a
}
