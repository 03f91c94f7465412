package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

const undercount = "ledger.undercount"

// ofLedger tells whether the cells are of a tracker's ledger.
func ofLedger(cells []results.CellSummary) bool {
	return slices.ContainsFunc(cells, func(c results.CellSummary) bool {
		return c.Metrics[undercount].N > 0
	})
}

// ledgerTables are what a ledger missed, what methods found, and what audits did.
func (e *Experiment) ledgerTables() string {
	var parts []string
	for _, text := range []string{e.missedTable(), e.verdictTable(), e.auditTable()} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n")
}

// nameOf names a cell by what was varied.
func (e *Experiment) nameOf(c *results.CellSummary) string {
	var parts []string
	for _, axis := range e.Scenario.Vary {
		parts = append(parts, e.shortName(axis.Path)+" "+valueText(c.Set[axis.Path]))
	}
	return strings.Join(parts, ", ")
}

// missedTable has a row for each group and a column for each cell, and below, of the last cell, a
// column for each rule.
func (e *Experiment) missedTable() string {
	cells := e.Summary.Cells
	t, rules := display.Table{Left: 1}, display.Table{Left: 1}
	head, below := []string{"uploads not credited, %"}, []string{"by other rules, %"}
	for i := range cells {
		head = append(head, cmp.Or(e.nameOf(&cells[i]), "mean ± 95 %"))
	}
	others := []string{"clamp", "zero_base", "final_only"}
	t.Add(head...)
	rules.Add(append(below, others...)...)
	theory := false
	for _, group := range suffixes(cells, undercount+".") {
		if strings.Contains(group, ".") {
			continue
		}
		row := []string{group}
		for i := range cells {
			text, known := missed(&cells[i], undercount+"."+group)
			row, theory = append(row, text), theory || known
		}
		t.Add(row...)
		row = []string{group}
		for _, rule := range others {
			text, _ := missed(&cells[len(cells)-1], undercount+"."+group+"."+rule)
			row = append(row, text)
		}
		rules.Add(row...)
	}
	text := t.String()
	if theory {
		text += "in brackets: the closed form\n"
	}
	return text + rules.String()
}

// missed writes what a ledger missed, and what theory says.
func missed(c *results.CellSummary, metric string) (text string, theory bool) {
	text = percentage(c.Metrics[metric])
	m, ok := c.Models[metric]
	if ok {
		text += fmt.Sprintf(" (%.2f)", 100*m.Mean)
	}
	return text, ok
}

// verdictTable has precision and recall of each method by cell and number of swarms.
func (e *Experiment) verdictTable() string {
	cells := e.Summary.Cells
	methods, looks := verdicts(cells)
	if len(methods) == 0 {
		return ""
	}
	t := display.Table{Left: 2}
	head := []string{"precision/recall/AUC", "method"}
	for _, n := range looks {
		head = append(head, display.Quantity(n, "swarm"))
	}
	t.Add(head...)
	for i := range cells {
		c := &cells[i]
		label := e.nameOf(c)
		for _, method := range methods {
			row := []string{label, method}
			for _, n := range looks {
				of := fmt.Sprintf("detection.%s.%d.", method, n)
				row = append(row, hundredth(c.Metrics[of+"precision"])+"/"+
					hundredth(c.Metrics[of+"recall"])+"/"+hundredth(c.Metrics[of+"auc"]))
			}
			t.Add(row...)
			label = ""
		}
	}
	return t.String()
}

func hundredth(m stats.Summary) string {
	if m.N == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", m.Mean)
}

// verdicts are the methods that judged, and at which numbers of swarms.
func verdicts(cells []results.CellSummary) (methods []string, looks []int) {
	for _, key := range suffixes(cells, "detection.") {
		parts := strings.Split(key, ".")
		n, _ := strconv.Atoi(parts[1])
		if !slices.Contains(methods, parts[0]) {
			methods = append(methods, parts[0])
		}
		if !slices.Contains(looks, n) {
			looks = append(looks, n)
		}
	}
	slices.Sort(looks)
	return methods, looks
}

// auditTable has a row for each cell.
func (e *Experiment) auditTable() string {
	cells := e.Summary.Cells
	var periods []int
	for _, key := range suffixes(cells, "audits.caught.") {
		n, _ := strconv.Atoi(key)
		periods = append(periods, n)
	}
	if len(periods) == 0 {
		return ""
	}
	slices.Sort(periods)
	t := display.Table{Left: 1}
	head := []string{"audits"}
	for _, n := range periods {
		head = append(head, fmt.Sprintf("caught by %d, %%", n))
	}
	t.Add(append(head, "escape", "false/1000", "bit/s a node")...)
	for i := range cells {
		c := &cells[i]
		row := []string{e.nameOf(c)}
		for _, n := range periods {
			row = append(row, percentage(c.Metrics[fmt.Sprintf("audits.caught.%d", n)]))
		}
		t.Add(append(row, withInterval(c.Metrics["audits.escape"], 1),
			three(c.Metrics["audits.false_per_1000"].Mean),
			three(c.Metrics["audits.bits_per_node"].Mean))...)
	}
	return t.String()
}

// suffixes are what follows a beginning in the names of the cells' metrics, sorted.
func suffixes(cells []results.CellSummary, beginning string) []string {
	var all []string
	for i := range cells {
		for name := range cells[i].Metrics {
			rest, ok := strings.CutPrefix(name, beginning)
			if ok && !slices.Contains(all, rest) {
				all = append(all, rest)
			}
		}
	}
	slices.Sort(all)
	return all
}
