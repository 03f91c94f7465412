package main

import (
	"io"

	"github.com/spf13/cobra"

	"swarmlab/scenarios"
)

func newListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the shipped scenarios",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var t table
			for _, s := range scenarios.Shipped() {
				t.add(s.Name, s.Title)
			}
			for _, c := range scenarios.Collections() {
				t.add(c.Name, c.Title)
			}
			t.left = 2
			_, err := io.WriteString(cmd.OutOrStdout(), t.String())
			return err
		},
	}
}

// completeScenarios completes the name of a shipped scenario, or of a file.
func completeScenarios(
	_ *cobra.Command, args []string, _ string,
) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range scenarios.Shipped() {
		names = append(names, s.Name+"\t"+s.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}
