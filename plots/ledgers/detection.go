package ledgers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const detectionMetric = "detection."

// judged are the methods that accuse somebody, and the numbers of swarms at which they did.
func judged(r *stored.Results) (methods []string, looks []int) {
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

// Detection draws maps of recall and precision over the number of swarms observed and the
// cells, a line of maps for each method that attributes.
func Detection(r *stored.Results, l page.Look) (*page.Figure, error) {
	methods, looks := judged(r)
	methods = slices.DeleteFunc(methods, func(m string) bool { return !strings.HasPrefix(m, "M3") })
	if len(methods) == 0 {
		return &page.Figure{Skipped: "nobody was judged (ledger.rounds.looks)"}, nil
	}
	cells := page.Shown(r)
	f := &page.Figure{Line: 0.45 * l.Height, Columns: 2,
		Data: page.Table{Header: []string{"cell", "method", "swarms", "measure", "mean", "ci95_low",
			"ci95_high"}}}
	for n, method := range methods {
		for k, of := range []string{"recall", "precision"} {
			p := l.NewMap(methodName(method)+": "+of, 2)
			all := addTiles(f, cells, method, of, looks)
			p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(len(looks)), 0, float64(len(cells))
			var across, down []string
			for _, look := range looks {
				across = append(across, number.Count(look))
			}
			for _, c := range cells {
				down = append(down, inflation(r, c))
			}
			wide := (l.Width - 2*l.Margin) / vg.Length(2*len(looks)+1)
			p.X.Tick.Marker = page.MidTicks(across, l.Text, wide)
			if k == 0 {
				p.Y.Tick.Marker = page.MidTicks(down, l.Text, 0.15*l.Width)
				p.Y.Label.Text = "Claimed"
			} else {
				p.Y.Tick.Marker = plot.ConstantTicks{}
			}
			if n == len(methods)-1 {
				p.X.Label.Text = "Swarms observed"
			}
			p.Add(page.HeatMap{Tiles: all, Look: l})
			f.More = append(f.More, p)
		}
	}
	f.Plot, f.More = f.More[0], f.More[1:]
	f.Title = detectionTitle(r, cells, looks)
	f.About = detectionAbout(r, cells)
	return f, nil
}

// inflation names a cell by how much its cheats claim, ×1.5, or by all that was varied.
func inflation(r *stored.Results, c stored.Cell) string {
	label := r.Label(c)
	if factor, ok := strings.CutPrefix(label, "factor = "); ok && !strings.Contains(factor, ",") {
		return "×" + factor
	}
	return label
}

// whole prints a share in whole percent.
func whole(share float64) string { return fmt.Sprintf("%.0f\u00A0%%", 100*share) }

// addTiles makes the map of one measure, and enters it in the data.
func addTiles(
	f *page.Figure, cells []stored.Cell, method, of string, looks []int,
) (all []page.Tile) {
	for j, c := range cells {
		for i, n := range looks {
			m := c.Metrics[detectionName(method, n, of)]
			t := page.Tile{X: float64(i), Y: float64(j)}
			if m.N > 0 {
				t.Text, t.Share = fmt.Sprintf("%.2f", m.Mean), m.Mean
				low, high := number.Ends(m.CI95)
				f.Data.Add(c.Cell, method, n, of, m.Mean, low, high)
			}
			all = append(all, t)
		}
	}
	return all
}

// foundAfter is how many swarms M3 needs until it finds the cheats of a cell, with a recall and a
// precision of 0.9; 0: it never does.
func foundAfter(c stored.Cell, looks []int) int {
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
func detectionTitle(r *stored.Results, cells []stored.Cell, looks []int) string {
	if cells[0].Metrics[detectionName("M3", looks[len(looks)-1], "recall")].N == 0 {
		return "Who is accused, by inflation and number of swarms observed"
	}
	after := func(c stored.Cell) string {
		if n := foundAfter(c, looks); n > 0 {
			return "after " + number.Plural(n, "swarm")
		}
		return "not within " + number.Plural(looks[len(looks)-1], "swarm")
	}
	least, most := cells[0], cells[len(cells)-1]
	who := inflation(r, least)
	if strings.HasPrefix(who, "×") {
		who = "that claim " + who
	} else {
		who = "(" + who + ")"
	}
	title := "Least squares finds cheats " + who + " " + after(least)
	if len(cells) > 1 {
		title += ", and " + inflation(r, most) + " " + after(most)
	}
	return title
}

func detectionAbout(r *stored.Results, cells []stored.Cell) page.About {
	return page.About{
		Shows: "Left: share of the cheats that the method accuses. Right: share of the accused " +
			"who cheat, – if nobody was accused. Over the number of swarms observed, of all " +
			"rounds so far, and what was varied. The lighter, the more, from 0 to 1. In the " +
			"title, cheats are found where both are 0.9 and more without weights.",
		Definition: "M3 solves for the fraction of each user's claims that is invented, from the " +
			"claims and the balance of each swarm; who invents more than half of what cheats do " +
			"is accused. Weighted: each swarm counts by its precision. Honest users lose what " +
			"they did not tell before they vanished.",
		Cells: cells, Intervals: page.StoredIntervals + "; in the data",
		N:     func(c stored.Cell) string { return number.Plural(c.Nodes*len(c.Seeds), "user") },
		Notes: page.ShownNote(r),
	}
}
