package experiments

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/progress"
	"swarmlab/scenarios/results"
)

// jointVerification is the comparison of several stored scenarios with their reruns. Its fields are
// what --json prints.
type jointVerification struct {
	Identical bool           `json:"identical"`
	Parts     []verifiedPart `json:"parts"`
}

// verifiedPart is the comparison of one of them.
type verifiedPart struct {
	Scenario string `json:"scenario"`
	*verification
}

// verifySet verifies every scenario of a joint folder, and refuses before the first what it can.
func verifySet(cmd *cobra.Command, dir string, joint *results.Joint, jobs int, json bool) error {
	all := jointVerification{Identical: true}
	for _, part := range joint.Parts {
		v, err := openVerification(filepath.Join(dir, part.Scenario), jobs)
		if err != nil {
			return err
		}
		all.Parts = append(all.Parts, verifiedPart{part.Scenario, v})
	}
	ctx, release := command.WithInterrupts(cmd.Context(), func() {})
	defer release()
	for n, part := range all.Parts {
		tell := progress.New(cmd.ErrOrStderr(), !json)
		tell.Next(fmt.Sprintf("%d of %d: %s: ", n+1, len(all.Parts), part.Scenario))
		if err := part.do(ctx, tell); err != nil {
			return err
		}
		all.Identical = all.Identical && part.Identical
		if !json {
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s", part.Scenario, part.verification)
		}
	}
	if json {
		if err := command.PrintJSON(cmd.OutOrStdout(), all); err != nil {
			return command.Exit(command.Failed, err)
		}
	}
	if !all.Identical {
		return command.Exit(command.Failed, nil)
	}
	return nil
}
