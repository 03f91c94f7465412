package experiments

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/plan"
)

// checkedCells bounds the list of cells.
const checkedCells = 50

func newCheck() *cobra.Command {
	c, jobs := &plan.Changes{}, 0
	cmd := &cobra.Command{
		Use:   "check FILE | SCENARIO",
		Short: "Validate a scenario and estimate what it costs",
		Long: `Validate a scenario file or a shipped scenario, list its cells, and estimate nodes,
datagrams or messages of peers, memory and time. Estimates are right to a factor of about two.`,
		Args: command.OneArgument("a scenario file",
			", as in swarmlab check mine.yaml"),
		ValidArgsFunction: plan.CompleteScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := plan.Open(args, c, jobs)
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), describe(p, args[0]))
			return err
		},
	}
	c.AddFlags(cmd)
	plan.AddJobs(cmd, &jobs)
	return cmd
}

// describe says what the plan comes to.
func describe(p *plan.Plan, source string) string {
	var b strings.Builder
	e := p.Estimate
	fmt.Fprintf(&b, "%s is valid: %s\n\n", source,
		cmp.Or(p.Scenario.Title, p.Scenario.Name))
	t := display.Table{Left: 2}
	t.Add("cells", display.Count(uint64(e.Cells)))
	t.Add("runs", fmt.Sprintf("%s (%s a cell)", display.Count(uint64(e.Runs)),
		display.Count(uint64(p.Scenario.Repeat))))
	t.Add("nodes", display.Count(uint64(e.Nodes))+" in the largest run")
	unit := "datagrams"
	if p.Scenario.Swarms() {
		unit = "messages"
	}
	t.Add(unit, "about "+display.Roughly(e.Datagrams)+" in all runs")
	t.Add("memory",
		fmt.Sprintf("about %s for the largest run; %s available", display.Bytes(e.Memory),
			display.Bytes(plan.AvailableMemory())))
	wall := max(e.CPU/time.Duration(p.Jobs), e.Longest)
	t.Add("time", fmt.Sprintf("about %s of CPU; %s with %s at a time", display.Duration(e.CPU),
		display.Duration(wall), display.Quantity(p.Jobs, "run")))
	b.WriteString(t.String())
	for _, note := range p.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	if len(p.Scenario.Vary) > 0 {
		b.WriteString("\n" + listCells(p))
	}
	return b.String()
}

// listCells lists what is varied.
func listCells(p *plan.Plan) string {
	head := []string{"cell"}
	for _, axis := range p.Scenario.Vary {
		head = append(head, axis.Path)
	}
	t := display.Table{}
	t.Add(head...)
	for _, cell := range p.Cells[:min(len(p.Cells), checkedCells)] {
		row := []string{fmt.Sprint(cell.Index)}
		for _, set := range cell.Set {
			row = append(row, fmt.Sprint(set.Value))
		}
		t.Add(row...)
	}
	text := t.String()
	if more := len(p.Cells) - checkedCells; more > 0 {
		text += fmt.Sprintf("... and %s more\n", display.Count(uint64(more)))
	}
	return text
}
