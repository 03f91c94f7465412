package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"swarmlab/scenarios/results"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs the program and returns its exit status.
func execute(args []string, out, errOut io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.Execute()
	if err == nil {
		return done
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(errOut, "swarmlab: %s\n", text)
	}
	var exit exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return refused
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "swarmlab",
		Short: "A laboratory for Kademlia and BitTorrent swarms",
		Long: `Swarmlab runs thousands to millions of real protocol nodes inside a deterministic
simulator and draws the figures: hop counts, latency and success of lookups.
The same scenario, seed and version give the same results, byte for byte.

Exit status: 0 done, 1 ran and failed, 2 the input was refused, 130 interrupted.`,
		Example: `  swarmlab run                      the flagship: hop counts in a Mainline DHT
  swarmlab run hops --set groups.nodes.size=1000 --seed 7 --out results/mine
  swarmlab verify results/mine      rerun, and compare fingerprints`,
		Version:           strings.TrimPrefix(results.Version, "swarmlab "),
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("swarmlab {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRunCommand(), newListCommand(), newShowCommand(), newInitCommand(),
		newCheckCommand(), newPlotCommand(), newVerifyCommand(), newSwarmTestCommand(),
		newDHTCommand(), newTorrentCommand(), newAuditCommand())
	return root
}

// knownCommand refuses a word that is no command, and names the nearest.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("there is no command %q%s", args[0], suggestion(cmd, args[0], "", cmd))
}

// flagError says what is wrong with a flag, and how to mend it.
func flagError(cmd *cobra.Command, err error) error {
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
