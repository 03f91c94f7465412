package ledgers

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const verdictsFile = "verdicts.parquet"

type verdictRow struct {
	Cell   int32   `parquet:"cell"`
	Seed   uint64  `parquet:"seed"`
	Method string  `parquet:"method"`
	Swarms int32   `parquet:"swarms"`
	Cheat  bool    `parquet:"cheat"`
	Score  float64 `parquet:"score"`
}

// rocMost is how many panels there are at most.
const rocMost = 4

// ROC draws how many cheats methods find against how many honest users they accuse, for all
// thresholds: a panel a cell.
func ROC(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(verdictsFile); err != nil || !ok {
		return &page.Figure{Skipped: "nobody was judged (ledger.rounds.looks)"}, err
	}
	methods, looks := judged(r)
	if len(methods) == 0 {
		return &page.Figure{Skipped: "nobody was judged (ledger.rounds.looks)"}, nil
	}
	cells := page.Shown(r)
	cells = cells[:min(len(cells), rocMost)]
	look := rocLook(looks, cells[0].Nodes)
	of := map[string][]verdictRow{}
	err := stored.Scan(r, verdictsFile, func(row *verdictRow) error {
		i, _, err := r.Place(row.Cell, row.Seed)
		if err == nil && i < len(cells) && int(row.Swarms) == look {
			key := fmt.Sprint(i, row.Method)
			of[key] = append(of[key], *row)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	f := &page.Figure{Line: 0.7 * l.Height,
		Data: page.Table{Header: []string{"cell", "method", "swarms", "threshold", "false_rate",
			"recall"}}}
	var panels []*plot.Plot
	for i, c := range cells {
		p := l.NewPanel("Cheats found, "+inflation(r, c), "Honest users accused")
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1.02
		p.X.Tick.Marker, p.Y.Tick.Marker = halves(), page.LinearTicks(1, number.Percent)
		p.Add(page.Polyline{Points: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}},
			Style: l.ModelPen().Line(l.Thin)})
		for n := len(methods) - 1; n >= 0; n-- { // the best ones last, on top
			curve := addROC(f, c, methods[n], look, of[fmt.Sprint(i, methods[n])])
			p.Add(page.Polyline{Points: curve, Style: l.Pen(n).Line(l.Line)})
		}
		panels = append(panels, p)
	}
	columns := len(panels)
	if l.Grows {
		columns = 1
	}
	f.SetPanels(panels, columns)
	for _, p := range panels {
		if columns > 1 {
			p.X.Label.Text = "Honest users accused"
		}
	}
	for n, method := range methods {
		f.Legend = append(f.Legend, page.LegendEntry{Label: methodName(method),
			Line: l.Pen(n).Line(l.Line)})
	}
	f.Legend = append(f.Legend, page.LegendEntry{Label: "chance",
		Line: l.ModelPen().Line(l.Thin)})
	f.Title = rocTitle(r, cells, methods, look)
	f.About = rocAbout(r, cells, methods, look)
	return f, nil
}

// halves labels 0, a half and all.
func halves() plot.ConstantTicks {
	return plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 0.5, Label: number.Percent(0.5)},
		{Value: 1, Label: number.Percent(1)}}
}

// rocLook is the number of swarms that is shown: the first of twice as many as there are users.
func rocLook(looks []int, users int) int {
	for _, n := range looks {
		if n >= 2*users {
			return n
		}
	}
	return looks[len(looks)-1]
}

// addROC returns the curve of a method, over the users of all seeds, and enters it in the data.
func addROC(f *page.Figure, c stored.Cell, method string, look int, rows []verdictRow) plotter.XYs {
	slices.SortStableFunc(rows, func(a, b verdictRow) int { return cmp.Compare(b.Score, a.Score) })
	cheats := 0
	for i := range rows {
		if rows[i].Cheat {
			cheats++
		}
	}
	honest := len(rows) - cheats
	curve := plotter.XYs{{X: 0, Y: 0}}
	found, wronged := 0, 0
	for i := range rows {
		if rows[i].Cheat {
			found++
		} else {
			wronged++
		}
		if i+1 < len(rows) && rows[i+1].Score == rows[i].Score {
			continue
		}
		at := plotter.XY{X: float64(wronged) / float64(max(honest, 1)),
			Y: float64(found) / float64(max(cheats, 1))}
		curve = append(curve, at)
		f.Data.Add(c.Cell, method, look, rows[i].Score, at.X, at.Y)
	}
	return curve
}

func rocTitle(r *stored.Results, cells []stored.Cell, methods []string, look int) string {
	best, auc := "", 0.0
	for _, method := range methods {
		if m := cells[0].Metrics[detectionName(method, look, "auc")]; m.N > 0 && m.Mean > auc {
			best, auc = method, m.Mean
		}
	}
	if best == "" {
		return "How many cheats methods find, and how many honest users they accuse"
	}
	return fmt.Sprintf("At %s, %s ranks a cheat above an honest user %s of the time",
		inflation(r, cells[0]), methodName(best), whole(auc))
}

func rocAbout(r *stored.Results, cells []stored.Cell, methods []string, look int) page.About {
	a := page.About{
		Shows: fmt.Sprintf("Share of the cheats against share of the honest users that a method "+
			"accuses, for all thresholds of its score, after %s swarms. Users of all seeds "+
			"together. Dashed: chance.", number.Count(look)),
		Definition: "M1: uploads by downloads in the ledger. M3: fraction of the claims that is " +
			"invented, by least squares. M4: share of its rounds in which the user was " +
			"suspected. M5: the greatest severity of the rules.",
		Cells: cells, Intervals: "none: a curve has no interval; those of the AUC are in " +
			"summary.json",
		N:     func(c stored.Cell) string { return number.Plural(c.Nodes*len(c.Seeds), "user") },
		Notes: page.ShownNote(r),
	}
	for _, c := range cells {
		text := "AUC, " + r.Label(c) + ":"
		for _, method := range methods {
			if m := c.Metrics[detectionName(method, look, "auc")]; m.N > 0 {
				text += fmt.Sprintf(" %s %.3f;", method, m.Mean)
			}
		}
		a.Notes = append(a.Notes, text[:len(text)-1]+".")
	}
	return a
}
