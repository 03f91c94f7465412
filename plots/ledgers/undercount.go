package ledgers

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const creditsFile = "credits.parquet"

// noLedger is why figures of a ledger are skipped where there is none.
const noLedger = "the scenario has no ledger"

const undercountMetric = "ledger.undercount."

type creditRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Group    string `parquet:"group"`
	Rule     string `parquet:"rule"`
	Cheats   bool   `parquet:"cheats"`
	Interval int64  `parquet:"interval_ns"`
	Sessions int64  `parquet:"sessions"`
}

// A shortfall is what a ledger misses of one group, by the announce interval.
type shortfall struct {
	group string
	at    []shortfallPoint // by interval
}

type shortfallPoint struct {
	cell     stored.Cell
	interval float64 // s
	sessions int
	missed   stored.Metric
	theory   *stored.Model
}

// readShortfalls reads the groups, in the order of the scenario, and at which intervals they were.
func readShortfalls(r *stored.Results) (all []shortfall, err error) {
	type place struct {
		group string
		cell  int
	}
	sessions := map[place]int{}
	intervals := make([]float64, len(r.Cells))
	var groups []string
	err = stored.Scan(r, creditsFile, func(row *creditRow) error {
		i, _, err := r.Place(row.Cell, row.Seed)
		if err != nil || row.Cheats || row.Rule != "rebase" {
			return err
		}
		if !slices.Contains(groups, row.Group) {
			groups = append(groups, row.Group)
		}
		intervals[i] = float64(row.Interval) / 1e9
		sessions[place{row.Group, i}] += int(row.Sessions)
		return nil
	})
	for _, group := range groups {
		s := shortfall{group: group}
		for i, c := range r.Cells {
			m := c.Metrics[undercountMetric+group]
			if m.N == 0 {
				continue
			}
			p := shortfallPoint{cell: c, interval: intervals[i], missed: m,
				sessions: sessions[place{group, i}]}
			if t, ok := c.Models[undercountMetric+group]; ok {
				p.theory = &t
			}
			s.at = append(s.at, p)
		}
		slices.SortStableFunc(s.at, func(a, b shortfallPoint) int {
			return int(math.Copysign(1, a.interval-b.interval))
		})
		all = append(all, s)
	}
	return all, err
}

// Undercount draws what a ledger misses of honest users by the announce interval, against the
// closed form.
func Undercount(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(creditsFile); err != nil || !ok {
		return &page.Figure{Skipped: noLedger}, err
	}
	all, err := readShortfalls(r)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || len(all[0].at) < 2 ||
		all[0].at[0].interval == all[0].at[len(all[0].at)-1].interval {
		return &page.Figure{Skipped: "needs two announce intervals (vary ledger.interval)"}, nil
	}
	f := &page.Figure{Plot: l.NewPlot("Announce interval", "Uploads that the ledger misses"),
		Data: page.Table{Header: []string{"cell", "group", "interval_s", "sessions",
			"undercount", "undercount_ci95_low", "undercount_ci95_high", "closed_form"}}}
	for _, s := range all {
		for _, p := range s.at {
			low, high := number.Ends(p.missed.CI95)
			theory := any(nil)
			if p.theory != nil {
				theory = p.theory.Mean
			}
			f.Data.Add(p.cell.Cell, s.group, p.interval, p.sessions, p.missed.Mean, low, high,
				theory)
		}
	}
	shown := all[:min(len(all), page.SeriesMax)]
	drawShortfalls(f, l, shown)
	f.Title = shortfallTitle(shown)
	f.About = shortfallAbout(r, all)
	return f, nil
}

func drawShortfalls(f *page.Figure, l page.Look, all []shortfall) {
	u := page.Ruler{High: all[0].at[len(all[0].at)-1].interval * 1.05}
	var ticks []plot.Tick
	for _, p := range all[0].at {
		ticks = append(ticks, plot.Tick{Value: p.interval, Label: intervalText(p.interval)})
	}
	u.Set(&f.Plot.X, ticks)
	top := 0.0
	var lines, marks []plot.Plotter
	for i, s := range all {
		pen := l.Pen(i)
		var dots plotter.XYs
		theory := plotter.XYs{{}} // who announces all the time misses nothing
		w := page.Whiskers{Cap: 0.5 * l.Text, Style: page.Solid(pen.Color, l.Thin)}
		for _, p := range s.at {
			x := u.At(p.interval)
			dots = append(dots, plotter.XY{X: x, Y: p.missed.Mean})
			top = max(top, p.missed.Mean)
			if p.theory != nil {
				theory = append(theory, plotter.XY{X: x, Y: p.theory.Mean})
				top = max(top, p.theory.Mean)
			}
			if ci := p.missed.CI95; ci != nil && len(p.cell.Seeds) >= number.BandSeeds {
				w.X, w.Y = append(w.X, x), append(w.Y,
					number.Interval{Low: max(ci[0], 0), High: ci[1]})
				top = max(top, ci[1])
			}
		}
		marker := l.Dots(dots, pen, l.Radius)
		lines = append(lines, page.Polyline{Points: theory, Style: page.Solid(pen.Color, l.Line)})
		marks = append(marks, w, marker)
		f.Legend = append(f.Legend, page.LegendEntry{Label: s.group, Marker: &marker,
			Line: page.Solid(pen.Color, l.Line)})
	}
	f.Legend = append(f.Legend, page.LegendEntry{Label: "lines: closed form"})
	f.Plot.Add(lines...)
	f.Plot.Add(marks...)
	ticksY := page.LinearTicks(top*1.04, number.Percent)
	f.Plot.Y.Min, f.Plot.Y.Max = 0, max(top*1.06, 1e-6)
	f.Plot.Y.Tick.Marker = ticksY
}

// intervalText is a time for an axis: 5 min, 1 h.
func intervalText(s float64) string {
	switch {
	case s >= 3600:
		return number.Significant(s/3600) + "\u00A0h"
	case s >= 60:
		return number.Significant(s/60) + "\u00A0min"
	}
	return number.Significant(s) + "\u00A0s"
}

func shortfallTitle(all []shortfall) string {
	s := all[0]
	first, last := s.at[0], s.at[len(s.at)-1]
	return fmt.Sprintf("Nobody lies, and a ledger still misses %s to %s of what %s users upload",
		tenths(first.missed.Mean), tenths(last.missed.Mean), s.group)
}

// tenths prints a share in percent with one decimal.
func tenths(share float64) string { return fmt.Sprintf("%.1f\u00A0%%", 100*share) }

func shortfallAbout(r *stored.Results, all []shortfall) page.About {
	a := page.About{
		Shows: "Markers: share of what honest users uploaded that the tracker's ledger did not " +
			"credit, by the interval between announces. Whiskers: 95 % intervals. Lines: the " +
			"closed form.",
		Definition: "The ledger credits the difference between two announces of a peer (rule " +
			"rebase). What a session that ends without a word transferred since its last " +
			"announce is lost. What was not yet told when the run ended is left out.",
		Cells: r.Cells, Intervals: page.StoredIntervals,
		Model: "p E[L - T floor(L/T)] / E[L], with T the interval, L the length of sessions and " +
			"p the share that ends without a word; straight between the intervals that were " +
			"simulated.",
		N: func(c stored.Cell) string {
			n := 0
			for _, s := range all {
				for _, p := range s.at {
					if p.cell.Cell == c.Cell {
						n += p.sessions
					}
				}
			}
			return number.Plural(n, "session")
		},
	}
	if len(all) > page.SeriesMax {
		a.Notes = append(a.Notes, fmt.Sprintf("%s more are in the data, and not shown.",
			number.Plural(len(all)-page.SeriesMax, "group")))
	}
	return a
}
