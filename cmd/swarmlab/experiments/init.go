package experiments

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init FILE",
		Short: "Write a commented example scenario to start from",
		Args:  command.OneArgument("the file to write", ", as in swarmlab init mine.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := writeNew(args[0], scenarios.Example()); err != nil {
				return err
			}
			name := results.ShellWord(args[0])
			fmt.Fprintf(cmd.OutOrStdout(), "%s is written. Next:\n  swarmlab check %s\n"+
				"  swarmlab run %s\n", args[0], name, name)
			return nil
		},
	}
}

// writeNew writes a file that must not exist yet, or leaves none.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists and is left as it is; name a new file", path)
	}
	if err != nil {
		return fmt.Errorf("cannot write the example: %w; name another file", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return fmt.Errorf("cannot write the example: %w", err)
	}
	return nil
}
