package plan

import (
	"github.com/spf13/cobra"

	"swarmlab/scenarios"
)

// CompleteScenarios completes the name of a shipped scenario, or of a file.
func CompleteScenarios(
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
