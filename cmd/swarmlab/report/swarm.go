package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

const completion = "swarm.completion_s"

// swarms tells whether the cells are of torrents.
func swarms(cells []results.CellSummary) bool {
	return slices.ContainsFunc(cells, func(c results.CellSummary) bool {
		return c.Metrics["swarm.completed"].N > 0
	})
}

// swarmTable is the table of one cell of a swarm: times first, by group where there are several,
// then what became of the capacity.
func swarmTable(c *results.CellSummary) string {
	mean := "mean"
	if len(c.Seeds) > 1 {
		mean = "mean ± 95 %"
	}
	t := display.Table{Left: 1}
	t.Add("", mean, "p50", "p90", "last")
	groups := classes(c)
	for _, line := range []struct{ before, after, label string }{
		{"swarm.completion", "_s", "completion"},
		{"swarm.first_piece", "_s", "first piece"},
		{"swarm.found_first", "_s", "first peer found"},
	} {
		addTimes(&t, line.label+", s", c.Metrics[line.before+line.after])
		for _, g := range groups {
			addTimes(&t, "  "+g, c.Metrics[line.before+"."+g+line.after])
		}
	}
	for _, line := range swarmRows() {
		addShare(&t, line.label, c.Metrics[line.metric])
		for _, g := range groups {
			addShare(&t, "  "+g, c.Metrics[line.metric+"."+g])
		}
	}
	return t.String() + against(c)
}

func swarmRows() []headlineRow {
	return []headlineRow{
		{"swarm.completed", "peers that completed, %"},
		{"swarm.utilisation", "uplinks used while downloading, %"},
		{"swarm.total_utilisation", "all uplinks used, seeds' too, %"},
		{"swarm.share_ratio", "share ratio"},
		{"swarm.interest", "interested, % of connected time"},
		{"swarm.clustering", "unchoked within the class, times chance"},
		{"swarm.leechers", "peers downloading"},
		{"swarm.seeds", "peers that stay as seeds"},
		{"swarm.found_share.tracker", "swarm found by the tracker, %"},
		{"swarm.found_share.dht", "swarm found by the DHT, %"},
		{"swarm.found_share.pex", "swarm found by peer exchange, %"},
		{"swarm.seed_copies", "files sent by seeds for a second copy"},
		{"swarm.wasted_share", "wasted payload, %"},
		{"swarm.overhead_share", "overhead on the wire, %"},
		{"swarm.messages", "messages"},
	}
}

// classes are the groups that a table has lines for: those with completions of their own, where
// there are several.
func classes(c *results.CellSummary) (groups []string) {
	for name := range c.Metrics {
		if group, ok := strings.CutPrefix(name, "swarm.completed."); ok {
			groups = append(groups, group)
		}
	}
	if len(groups) < 2 {
		return nil
	}
	slices.Sort(groups)
	return groups
}

func addTimes(t *display.Table, label string, m stats.Summary) {
	if m.N > 0 {
		t.Add(label, withInterval(m, 1), three(m.P50), three(m.P90), three(m.Max))
	}
}

func addShare(t *display.Table, label string, m stats.Summary) {
	switch {
	case m.N == 0:
	case m.Unit == "share":
		t.Add(label, percentage(m))
	default:
		t.Add(label, withInterval(m, 1))
	}
}

// against tells how the swarm did by theory: of a crowd the least time, and of a swarm in which
// peers come and go the fluid model.
func against(c *results.CellSummary) string {
	var b strings.Builder
	if m := c.Metrics["swarm.bound_s"]; m.N > 0 {
		fmt.Fprintf(&b, "the last completed after %s s, %s times the %s s that their lines allow "+
			"(Kumar-Ross)\n", three(c.Metrics["swarm.last_s"].Mean),
			three(c.Metrics["swarm.bound_ratio"].Mean), three(m.Mean))
	}
	if m := c.Metrics["swarm.fluid_download_s"]; m.N > 0 {
		fmt.Fprintf(&b, "a peer downloads for %s s; the fluid model of Qiu and Srikant says %s s, "+
			"and %s peers downloading\n", three(c.Metrics["swarm.download_s"].Mean),
			three(m.Mean), three(c.Metrics["swarm.fluid_leechers"].Mean))
	}
	return b.String()
}

// swarmSweep is a table with a row for each cell.
func (e *Experiment) swarmSweep() string {
	cells := e.Summary.Cells
	var t display.Table
	head := []string{"cell"}
	for _, axis := range e.Scenario.Vary {
		head = append(head, e.shortName(axis.Path))
	}
	head = append(head, "completion p50", "p90", "last")
	rows := sweptRows(cells)
	for _, row := range rows {
		head = append(head, row.label)
	}
	t.Add(head...)
	for i := range cells[:min(len(cells), sweepRows)] {
		c := &cells[i]
		row := []string{fmt.Sprint(c.Cell)}
		for _, axis := range e.Scenario.Vary {
			row = append(row, valueText(c.Set[axis.Path]))
		}
		if m := c.Metrics[completion]; m.N > 0 {
			row = append(row, three(m.P50)+" s", three(m.P90)+" s", three(m.Max)+" s")
		} else {
			row = append(row, "-", "-", "-")
		}
		for _, r := range rows {
			row = append(row, bare(c.Metrics[r.metric]))
		}
		t.Add(row...)
	}
	text := t.String()
	if more := len(cells) - sweepRows; more > 0 {
		text += fmt.Sprintf("... and %s in %s\n", display.Quantity(more, "more cell"),
			filepath.Join(e.Folder, results.SummaryFile))
	}
	return text
}

// bare writes a mean alone, so that rows of many columns are short.
func bare(m stats.Summary) string {
	switch {
	case m.N == 0:
		return "-"
	case m.Unit == "share":
		return three(100*m.Mean) + " %"
	}
	return three(m.Mean)
}

// sweptRows are the columns that some cell has, but for those of times.
func sweptRows(cells []results.CellSummary) []headlineRow {
	return slices.DeleteFunc([]headlineRow{
		{"swarm.bound_ratio", "by bound"},
		{"swarm.utilisation", "uplinks used"},
		{"swarm.completed", "completed"},
		{"swarm.leechers", "leechers"},
		{"swarm.fluid_ratio", "by fluid"},
		{"swarm.found_share.tracker", "by tracker"},
		{"swarm.found_share.dht", "by DHT"},
		{"swarm.found_share.pex", "by PEX"},
		{"swarm.wasted_share", "wasted"},
	}, func(h headlineRow) bool {
		return !slices.ContainsFunc(cells, func(c results.CellSummary) bool {
			return c.Metrics[h.metric].N > 0
		})
	})
}
