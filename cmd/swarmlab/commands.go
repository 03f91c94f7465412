package main

import "github.com/spf13/cobra"

// allCommands returns the commands that run scenarios and deal with their results.
func allCommands() []*cobra.Command {
	return []*cobra.Command{newRunCommand(), newListCommand(), newShowCommand(), newInitCommand(),
		newCheckCommand(), newPlotCommand(), newVerifyCommand(), newSwarmTestCommand()}
}
