package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// oneArgument demands exactly one argument and says which.
func oneArgument(what, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s: name %s%s", cmd.Name(), what, hint)
		}
		return atMost(1)(cmd, args)
	}
}

// atMost refuses more arguments than a command takes.
func atMost(most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > most {
			return fmt.Errorf("%s: %q is one argument too many; usage: %s", cmd.Name(), args[most],
				cmd.UseLine())
		}
		return nil
	}
}
