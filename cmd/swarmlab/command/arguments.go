package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// OneArgument demands exactly one argument and says which.
func OneArgument(what, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s: name %s%s", cmd.Name(), what, hint)
		}
		return AtMost(1)(cmd, args)
	}
}

// AtMost refuses more arguments than a command takes.
func AtMost(most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > most {
			return fmt.Errorf("%s: %q is one argument too many; usage: %s", cmd.Name(), args[most],
				cmd.UseLine())
		}
		return nil
	}
}

// Arguments accepts the arguments with these names.
func Arguments(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return Refuse("%s is missing; see %s --help", names[len(args)], c.CommandPath())
		case len(args) > len(names):
			return Refuse("%q is one argument too many; see %s --help", args[len(names)],
				c.CommandPath())
		}
		return nil
	}
}

// Known refuses a word that is no command, and names the nearest.
func Known(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("there is no command %q%s", args[0], suggestion(cmd, args[0], "", cmd))
}

// FlagError says what is wrong with a flag, and how to mend it.
func FlagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		flags := &cobra.Command{} // whose commands are named like the flags, to find the nearest
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			flags.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		})
		return fmt.Errorf("%s: %w%s", cmd.Name(), err,
			suggestion(flags, unknown.GetSpecifiedName(), "--", cmd))
	case errors.As(err, &invalid):
		kind := invalid.GetFlag().Value.Type()
		switch kind {
		case "int":
			kind = "whole number"
		case "bool":
			kind = "true or false"
		case "duration":
			kind = "duration, as in 2s or 1m30s"
		}
		return fmt.Errorf("%s: --%s: %q is no %s", cmd.Name(), invalid.GetFlag().Name,
			invalid.GetValue(), kind)
	}
	return fmt.Errorf("%s: %w; see %s --help", cmd.Name(), err, cmd.CommandPath())
}

// suggestion names those of the commands below known that could be meant, or else where to look.
func suggestion(known *cobra.Command, word, prefix string, help *cobra.Command) string {
	known.SuggestionsMinimumDistance = 2
	if near := known.SuggestionsFor(word); len(near) > 0 {
		return fmt.Sprintf("; did you mean %s%s?", prefix, strings.Join(near, " or "+prefix))
	}
	return fmt.Sprintf("; see %s --help", help.CommandPath())
}
