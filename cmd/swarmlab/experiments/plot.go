package experiments

import (
	"fmt"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/plots"
)

func newPlot() *cobra.Command {
	theme := ""
	cmd := &cobra.Command{
		Use:   "plot DIR",
		Short: "Redraw every figure from stored results",
		Args:  command.OneArgument("a results folder", ", as in swarmlab plot results/hops"),
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := plots.ThemeByName(theme)
			if err != nil {
				return err
			}
			lines, err := plots.Draw(args[0], chosen)
			for _, line := range lines {
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
			return err
		},
	}
	command.AddTheme(cmd, &theme)
	return cmd
}
