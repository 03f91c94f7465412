package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/plots"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// joint is several scenarios run one after the other, each into a folder of its own below one, and
// their published results in one table.
type joint struct {
	name, title string
	dir         *folder
	theme       plots.Theme
	works       []*work
	figures     []string
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
	if err := o.planSet(j, names); err != nil {
		return err
	}
	ctx, release := withInterrupts(cmd.Context(), j.discard)
	defer release()
	tell := newProgress(cmd.ErrOrStderr(), !o.json && !o.quiet)
	err := j.do(ctx, tell)
	tell.stop()
	if err != nil && len(j.done()) == 0 {
		j.discard()
		return err
	}
	if err := j.print(cmd.OutOrStdout(), o.json); err != nil {
		return exitError{failed, err}
	}
	return err
}

// planSet plans every scenario, with the same changes, and claims the folders.
func (o *runOptions) planSet(j *joint, names []string) error {
	var plans []*plan
	taken := map[string]bool{}
	for _, name := range names {
		p, err := openPlan([]string{name}, &o.changes, o.jobs)
		if err != nil {
			return err
		}
		if taken[p.scenario.Name] {
			return fmt.Errorf("two of the scenarios are named %s; rename one, their folders "+
				"would be the same", p.scenario.Name)
		}
		taken[p.scenario.Name] = true
		plans = append(plans, p)
	}
	var err error
	if j.dir, err = claim(o.out); err != nil {
		return err
	}
	for _, p := range plans {
		dir, err := claim(filepath.Join(o.out, p.scenario.Name))
		if err != nil {
			j.discard()
			return err
		}
		j.works = append(j.works, &work{plan: p, dir: dir, theme: j.theme})
	}
	return nil
}

// discard removes the folders in which nothing was written.
func (j *joint) discard() {
	for _, w := range j.works {
		w.dir.discard()
	}
	j.dir.discard()
}

// do runs all of them and draws the joint figure. A scenario with failed runs does not keep the
// next ones from running.
func (j *joint) do(ctx context.Context, tell *progress) error {
	var first error
	for _, w := range j.works {
		w.tell, w.started = tell, time.Now()
		err := w.do(ctx)
		if err == nil {
			err = w.verdict()
		}
		first = errors.Join(first, err)
		if ctx.Err() != nil {
			break
		}
	}
	for _, w := range j.works {
		if w.outcome == nil || len(w.outcome.Runs) == 0 {
			w.dir.discard()
		}
	}
	done := j.done()
	if len(done) == 0 {
		return first
	}
	j.dir.dropFigures()
	if err := results.WriteJoint(j.dir.path, j.document()); err != nil {
		return exitError{failed, err}
	}
	var err error
	if j.figures, err = plots.Draw(j.dir.path, j.theme); err != nil {
		return exitError{failed, err}
	}
	return first
}

// done lists the scenarios that have results.
func (j *joint) done() []*work {
	var done []*work
	for _, w := range j.works {
		if w.outcome != nil && len(w.outcome.Runs) > 0 {
			done = append(done, w)
		}
	}
	return done
}

func (j *joint) document() *results.Joint {
	var parts []results.Summary
	for _, w := range j.done() {
		parts = append(parts, w.summary)
	}
	return results.Join(j.name, j.title, parts)
}

// print writes the joint result to standard output.
func (j *joint) print(out io.Writer, json bool) error {
	d := j.document()
	if json {
		return printJSON(out, d)
	}
	var sets []targetSet
	t := table{left: 2}
	for _, w := range j.done() {
		sets = append(sets, targetSet{w.summary.Scenario, w.summary.Targets})
		t.add(w.summary.Scenario, timeText(w.took)+", "+w.dir.path)
	}
	t.add("fingerprint", d.Fingerprint)
	t.add("results", j.dir.path)
	for n, line := range j.figures {
		t.add(map[bool]string{true: "figures"}[n == 0], line)
	}
	t.add("time", timeText(time.Since(j.started)))
	_, err := fmt.Fprintf(out, "%s\n\n%s\n%s", j.title, targetsTable(sets...), t.String())
	return err
}
