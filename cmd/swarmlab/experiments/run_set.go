package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/cmd/swarmlab/progress"
	"swarmlab/cmd/swarmlab/report"
	"swarmlab/plots"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// joint is several scenarios run one after the other, each into a folder of its own below one, and
// their published results in one table. Finished runs are kept until all scenarios are through, so
// that the same command goes on from wherever it was ended.
type joint struct {
	name, title string
	dir         *claim.Folder
	theme       plots.Theme
	tell        *progress.Meter
	works       []*work
	figures     []string
	interrupted bool
	started     time.Time
}

// runSet runs several scenarios. All that can be refused is refused before the first begins.
func (o *runOptions) runSet(cmd *cobra.Command, theme plots.Theme, names []string) error {
	j := &joint{name: "several", title: "Several scenarios", theme: theme, started: time.Now()}
	if args := cmd.Flags().Args(); len(args) == 1 {
		for _, c := range scenarios.Collections() {
			if c.Name == args[0] {
				j.name, j.title = c.Name, c.Title
			}
		}
	}
	if o.out == "" {
		o.out = filepath.Join("results", j.name)
	}
	defer j.close()
	if err := o.planSet(j, names); err != nil {
		j.discard()
		return err
	}
	ctx, release := command.WithInterrupts(cmd.Context(), j.discard)
	defer release()
	j.tell = progress.New(cmd.ErrOrStderr(), !o.json && !o.quiet)
	err := j.do(ctx)
	j.tell.Stop()
	j.discard()
	if len(j.done()) == 0 {
		return err
	}
	if err := j.print(cmd.OutOrStdout(), o.json); err != nil {
		return command.Exit(command.Failed, err)
	}
	return err
}

// planSet plans every scenario, with the same changes, and claims the folders.
func (o *runOptions) planSet(j *joint, names []string) error {
	var plans []*plan.Plan
	var parts []string
	for _, name := range names {
		p, err := plan.Open([]string{name}, &o.changes, o.jobs)
		if err != nil {
			return err
		}
		if slices.Contains(parts, p.Scenario.Name) {
			return fmt.Errorf("two of the scenarios are named %s; rename one, their folders "+
				"would be the same", p.Scenario.Name)
		}
		plans, parts = append(plans, p), append(parts, p.Scenario.Name)
	}
	var err error
	if j.dir, err = claim.Take(o.out, parts...); err != nil {
		return err
	}
	for n, p := range plans {
		w := &work{plan: p, theme: j.theme}
		if w.dir, err = claim.Take(filepath.Join(o.out, parts[n])); err != nil {
			return err
		}
		j.works = append(j.works, w)
		if w.store, err = unfinished.Open(w.dir.Path, p.Scenario, p.Cells); err != nil {
			return err
		}
	}
	return nil
}

// close lets others have the folders.
func (j *joint) close() {
	for _, w := range j.works {
		if w.store != nil {
			w.store.Close()
		}
	}
}

// discard removes the folders in which nothing was written.
func (j *joint) discard() {
	for _, w := range j.works {
		w.dir.Discard()
	}
	if j.dir != nil {
		j.dir.Discard()
	}
}

// do runs all of them and draws the joint figure. A scenario with failed runs does not keep the
// next ones from running. All errors name their scenario.
func (j *joint) do(ctx context.Context) error {
	var all []error
	through := true
	for n, w := range j.works {
		if ctx.Err() != nil {
			through = false
			break
		}
		w.tell, w.started = j.tell, time.Now()
		j.tell.Next(fmt.Sprintf("%d of %d: ", n+1, len(j.works)))
		err := w.do(ctx)
		if err == nil {
			err = w.verdict()
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", w.plan.Scenario.Name, err))
		}
		through = through && w.through()
	}
	j.interrupted = ctx.Err() != nil && !through
	if len(j.done()) > 0 {
		all = append(all, j.write(through))
	}
	switch err := errors.Join(all...); {
	case j.interrupted && len(j.done()) == 0:
		return command.Exit(command.Interrupted, err)
	case j.interrupted:
		return command.Exit(command.Interrupted,
			errors.Join(err, fmt.Errorf("interrupted: %d of %s have "+
				"results; the same command goes on", len(j.done()),
				display.Quantity(len(j.works), "scenario"))))
	case err != nil:
		return command.Exit(command.Failed, err)
	}
	return nil
}

// write stores the joint table and draws it. If all scenarios are through, their finished runs have
// served.
func (j *joint) write(through bool) error {
	j.tell.Next("")
	j.tell.Enter("writing %s", j.dir.Path)
	plots.Clear(j.dir.Path)
	if err := results.WriteJoint(j.dir.Path, j.table()); err != nil {
		return err
	}
	var err error
	if j.figures, err = plots.Draw(j.dir.Path, j.theme); err != nil || !through {
		return err
	}
	for _, w := range j.works {
		err = errors.Join(err, w.store.Discard())
	}
	return err
}

// done lists the scenarios whose results are written.
func (j *joint) done() []*work {
	var done []*work
	for _, w := range j.works {
		if w.stored() {
			done = append(done, w)
		}
	}
	return done
}

// table joins the targets of what is done.
func (j *joint) table() *results.Joint {
	var parts []results.Summary
	for _, w := range j.done() {
		parts = append(parts, w.summary)
	}
	table := results.Join(j.name, j.title, parts)
	table.Interrupted = j.interrupted
	return table
}

// jointDocument is what --json prints of several scenarios.
type jointDocument struct {
	*results.Joint
	Out      string         `json:"out"`
	Failures []jointFailure `json:"failures"`
}

// jointFailure is a failed run, and whose it is.
type jointFailure struct {
	Scenario string `json:"scenario"`
	findings.Failure
}

func (j *joint) document() jointDocument {
	d := jointDocument{Joint: j.table(), Out: j.dir.Path, Failures: []jointFailure{}}
	for _, w := range j.done() {
		for _, f := range w.outcome.Failures {
			d.Failures = append(d.Failures, jointFailure{w.summary.Scenario, f})
		}
	}
	return d
}

// print writes the joint result to standard output.
func (j *joint) print(out io.Writer, json bool) error {
	if json {
		return command.PrintJSON(out, j.document())
	}
	var sets []report.TargetSet
	failures := ""
	t := display.Table{Left: 2}
	for _, w := range j.done() {
		sets = append(sets,
			report.TargetSet{Scenario: w.summary.Scenario, Targets: w.summary.Targets})
		failures += w.told().Failures()
		t.Add(w.summary.Scenario, display.Duration(w.took)+", "+w.dir.Path)
	}
	t.Add("fingerprint", j.table().Fingerprint)
	t.Add("results", j.dir.Path)
	for n, line := range j.figures {
		label := ""
		if n == 0 {
			label = "figures"
		}
		t.Add(label, line)
	}
	t.Add("time", display.Duration(time.Since(j.started)))
	_, err := fmt.Fprintf(out, "%s\n\n%s\n%s%s", j.title, report.TargetsTable(sets...), failures,
		t.String())
	return err
}
