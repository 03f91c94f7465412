package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/stats"
)

// columns is the width that a report keeps to if names are not long.
const columns = 100

// Experiment is what became of the runs of a scenario, for people.
type Experiment struct {
	Scenario *scenarios.Scenario
	Runs     int    // that were planned
	Folder   string // where the results are
	Summary  *results.Summary
	Outcome  *results.Outcome
	Figures  []string // a line each
	Took     time.Duration
}

// Text is the result, in plain text.
func (e *Experiment) Text() string {
	var b strings.Builder
	s := e.Summary
	b.WriteString(s.Title + "\n")
	switch {
	case ofLedger(s.Cells):
		fmt.Fprintf(&b, "%s, %s\n\n", display.Quantity(s.Cells[0].Nodes, "user"),
			display.Quantity(len(s.Cells[0].Seeds), "seed"))
		b.WriteString(e.ledgerTables())
	case len(s.Cells) > 0:
		b.WriteString(e.headline(&s.Cells[0]))
	}
	if len(s.Cells) > 1 && !ofLedger(s.Cells) {
		sweep := e.sweep
		if swarms(s.Cells) {
			sweep = e.swarmSweep
		}
		b.WriteString("\n" + sweep())
	}
	if text := accounting(s); text != "" {
		b.WriteString("\n" + text)
	}
	if text := TargetsTable(TargetSet{s.Scenario, s.Targets}); text != "" {
		b.WriteString("\n" + text)
	}
	b.WriteString(e.comparisons() + e.cautions())
	b.WriteString("\n" + e.Failures())
	t := display.Table{Left: 2}
	if len(s.Cells) > 0 {
		t.Add("fingerprint", s.Fingerprint)
		t.Add("seeds", seedList(e.seeds()))
	}
	if n := len(e.Outcome.Runs); n < e.Runs {
		t.Add("finished", e.Share(n))
	}
	t.Add("results", e.Folder)
	for n, line := range e.Figures {
		label := ""
		if n == 0 {
			label = "figures"
		}
		t.Add(label, line)
	}
	t.Add("time", display.Duration(e.Took))
	b.WriteString(t.String())
	return b.String()
}

// headline is the table of one cell.
func (e *Experiment) headline(c *results.CellSummary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", display.Quantity(c.Nodes, "node"),
		display.Quantity(len(c.Seeds), "seed"))
	if n := c.Metrics["lookup.latency_ms"].N; n > 0 {
		b.WriteString(", " + display.Quantity(n, "lookup"))
	}
	b.WriteString("\n" + e.varied(c) + "\n")
	if swarms([]results.CellSummary{*c}) {
		return b.String() + swarmTable(c)
	}
	mean := "mean"
	if len(c.Seeds) > 1 {
		mean = "mean ± 95 %"
	}
	t := display.Table{Left: 1}
	t.Add("", mean, "p50", "p90", "p99")
	for _, line := range headlines() {
		if m := c.Metrics[line.metric]; m.N > 0 {
			t.Add(line.row(m, c.Models)...)
		}
	}
	b.WriteString(t.String())
	for _, f := range c.Faults {
		fmt.Fprintf(&b, "fault %s: %s datagrams", f.Fault, display.Count(uint64(f.Datagrams.Mean)))
		if f.Nodes.Mean > 0 {
			fmt.Fprintf(&b, ", %s nodes", display.Count(uint64(f.Nodes.Mean)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// headlineRow is a line of the table of one cell.
type headlineRow struct{ metric, label string }

func headlines() []headlineRow {
	return []headlineRow{
		{"lookup.hops.contact", "hops to the closest node"},
		{"lookup.hops.discover_k", "hops to discover k"},
		{"lookup.hops.total", "hops in total"},
		{"lookup.rounds", "rounds"},
		{"lookup.messages", "messages"},
		{"lookup.timeouts", "timeouts"},
		{"lookup.found_ms", "time to the closest node, ms"},
		{"lookup.latency_ms", "latency, ms"},
		{"lookup.success", "success, %"},
		{"lookup.hops.first_value", "get_peers: hops to a peer"},
		{"get_peers.first_value_ms", "get_peers: time to a peer, ms"},
		{"get_peers.latency_ms", "get_peers: latency, ms"},
		{"get_peers.success", "get_peers: success, %"},
		{"announce.latency_ms", "announce: latency, ms"},
		{"announce.stored", "announce: nodes that stored"},
		{staleShare, "stale contacts, %"},
		{reachableShare, "reachable nodes, %"},
		{"table.shut_share", "unreachable contacts, %"},
		{"network.filtered", "refused datagrams, %"},
		{"network.dropped", "dropped datagrams, %"},
		{"traffic.bytes_per_node_s", "traffic, B/s a node"},
	}
}

func (h headlineRow) row(m stats.Summary, models map[string]results.Prediction) []string {
	switch m.Unit {
	case "share":
		return []string{h.label, percentage(m)}
	case "B/s": // of which there is one a run
		return []string{h.label, withInterval(m, 1)}
	}
	row := []string{h.label, withInterval(m, 1), three(m.P50), three(m.P90), three(m.P99)}
	if model, ok := models[h.metric]; ok {
		row = append(row, fmt.Sprintf("model %.2f", model.Mean))
	}
	return row
}

// sweepRows bounds the table of cells; summary.json has all.
const sweepRows = 40

// sweep is a table with a row for each cell: what was varied, and what that did to the operations.
func (e *Experiment) sweep() string {
	cells := e.Summary.Cells
	kind := mainKind(cells)
	var t display.Table
	head := []string{"cell"}
	for _, axis := range e.Scenario.Vary {
		head = append(head, e.shortName(axis.Path))
	}
	head = append(head, "hops")
	theory := slices.ContainsFunc(cells, func(c results.CellSummary) bool {
		return c.Models[kind+".hops.contact"].Name != ""
	})
	if theory {
		head = append(head, "model")
	}
	head = append(head, "messages", "found p50", "latency p50", "success")
	aging, gated := anyStale(cells), anyGated(cells)
	if gated {
		head = append(head, "timeouts", "reachable")
	}
	if aging {
		head = append(head, "stale", "traffic")
	}
	t.Add(head...)
	for i := range cells[:min(len(cells), sweepRows)] {
		c := &cells[i]
		row := []string{fmt.Sprint(c.Cell)}
		for _, axis := range e.Scenario.Vary {
			row = append(row, valueText(c.Set[axis.Path]))
		}
		row = append(row, brief(c, kind+".hops.contact"))
		if theory {
			row = append(row, foretold(c, kind+".hops.contact"))
		}
		row = append(row, brief(c, kind+".messages"), brief(c, kind+".found_ms"),
			brief(c, kind+".latency_ms"), brief(c, kind+".success"))
		if gated {
			row = append(row, brief(c, kind+".timeouts"), brief(c, reachableShare))
		}
		if aging {
			row = append(row, brief(c, staleShare), brief(c, "traffic.bytes_per_node_s"))
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

// foretold writes what theory says of a metric.
func foretold(c *results.CellSummary, metric string) string {
	if m, ok := c.Models[metric]; ok {
		return fmt.Sprintf("%.2f", m.Mean)
	}
	return "-"
}

const (
	staleShare     = "table.stale_share"
	reachableShare = "nodes.reachable"
)

// anyStale tells whether there are cells in whose tables contacts had gone stale.
func anyStale(cells []results.CellSummary) bool {
	return slices.ContainsFunc(cells, func(c results.CellSummary) bool {
		return c.Metrics[staleShare].Mean > 0
	})
}

// anyGated tells whether there are cells in which nodes were behind NATs.
func anyGated(cells []results.CellSummary) bool {
	return slices.ContainsFunc(cells, func(c results.CellSummary) bool {
		return c.Metrics[reachableShare].N > 0
	})
}

// mainKind is the kind of operations that the table of cells is about: the first that was measured.
func mainKind(cells []results.CellSummary) string {
	kinds := []string{scenarios.KindLookup, scenarios.KindGetPeers, scenarios.KindAnnounce}
	for _, kind := range kinds {
		for i := range cells {
			if cells[i].Metrics[kind+".latency_ms"].N > 0 {
				return kind
			}
		}
	}
	return scenarios.KindLookup
}

// brief writes what the table of cells shows of a metric.
func brief(c *results.CellSummary, metric string) string {
	m := c.Metrics[metric]
	switch {
	case m.N == 0:
		return "-"
	case m.Unit == "share":
		return percentage(m) + " %"
	case m.Unit == "ms":
		return three(m.P50) + " ms"
	case m.Unit == "B/s":
		return three(m.Mean) + " B/s"
	}
	return withInterval(m, 1)
}

// shortName is the end of a varied setting's path that no other varied setting has.
func (e *Experiment) shortName(path string) string {
	for start := len(path); start > 0; {
		start = strings.LastIndexByte(path[:start], '.')
		name, owners := path[start+1:], 0
		for _, axis := range e.Scenario.Vary {
			if axis.Path == name || strings.HasSuffix(axis.Path, "."+name) {
				owners++
			}
		}
		if owners == 1 {
			return name
		}
	}
	return path
}

// varied writes what makes a cell, in a line or, if that is too long, in one for each setting.
func (e *Experiment) varied(c *results.CellSummary) string {
	var set []string
	for _, axis := range e.Scenario.Vary {
		set = append(set, fmt.Sprintf("%s=%v", axis.Path, c.Set[axis.Path]))
	}
	line := strings.Join(set, " ")
	if len(line) > columns {
		line = strings.Join(set, "\n")
	}
	if line != "" {
		line += "\n"
	}
	return line
}

func (e *Experiment) seeds() []uint64 {
	var all []uint64
	for _, c := range e.Summary.Cells {
		all = append(all, c.Seeds...)
	}
	return all
}

// failuresShown bounds the list of failures; manifest.json has all.
const failuresShown = 10

// Failures lists the runs that failed, each with the command that repeats it.
func (e *Experiment) Failures() string {
	var b strings.Builder
	all := e.Outcome.Failures
	for _, f := range all[:min(len(all), failuresShown)] {
		first, _, _ := strings.Cut(f.Error, "\n")
		fmt.Fprintf(&b, "failed: cell %d, seed %d: %s\n  %s\n", f.Cell, f.Seed, first, f.Replay)
	}
	if more := len(all) - failuresShown; more > 0 {
		fmt.Fprintf(&b, "... and %s in %s\n", display.Quantity(more, "more failure"),
			filepath.Join(e.Folder, manifest.File))
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

// Share writes so many of all runs.
func (e *Experiment) Share(n int) string {
	return display.Count(uint64(n)) + " of " + display.Quantity(e.Runs, "run")
}
