package results

import (
	"fmt"
	"strings"

	"swarmlab/scenarios/findings"
)

// Replay returns the command that does just one run of an experiment again, from the stored
// scenario, in which the settings of all cells are, and all that flags had changed.
func (o *Outcome) Replay(f findings.Failure, scenario string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "swarmlab run %s --seed %d --repeat 1", ShellWord(scenario), f.Seed)
	for _, set := range o.Cells[f.Cell].Set {
		fmt.Fprintf(&b, " --set %s", ShellWord(fmt.Sprintf("%s=%v", set.Path, set.Value)))
	}
	return b.String()
}

// ShellWord quotes a word for the shell if it needs it.
func ShellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:%+,@"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
