package experiments

import "github.com/spf13/cobra"

// Commands returns the commands that run scenarios and deal with their results.
func Commands() []*cobra.Command {
	return []*cobra.Command{newRun(), newList(), newShow(), newInit(),
		newCheck(), newPlot(), newVerify(), newSwarmTest()}
}
