package experiments

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the shipped scenarios",
		Args:  command.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), shippedList())
			return err
		},
	}
}

// shippedList lists what run takes by name, by what it is for.
func shippedList() string {
	heads := []string{"To look at", "Settings compared", "Published results, reproduced",
		"Many of these, in one table"}
	sections := make([]display.Table, len(heads))
	for _, s := range scenarios.Shipped() {
		n := 0
		switch {
		case s.Published:
			n = 2
		case s.Varied:
			n = 1
		}
		sections[n].Add(s.Name, s.Title)
	}
	for _, c := range scenarios.Collections() {
		sections[3].Add(c.Name, c.Title)
	}
	wide := 0
	for _, t := range sections {
		for _, row := range t.Rows {
			wide = max(wide, len(row[0]))
		}
	}
	var parts []string
	for n, t := range sections {
		t.Left = 2
		t.Rows[0][0] = fmt.Sprintf("%-*s", wide, t.Rows[0][0]) // one column for all
		parts = append(parts, heads[n]+":\n"+t.String())
	}
	return strings.Join(parts, "\n")
}

// completeRuns completes what run takes: any number of scenarios and their collections.
func completeRuns(
	cmd *cobra.Command, _ []string, text string,
) ([]string, cobra.ShellCompDirective) {
	names, directive := plan.CompleteScenarios(cmd, nil, text)
	for _, c := range scenarios.Collections() {
		names = append(names, c.Name+"\t"+c.Title)
	}
	return names, directive
}
