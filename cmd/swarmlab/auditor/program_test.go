package auditor

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
)

// TestMain lets the test binary stand for the program, of which only the audit is there.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"swarmlab": func() {
		program := &cobra.Command{Use: "swarmlab"}
		program.AddCommand(NewCommand())
		os.Exit(command.Status(program.Execute()))
	}})
}
