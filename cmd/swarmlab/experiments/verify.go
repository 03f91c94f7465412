package experiments

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/cmd/swarmlab/progress"
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/tables"
)

func newVerify() *cobra.Command {
	jobs, asJSON := 0, false
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Rerun stored results and compare the fingerprints",
		Long: `Repeat every run of a results folder and compare the fingerprints. Where they differ,
name the first simulated second and the nodes that differ in it. In a folder of several scenarios,
that is done for each of them. Nothing is written.`,
		Args: command.OneArgument("a results folder", ", as in swarmlab verify results/hops"),
		RunE: func(cmd *cobra.Command, args []string) error {
			joint, err := results.OpenJoint(args[0])
			if err != nil {
				return err
			}
			if joint != nil {
				return verifySet(cmd, args[0], joint, jobs, asJSON)
			}
			v, err := openVerification(args[0], jobs)
			if err != nil {
				return err
			}
			ctx, release := command.WithInterrupts(cmd.Context(), func() {})
			defer release()
			if err := v.do(ctx, progress.New(cmd.ErrOrStderr(), !asJSON)); err != nil {
				return err
			}
			return v.print(cmd.OutOrStdout(), asJSON)
		},
	}
	plan.AddJobs(cmd, &jobs)
	cmd.Flags().BoolVar(&asJSON, "json", false,
		"print the differences as one JSON document, and nothing else")
	return cmd
}

// verification is the comparison of stored results with a rerun. Its fields are what --json prints.
type verification struct {
	Identical   bool             `json:"identical"`
	Runs        int              `json:"runs"`
	Fingerprint string           `json:"fingerprint"` // stored, of all runs
	Stored      string           `json:"stored_version"`
	Now         string           `json:"version"`
	Differences []lab.Difference `json:"differences"`

	stored *results.Stored
	plan   *plan.Plan
}

func openVerification(dir string, jobs int) (*verification, error) {
	stored, err := results.Open(dir)
	if err != nil {
		return nil, err
	}
	v := &verification{
		Runs: len(stored.Manifest.Runs), Fingerprint: stored.Fingerprint.String(),
		Stored: stored.Manifest.Program, Now: manifest.Version,
		Differences: []lab.Difference{}, stored: stored,
	}
	if v.Runs == 0 {
		return nil, fmt.Errorf("%s holds no finished run, so there is nothing to verify", dir)
	}
	v.plan, err = plan.New(stored.Scenario, jobs)
	return v, err
}

// do reruns and compares.
func (v *verification) do(ctx context.Context, tell *progress.Meter) error {
	for _, note := range v.plan.Notes {
		tell.Note(note)
	}
	tell.Enter("verifying %s", display.Quantity(v.Runs, "run"))
	started := time.Now()
	found, err := lab.Verify(ctx, v.stored, v.plan.Jobs, tell.Update)
	tell.Stop()
	switch {
	case ctx.Err() != nil:
		return command.Interrupt("interrupted after %s; nothing is decided",
			display.Duration(time.Since(started)))
	case err != nil:
		return command.Exit(command.Failed, err)
	}
	v.Differences = append(v.Differences, found...)
	v.Identical = len(found) == 0
	return nil
}

// print writes the verdict; differences make exit status 1.
func (v *verification) print(out io.Writer, asJSON bool) error {
	var err error
	if asJSON {
		err = command.PrintJSON(out, v)
	} else {
		_, err = io.WriteString(out, v.String())
	}
	if err != nil || !v.Identical {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// String is the verdict for people.
func (v *verification) String() string {
	var b strings.Builder
	if v.Identical {
		fmt.Fprintf(&b, "identical: %s, fingerprint %s\n", display.Quantity(v.Runs, "run"),
			v.Fingerprint)
	} else {
		fmt.Fprintf(&b, "different: %d of %s\n", len(v.Differences),
			display.Quantity(v.Runs, "run"))
	}
	for _, d := range v.Differences {
		fmt.Fprintf(&b, "cell %d, seed %d: %s\n", d.Cell, d.Seed, place(d))
	}
	if !v.Identical && v.Stored != v.Now {
		fmt.Fprintf(&b, "The results are of %s, and this is %s: "+
			"a run is the same only in the same version.\n", v.Stored, v.Now)
	}
	return b.String()
}

// nodesNamed bounds the list of nodes in a line.
const nodesNamed = 5

// place says where a rerun leaves the path of the stored run.
func place(d lab.Difference) string {
	switch len(d.Nodes) {
	case 0:
		if d.Second == 0 {
			return "all checkpoints agree, but the fingerprints differ; " + manifest.File +
				" and " + tables.CheckpointsFile + " may be of different runs"
		}
		return fmt.Sprintf("first difference in second %d, where one of them ends", d.Second)
	case 1:
		return fmt.Sprintf("first difference in second %d, node %d", d.Second, d.Nodes[0])
	}
	names := fmt.Sprint(d.Nodes[:min(len(d.Nodes), nodesNamed)])
	names = strings.ReplaceAll(strings.Trim(names, "[]"), " ", ", ")
	if len(d.Nodes) > nodesNamed {
		names += ", ..."
	}
	return fmt.Sprintf("first difference in second %d, in some of %d nodes: %s", d.Second,
		len(d.Nodes), names)
}
