package experiments

import (
	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/scenarios"
)

func newShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Print a scenario in full, with every default and its meaning",
		Long: `Print a shipped scenario or a scenario file in full, with every default and the
meaning of every setting. The output is itself a scenario file.`,
		Args: command.OneArgument("a scenario",
			"; swarmlab list shows the shipped ones"),
		ValidArgsFunction: plan.CompleteScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := scenarios.Open(args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(s.Described())
			return err
		},
	}
}
