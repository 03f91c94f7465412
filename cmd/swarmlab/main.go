package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/auditor"
	"swarmlab/cmd/swarmlab/calibration"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/experiments"
	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/scenarios/results/manifest"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs the program and returns its exit status.
func execute(args []string, out, errOut io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.Execute()
	if err != nil && err.Error() != "" {
		fmt.Fprintf(errOut, "swarmlab: %v\n", err)
	}
	return command.Status(err)
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
		Version:           strings.TrimPrefix(manifest.Version, "swarmlab "),
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              command.Known,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("swarmlab {{.Version}}\n")
	root.SetFlagErrorFunc(command.FlagError)
	dht := overlay.NewCommand()
	dht.AddCommand(calibration.NewCommand())
	root.AddCommand(experiments.Commands()...)
	root.AddCommand(dht, torrents.NewCommand(), auditor.NewCommand())
	return root
}
