package plots

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

const detectionMetric = "detection."

// judgements are the methods that accuse somebody, and the numbers of swarms at which they did.
func (r *results) judgements() (methods []string, looks []int) {
	for _, c := range r.Cells {
		for name, m := range c.Metrics {
			rest, ok := strings.CutPrefix(name, detectionMetric)
			parts := strings.Split(rest, ".")
			if !ok || len(parts) != 3 || m.N == 0 {
				continue
			}
			n, err := strconv.Atoi(parts[1])
			if err != nil {
				continue
			}
			if !slices.Contains(looks, n) {
				looks = append(looks, n)
			}
			if !slices.Contains(methods, parts[0]) {
				methods = append(methods, parts[0])
			}
		}
	}
	slices.Sort(methods)
	slices.Sort(looks)
	return methods, looks
}

func detectionName(method string, swarms int, of string) string {
	return fmt.Sprintf("%s%s.%d.%s", detectionMetric, method, swarms, of)
}

// methodName says what a method is.
func methodName(method string) string {
	switch method {
	case "M1":
		return "M1 ratio in the ledger"
	case "M3":
		return "M3 least squares"
	case "M3w":
		return "M3 weighted"
	case "M4":
		return "M4 controlled lists"
	case "M5":
		return "M5 plausibility"
	}
	return method
}

// detectionFigure draws maps of recall and precision over the number of swarms observed and the
// cells, a line of maps for each method that attributes.
func detectionFigure(r *results, l look) (*figure, error) {
	methods, looks := r.judgements()
	methods = slices.DeleteFunc(methods, func(m string) bool { return !strings.HasPrefix(m, "M3") })
	if len(methods) == 0 {
		return &figure{skipped: "nobody was judged (ledger.rounds.looks)"}, nil
	}
	cells := r.shown()
	f := &figure{line: 0.45 * l.height, columns: 2, data: table{header: []string{"cell", "method",
		"swarms", "measure", "mean", "ci95_low", "ci95_high"}}}
	for n, method := range methods {
		for k, of := range []string{"recall", "precision"} {
			p := l.newMap(methodName(method)+": "+of, 2)
			all := f.addTiles(cells, method, of, looks)
			p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(len(looks)), 0, float64(len(cells))
			var across, down []string
			for _, look := range looks {
				across = append(across, count(look))
			}
			for _, c := range cells {
				down = append(down, r.inflation(c))
			}
			wide := (l.width - 2*l.margin) / vg.Length(2*len(looks)+1)
			p.X.Tick.Marker = midTicks(across, l.text, wide)
			if k == 0 {
				p.Y.Tick.Marker = midTicks(down, l.text, 0.15*l.width)
				p.Y.Label.Text = "Claimed"
			} else {
				p.Y.Tick.Marker = plot.ConstantTicks{}
			}
			if n == len(methods)-1 {
				p.X.Label.Text = "Swarms observed"
			}
			p.Add(heatMap{all, l})
			f.more = append(f.more, p)
		}
	}
	f.plot, f.more = f.more[0], f.more[1:]
	f.title = detectionTitle(r, cells, looks)
	f.about = detectionAbout(r, cells)
	return f, nil
}

// inflation names a cell by how much its cheats claim, ×1.5, or by all that was varied.
func (r *results) inflation(c cell) string {
	label := r.label(c)
	if factor, ok := strings.CutPrefix(label, "factor = "); ok && !strings.Contains(factor, ",") {
		return "×" + factor
	}
	return label
}

// whole prints a share in whole percent.
func whole(share float64) string { return fmt.Sprintf("%.0f\u00A0%%", 100*share) }

// newMap is an empty plot for tiles, with a heading.
func (l look) newMap(text string, columns int) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Width, a.Padding, a.Tick.Length = 0, 0, 0
		a.Color, a.Label.Padding = l.ink, l.text/3
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = sans(l.text), l.ink
		a.Tick.Label.Font, a.Tick.Label.Color = sans(l.text), l.ink
	}
	p.Y.Tick.Label.YAlign = -0.6
	across := (l.width-2*l.margin)/vg.Length(columns) - 4*l.text
	p.Title.Text = fit(text, l.text, across+2*l.text)
	p.Title.TextStyle.Font, p.Title.TextStyle.Color = sans(l.text), l.ink
	p.Title.Padding = 0.3 * l.text
	return p
}

// addTiles makes the map of one measure, and enters it in the data.
func (f *figure) addTiles(cells []cell, method, of string, looks []int) (all []tile) {
	for j, c := range cells {
		for i, n := range looks {
			m := c.Metrics[detectionName(method, n, of)]
			t := tile{x: float64(i), y: float64(j)}
			if m.N > 0 {
				t.text, t.share = fmt.Sprintf("%.2f", m.Mean), m.Mean
				low, high := ends(m.CI95)
				f.data.add(c.Cell, method, n, of, m.Mean, low, high)
			}
			all = append(all, t)
		}
	}
	return all
}

// foundAfter is how many swarms M3 needs until it finds the cheats of a cell, with a recall and a
// precision of 0.9; 0: it never does.
func foundAfter(c cell, looks []int) int {
	const enough = 0.9
	for _, n := range looks {
		recall := c.Metrics[detectionName("M3", n, "recall")]
		precision := c.Metrics[detectionName("M3", n, "precision")]
		if recall.N > 0 && precision.N > 0 && min(recall.Mean, precision.Mean) >= enough {
			return n
		}
	}
	return 0
}

// detectionTitle tells how many swarms it takes in the first cell, which has the least inflation,
// and in the last one.
func detectionTitle(r *results, cells []cell, looks []int) string {
	if cells[0].Metrics[detectionName("M3", looks[len(looks)-1], "recall")].N == 0 {
		return "Who is accused, by inflation and number of swarms observed"
	}
	after := func(c cell) string {
		if n := foundAfter(c, looks); n > 0 {
			return "after " + plural(n, "swarm")
		}
		return "not within " + plural(looks[len(looks)-1], "swarm")
	}
	least, most := cells[0], cells[len(cells)-1]
	who := r.inflation(least)
	if strings.HasPrefix(who, "×") {
		who = "that claim " + who
	} else {
		who = "(" + who + ")"
	}
	title := "Least squares finds cheats " + who + " " + after(least)
	if len(cells) > 1 {
		title += ", and " + r.inflation(most) + " " + after(most)
	}
	return title
}

func detectionAbout(r *results, cells []cell) about {
	return about{
		shows: "Left: share of the cheats that the method accuses. Right: share of the accused " +
			"who cheat, – if nobody was accused. Over the number of swarms observed, of all " +
			"rounds so far, and what was varied. The lighter, the more, from 0 to 1. In the " +
			"title, cheats are found where both are 0.9 and more without weights.",
		definition: "M3 solves for the fraction of each user's claims that is invented, from the " +
			"claims and the balance of each swarm; who invents more than half of what cheats do " +
			"is accused. Weighted: each swarm counts by its precision. Honest users lose what " +
			"they did not tell before they vanished.",
		cells: cells, intervals: storedIntervals + "; in the data",
		n:     func(c cell) string { return plural(c.Nodes*len(c.Seeds), "user") },
		notes: r.shownNote(),
	}
}
