package plots

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
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
	cell     cell
	interval float64 // s
	sessions int
	missed   metric
	theory   *model
}

// shortfalls reads the groups, in the order of the scenario, and at which intervals they were.
func (r *results) shortfalls() (all []shortfall, err error) {
	type place struct {
		group string
		cell  int
	}
	sessions := map[place]int{}
	intervals := make([]float64, len(r.Cells))
	var groups []string
	err = scanTable(r, creditsFile, func(row *creditRow) error {
		i, _, err := r.place(row.Cell, row.Seed)
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

// undercountFigure draws what a ledger misses of honest users by the announce interval, against the
// closed form.
func undercountFigure(r *results, l look) (*figure, error) {
	if ok, err := r.has(creditsFile); err != nil || !ok {
		return &figure{skipped: noLedger}, err
	}
	all, err := r.shortfalls()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || len(all[0].at) < 2 ||
		all[0].at[0].interval == all[0].at[len(all[0].at)-1].interval {
		return &figure{skipped: "needs two announce intervals (vary ledger.interval)"}, nil
	}
	f := &figure{plot: l.newPlot("Announce interval", "Uploads that the ledger misses"),
		data: table{header: []string{"cell", "group", "interval_s", "sessions",
			"undercount", "undercount_ci95_low", "undercount_ci95_high", "closed_form"}}}
	for _, s := range all {
		for _, p := range s.at {
			low, high := ends(p.missed.CI95)
			theory := any(nil)
			if p.theory != nil {
				theory = p.theory.Mean
			}
			f.data.add(p.cell.Cell, s.group, p.interval, p.sessions, p.missed.Mean, low, high,
				theory)
		}
	}
	shown := all[:min(len(all), seriesMax)]
	f.drawShortfalls(l, shown)
	f.title = shortfallTitle(shown)
	f.about = shortfallAbout(r, all)
	return f, nil
}

func (f *figure) drawShortfalls(l look, all []shortfall) {
	u := ruler{high: all[0].at[len(all[0].at)-1].interval * 1.05}
	var ticks []plot.Tick
	for _, p := range all[0].at {
		ticks = append(ticks, plot.Tick{Value: p.interval, Label: intervalText(p.interval)})
	}
	u.set(&f.plot.X, ticks)
	top := 0.0
	var lines, marks []plot.Plotter
	for i, s := range all {
		pen := l.pen(i)
		var dots plotter.XYs
		theory := plotter.XYs{{}} // who announces all the time misses nothing
		w := whiskers{cap: 0.5 * l.text, style: solid(pen.color, l.thin)}
		for _, p := range s.at {
			x := u.at(p.interval)
			dots = append(dots, plotter.XY{X: x, Y: p.missed.Mean})
			top = max(top, p.missed.Mean)
			if p.theory != nil {
				theory = append(theory, plotter.XY{X: x, Y: p.theory.Mean})
				top = max(top, p.theory.Mean)
			}
			if ci := p.missed.CI95; ci != nil && len(p.cell.Seeds) >= bandSeeds {
				w.x, w.y = append(w.x, x), append(w.y, interval{max(ci[0], 0), ci[1]})
				top = max(top, ci[1])
			}
		}
		marker := l.dots(dots, pen, l.radius)
		lines = append(lines, polyline{points: theory, style: solid(pen.color, l.line)})
		marks = append(marks, w, marker)
		f.legend = append(f.legend, legendEntry{label: s.group, marker: &marker,
			line: solid(pen.color, l.line)})
	}
	f.legend = append(f.legend, legendEntry{label: "lines: closed form"})
	f.plot.Add(lines...)
	f.plot.Add(marks...)
	ticksY := linearTicks(top*1.04, percent)
	f.plot.Y.Min, f.plot.Y.Max = 0, max(top*1.06, 1e-6)
	f.plot.Y.Tick.Marker = ticksY
}

// intervalText is a time for an axis: 5 min, 1 h.
func intervalText(s float64) string {
	switch {
	case s >= 3600:
		return significant(s/3600) + "\u00A0h"
	case s >= 60:
		return significant(s/60) + "\u00A0min"
	}
	return significant(s) + "\u00A0s"
}

func shortfallTitle(all []shortfall) string {
	s := all[0]
	first, last := s.at[0], s.at[len(s.at)-1]
	return fmt.Sprintf("Nobody lies, and a ledger still misses %s to %s of what %s users upload",
		tenths(first.missed.Mean), tenths(last.missed.Mean), s.group)
}

// tenths prints a share in percent with one decimal.
func tenths(share float64) string { return fmt.Sprintf("%.1f\u00A0%%", 100*share) }

func shortfallAbout(r *results, all []shortfall) about {
	a := about{
		shows: "Markers: share of what honest users uploaded that the tracker's ledger did not " +
			"credit, by the interval between announces. Whiskers: 95 % intervals. Lines: the " +
			"closed form.",
		definition: "The ledger credits the difference between two announces of a peer (rule " +
			"rebase). What a session that ends without a word transferred since its last " +
			"announce is lost. What was not yet told when the run ended is left out.",
		cells: r.Cells, intervals: storedIntervals,
		model: "p E[L - T floor(L/T)] / E[L], with T the interval, L the length of sessions and " +
			"p the share that ends without a word; straight between the intervals that were " +
			"simulated.",
		n: func(c cell) string {
			n := 0
			for _, s := range all {
				for _, p := range s.at {
					if p.cell.Cell == c.Cell {
						n += p.sessions
					}
				}
			}
			return plural(n, "session")
		},
	}
	if len(all) > seriesMax {
		a.notes = append(a.notes, fmt.Sprintf("%s more are in the data, and not shown.",
			plural(len(all)-seriesMax, "group")))
	}
	return a
}
