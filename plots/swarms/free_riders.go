package swarms

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A rival is one group over a sweep of its share: the others' completion against their own.
type rival struct {
	group string
	at    []rivalPoint // by share
}

type rivalPoint struct {
	cell  stored.Cell
	share float64 // of the peers that download, those of all groups but the first
	peers int
	time  stored.Metric // of completion
	done  stored.Metric // share that completed
}

// FreeRiders draws how long groups take, and how many of them complete, by the share of the
// peers that are not of the first group.
func FreeRiders(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(peersFile); err != nil || !ok {
		return &page.Figure{Skipped: noSwarm}, err
	}
	rivals, err := readRivals(r)
	if err != nil {
		return nil, err
	}
	if len(rivals) < 2 {
		return &page.Figure{Skipped: "needs two groups that download"}, nil
	}
	f := &page.Figure{Line: 6.6 * l.Text, Data: page.Table{Header: []string{"cell", "group",
		"share", "peers", "completion_p50_s", "completion_p50_ci95_low", "completion_p50_ci95_high",
		"completed_share", "completed_ci95_low", "completed_ci95_high"}}}
	for _, v := range rivals {
		for _, p := range v.at {
			low, high := number.Ends(p.time.P50CI95)
			from, to := number.Ends(p.done.CI95)
			f.Data.Add(p.cell.Cell, v.group, p.share, p.peers, p.time.P50, low, high, p.done.Mean,
				from, to)
		}
	}
	most := 0.0
	for _, v := range rivals {
		for _, p := range v.at {
			if p.time.N > 0 {
				most = max(most, p.time.P50)
			}
		}
	}
	unit, name := number.Clock(most)
	others := strings.TrimPrefix(rivals[1].group, rivals[0].group+"-")
	left := rivalPanel(l, rivals, "Median time to the whole file, "+name, func(p *rivalPoint) (
		float64, *[2]float64, bool) {
		return p.time.P50, p.time.P50CI95, p.time.N > 0
	}, unit)
	right := rivalPanel(l, rivals, "Peers that complete", func(p *rivalPoint) (
		float64, *[2]float64, bool) {
		return p.done.Mean, p.done.CI95, true
	}, 1)
	left.Y.Max = max(left.Y.Max, most/unit*1.1) * 1.04
	left.Y.Tick.Marker = page.RoundTicks(0, left.Y.Max, 5, number.Significant)
	right.Y.Max = 1.02
	right.Y.Tick.Marker = page.LinearTicks(1, number.Percent)
	for _, p := range []*plot.Plot{left, right} {
		p.X.Label.Text = "Share of " + others + "s among downloading peers"
		if len(rivals) > 2 {
			p.X.Label.Text = "Share of others than " + rivals[0].group
		}
	}
	f.SetPanels([]*plot.Plot{left, right}, 2)
	left.X.Label.Text = right.X.Label.Text
	if l.Grows {
		f.Columns = 1
	}
	for i, v := range rivals {
		f.Legend = append(f.Legend, page.LegendEntry{Label: v.group,
			Line: l.Pen(i).Line(l.Line)})
	}
	f.Title = rivalTitle(rivals, others)
	f.About = rivalAbout(r, rivals)
	return f, nil
}

// readRivals reads the sizes of groups; their times are in the summary.
func readRivals(r *stored.Results) ([]rival, error) {
	sizes := make([]map[string]int, len(r.Cells))
	var names []string
	err := stored.Scan(r, peersFile, func(row *peerRow) error {
		i, _, err := r.Place(row.Cell, row.Seed)
		if err != nil || !row.leeches() {
			return err
		}
		if sizes[i] == nil {
			sizes[i] = map[string]int{}
		}
		sizes[i][row.Group]++
		if !slices.Contains(names, row.Group) {
			names = append(names, row.Group)
		}
		return nil
	})
	slices.SortStableFunc(names, func(a, b string) int { // the first group begins others' names
		return cmp.Compare(len(a), len(b))
	})
	if len(names) > page.SeriesMax {
		names = names[:page.SeriesMax]
	}
	var all []rival
	for _, name := range names {
		v := rival{group: name}
		for i, c := range r.Cells {
			if sizes[i][name] == 0 {
				continue
			}
			whole := 0
			for _, n := range sizes[i] { // whole numbers: their order does not matter
				whole += n
			}
			v.at = append(v.at, rivalPoint{cell: c, peers: sizes[i][name],
				share: 1 - float64(sizes[i][names[0]])/float64(whole),
				time:  c.Metrics["swarm.completion."+name+"_s"],
				done:  c.Metrics["swarm.completed."+name]})
		}
		slices.SortStableFunc(v.at, func(a, b rivalPoint) int {
			return cmp.Compare(a.share, b.share)
		})
		all = append(all, v)
	}
	return all, err
}

func rivalPanel(l page.Look, rivals []rival, text string,
	of func(*rivalPoint) (float64, *[2]float64, bool), unit float64) *plot.Plot {
	p := l.NewPanel(text, "")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 0.1, 0, 0
	for i, v := range rivals {
		pen := l.Pen(i)
		var line plotter.XYs
		w := page.Whiskers{Cap: 0.5 * l.Text, Style: pen.Line(l.Thin)}
		w.Style.Dashes = nil
		for j := range v.at {
			y, ci, ok := of(&v.at[j])
			if !ok || math.IsNaN(y) {
				continue
			}
			x := v.at[j].share
			p.X.Max = max(p.X.Max, min(x*1.08, 1))
			line = append(line, plotter.XY{X: x, Y: y / unit})
			if ci != nil && len(v.at[j].cell.Seeds) >= number.BandSeeds {
				p.Y.Max = max(p.Y.Max, ci[1]/unit)
				w.X, w.Y = append(w.X, x), append(w.Y,
					number.Interval{Low: max(ci[0], 0) / unit, High: ci[1] / unit})
			}
		}
		p.Add(w, page.Polyline{Points: line, Style: pen.Line(l.Line)}, l.Dots(line, pen, l.Radius))
	}
	p.X.Tick.Marker = page.LinearTicks(p.X.Max, number.Percent)
	return p
}

// rivalTitle tells where one group begins to be slower than the other.
func rivalTitle(rivals []rival, others string) string {
	first, second := rivals[0], rivals[1]
	faster := func(share float64) (bool, bool) {
		i := slices.IndexFunc(first.at, func(p rivalPoint) bool { return p.share == share })
		j := slices.IndexFunc(second.at, func(p rivalPoint) bool { return p.share == share })
		if i < 0 || j < 0 || first.at[i].time.N == 0 || second.at[j].time.N == 0 {
			return false, false
		}
		return second.at[j].time.P50 < first.at[i].time.P50, true
	}
	last := math.NaN()
	for _, p := range second.at {
		if better, ok := faster(p.share); ok && better {
			last = p.share
		}
	}
	if math.IsNaN(last) {
		return fmt.Sprintf("Of those that complete, %ss are never faster", others)
	}
	return fmt.Sprintf("Up to a share of %s, %ss that complete are faster than the others",
		hundredths(last), others)
}

func rivalAbout(r *stored.Results, rivals []rival) page.About {
	a := page.About{
		Shows: "Left: median time from a peer's coming to its last verified piece, of peers that " +
			"complete. Right: share of the peers that do before the run ends. Whiskers: 95 % " +
			"intervals.",
		Definition: "The share is of the peers that came to download, those of other groups " +
			"than " + rivals[0].group + ".",
		Cells: r.Cells, Intervals: page.StoredIntervals,
		N: func(c stored.Cell) string {
			n := 0
			for _, v := range rivals {
				for _, p := range v.at {
					if p.cell.Cell == c.Cell {
						n += p.peers
					}
				}
			}
			return number.Plural(n, "peer")
		},
	}
	return a
}
