package experiments

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
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
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// runOptions are the flags of run.
type runOptions struct {
	changes plan.Changes
	jobs    int
	out     string
	theme   string
	json    bool
	quiet   bool
}

func newRun() *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO | FILE.yaml]...",
		Short: "Run a scenario, store the results and draw the figures",
		Long: `Run a shipped scenario (see list) or a scenario file (see init), without argument the
flagship ` + plan.Flagship + `. Results and figures go to one folder, which plot and verify read.
Several are run one after the other, into folders below one, with the published results that
they are to reproduce in one table: validation is such a set.

Each finished run is stored at once: whatever ends the program, the same command goes on from
there, and what it leaves is the same, byte for byte, as without the interruption.
Ctrl-C stops early and reports the runs that are finished; a second one quits at once.`,
		Example: `  swarmlab run
  swarmlab run hops --quick
  swarmlab run validation
  swarmlab run hops --set groups.nodes.size=1000 --repeat 5 --out results/thousand`,
		ValidArgsFunction: completeRuns,
		RunE:              o.run,
	}
	o.changes.AddFlags(cmd)
	plan.AddJobs(cmd, &o.jobs)
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "results `folder` (default: results/NAME of the scenario)")
	command.AddTheme(cmd, &o.theme)
	f.BoolVar(&o.json, "json", false, "print the summary as one JSON document, and nothing else")
	f.BoolVar(&o.quiet, "quiet", false, "no progress lines where standard error is no terminal")
	return cmd
}

// run refuses what can be refused, and then does the work.
func (o *runOptions) run(cmd *cobra.Command, args []string) error {
	theme, err := plots.ThemeByName(o.theme)
	if err != nil {
		return err
	}
	names := scenarios.Expand(args)
	if len(names) > 1 {
		return o.runSet(cmd, theme, names)
	}
	p, err := plan.Open(names, &o.changes, o.jobs)
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = filepath.Join("results", p.Scenario.Name)
	}
	dir, err := claim.Take(o.out)
	if err != nil {
		return err
	}
	store, err := unfinished.Open(dir.Path, p.Scenario, p.Cells)
	if err != nil {
		dir.Discard()
		return err
	}
	defer store.Close()
	ctx, release := command.WithInterrupts(cmd.Context(), dir.Discard)
	defer release()
	tell := progress.New(cmd.ErrOrStderr(), !o.json && !o.quiet)
	w := &work{plan: p, dir: dir, store: store, theme: theme, tell: tell, started: time.Now()}
	err = w.do(ctx)
	if err == nil && w.through() {
		w.trouble = store.Discard()
	}
	tell.Stop()
	if err != nil {
		dir.Discard()
		return err
	}
	if err := o.print(cmd.OutOrStdout(), w); err != nil {
		return command.Exit(command.Failed, err)
	}
	return w.verdict()
}

// print writes the result to standard output.
func (o *runOptions) print(out io.Writer, w *work) error {
	if o.json {
		return command.PrintJSON(out, w.document())
	}
	_, err := io.WriteString(out, w.told().Text())
	return err
}

// work is a run of the program: a plan and what became of it.
type work struct {
	plan    *plan.Plan
	dir     *claim.Folder
	store   *unfinished.Store
	theme   plots.Theme
	tell    *progress.Meter
	started time.Time

	outcome *results.Outcome
	summary results.Summary
	figures []string // a line each
	undrawn bool     // Ctrl-C came while the figures were drawn
	trouble error    // in writing or drawing: the report is all that there is
	took    time.Duration
}

// do simulates, writes and draws. It returns an error if there are no results.
func (w *work) do(ctx context.Context) error {
	for _, note := range append(w.plan.Notes, w.storeNotes()...) {
		w.tell.Note(note)
	}
	w.tell.Enter("simulating %s", w.plan.Scenario.Name)
	e := lab.Experiment{Scenario: w.plan.Scenario, Jobs: w.plan.Jobs, Progress: w.tell.Update,
		Store: w.store}
	var err error
	if w.outcome, err = e.Run(ctx); err != nil {
		return command.Exit(command.Failed, err)
	}
	if !w.stored() {
		return command.Interrupt("interrupted before a run was finished; nothing is stored")
	}
	w.nameReplays()
	w.tell.Enter("writing %s", w.dir.Path)
	plots.Clear(w.dir.Path)
	if w.summary, err = results.Write(w.dir.Path, w.outcome, w.started); err != nil {
		w.trouble = fmt.Errorf("not all results could be stored: %w", err)
	} else if err := w.draw(ctx); err != nil {
		w.trouble = fmt.Errorf("the results are in %s, but not all figures: %w", w.dir.Path, err)
	}
	w.took = time.Since(w.started)
	return nil
}

// stored tells whether there are results.
func (w *work) stored() bool {
	return w.outcome != nil && len(w.outcome.Runs)+len(w.outcome.Failures) > 0
}

// through tells whether all is done, so that the same command has nothing to go on from.
func (w *work) through() bool {
	return w.stored() && w.trouble == nil && !w.undrawn && !w.outcome.Interrupted
}

// storeNotes says what was found of an earlier attempt.
func (w *work) storeNotes() []string {
	var notes []string
	if found := w.store.Found; found > 0 {
		notes = append(notes, display.Quantity(found, "run")+" of before found in "+
			filepath.Join(w.dir.Path, unfinished.Folder))
	}
	for _, damaged := range w.store.Damaged {
		notes = append(notes, damaged+"; the run is done again")
	}
	return notes
}

// nameReplays gives each failure the command that repeats it from the stored scenario, with all
// that the flags of this run had changed.
func (w *work) nameReplays() {
	for n := range w.outcome.Failures {
		f := &w.outcome.Failures[n]
		f.Replay = w.outcome.Replay(*f, filepath.Join(w.dir.Path, results.ScenarioFile)) +
			" --out " + results.ShellWord(w.dir.Path+"-replay")
	}
}

// draw draws the figures, unless there is nothing to show. Ctrl-C leaves those that are drawn: each
// file is whole, and plot draws the rest.
func (w *work) draw(ctx context.Context) error {
	if len(w.outcome.Runs) == 0 {
		return nil
	}
	w.tell.Enter("drawing %s", display.Quantity(len(w.summary.Figures), "figure"))
	if w.outcome.Interrupted {
		ctx = context.WithoutCancel(ctx) // what is finished gets its figures, too
	}
	type drawing struct {
		lines []string
		err   error
	}
	drawn := make(chan drawing, 1)
	go func() {
		lines, err := plots.Draw(w.dir.Path, w.theme)
		drawn <- drawing{lines, err}
	}()
	select {
	case d := <-drawn:
		w.figures = d.lines
		return d.err
	case <-ctx.Done():
		w.undrawn = true
		return nil
	}
}

// verdict turns what happened into the exit status.
func (w *work) verdict() error {
	o := w.outcome
	switch {
	case w.trouble != nil:
		return command.Exit(command.Failed, w.trouble)
	case w.undrawn:
		return command.Interrupt("interrupted: all runs are stored in %s, "+
			"but not all figures are drawn; swarmlab plot %s draws them", w.dir.Path,
			results.ShellWord(w.dir.Path))
	case o.Interrupted:
		return command.Interrupt("interrupted: %s finished; their results are in %s",
			w.told().Share(len(o.Runs)), w.dir.Path)
	case len(o.Failures) > 0:
		return command.Fail("%s failed", w.told().Share(len(o.Failures)))
	}
	return nil
}

// told is what people are told of it.
func (w *work) told() *report.Experiment {
	return &report.Experiment{Scenario: w.plan.Scenario, Runs: w.plan.Estimate.Runs,
		Folder: w.dir.Path, Summary: &w.summary, Outcome: w.outcome, Figures: w.figures,
		Took: w.took}
}

// document is what --json prints.
type document struct {
	results.Summary
	Out      string             `json:"out"`
	Failures []findings.Failure `json:"failures"`
}

func (w *work) document() document {
	d := document{Summary: w.summary, Out: w.dir.Path, Failures: w.outcome.Failures}
	if d.Failures == nil {
		d.Failures = []findings.Failure{}
	}
	return d
}
