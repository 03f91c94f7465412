package calibration

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/plan"
	"swarmlab/cmd/swarmlab/progress"
	"swarmlab/plots"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/worlds"
)

const (
	calibrationScenario = "calibration" // what calibrate runs without argument
	calibrationFigure   = "calibration" // what it draws in any case
)

// calibrateOptions are the flags of dht calibrate.
type calibrateOptions struct {
	changes plan.Changes
	out     string
	theme   string
	json    bool
	quiet   bool
}

// NewCommand returns `swarmlab dht calibrate`.
func NewCommand() *cobra.Command {
	o := &calibrateOptions{}
	c := &cobra.Command{
		Use:   "calibrate [SCENARIO | FILE.yaml]",
		Short: "Run a scenario simulated and on real sockets, and compare",
		Long: `Run a scenario twice, simulated and as real nodes on this machine's loopback
addresses, and compare hop counts and latencies. Without argument it is the scenario
` + calibrationScenario + `.

Both runs have the same ids, joins and lookups. Between real nodes each datagram is held
back for as long as the scenario's network takes, or dropped where that loses it. They run
in real time, for as long as the scenario's duration says, all in this process.

The results folder is that of the simulated run, and plot and verify read it; calibration.csv
and calibration.json are added. The exit status is 1 if the hop counts differ (p <= 0.01).`,
		Example: `  swarmlab dht calibrate
  swarmlab dht calibrate --set network.loss=2% --seed 7 --out results/lossy`,
		Args:              command.AtMost(1),
		ValidArgsFunction: plan.CompleteScenarios,
		RunE:              o.run,
	}
	o.changes.AddFlags(c)
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "results `folder` (default: results/NAME of the scenario)")
	command.AddTheme(c, &o.theme)
	f.BoolVar(&o.json, "json", false, "print one JSON document and nothing else")
	f.BoolVar(&o.quiet, "quiet", false, "no progress lines where standard error is no terminal")
	return c
}

// run refuses what can be refused, and then does the work.
func (o *calibrateOptions) run(cmd *cobra.Command, args []string) error {
	theme, err := plots.ThemeByName(o.theme)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{calibrationScenario}
	}
	p, err := plan.Open(args, &o.changes, 1)
	if err != nil {
		return err
	}
	if !slices.Contains(p.Scenario.Figures, calibrationFigure) {
		p.Scenario.Figures = append([]string{calibrationFigure}, p.Scenario.Figures...)
	}
	both, err := calibrationPlan(p.Scenario)
	if err != nil {
		return err
	}
	real, err := newRealNet(both)
	if err != nil {
		return err
	}
	defer real.close()
	if o.out == "" {
		o.out = filepath.Join("results", p.Scenario.Name)
	}
	dir, err := claim.Take(o.out)
	if err != nil {
		return err
	}
	ctx, release := command.WithInterrupts(cmd.Context(), dir.Discard)
	defer release()
	tell := progress.New(cmd.ErrOrStderr(), !o.json && !o.quiet)
	c := &calibration{scenario: p.Scenario, dir: dir, theme: theme, tell: tell, real: real,
		started: time.Now()}
	err = c.do(ctx)
	tell.Stop()
	if err != nil && !c.stored {
		dir.Discard()
	}
	if err != nil {
		return err
	}
	if o.json {
		err = command.PrintJSON(cmd.OutOrStdout(), c.document())
	} else {
		_, err = cmd.OutOrStdout().Write(c.report())
	}
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	return c.verdict()
}

// calibrationPlan returns what both worlds execute, or why they cannot.
func calibrationPlan(s *scenarios.Scenario) (*lab.Plan, error) {
	switch {
	case len(s.Vary) > 0:
		return nil, fmt.Errorf("%s: vary: a calibration is one cell; write vary: none", s.Name)
	case s.Repeat != 1:
		return nil, fmt.Errorf("%s: repeat: a calibration is one run; write repeat: 1 "+
			"and choose others with --seed", s.Name)
	case len(s.Groups) != 1:
		return nil, fmt.Errorf("%s: groups: a calibration has one group, not %d", s.Name,
			len(s.Groups))
	}
	for _, w := range s.Workload {
		if w.Kind == scenarios.KindLookup {
			p, err := lab.NewPlan(s, s.Seed)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			return p, nil
		}
	}
	return nil, fmt.Errorf("%s: workload: a calibration compares lookups, and there are none",
		s.Name)
}

// calibration is the work and what became of it.
type calibration struct {
	scenario *scenarios.Scenario
	dir      *claim.Folder
	theme    plots.Theme
	tell     *progress.Meter
	real     *realNet
	started  time.Time

	found   *worlds.Calibration
	summary results.Summary
	figures []string // a line each
	stored  bool     // at least the simulated half
	took    time.Duration
}

// do runs both worlds, stores what they did, and draws it.
func (c *calibration) do(ctx context.Context) error {
	c.tell.Enter("simulating %s", c.scenario.Name)
	e := lab.Experiment{Scenario: c.scenario, Jobs: 1, Progress: c.tell.Update}
	o, err := e.Run(ctx)
	switch {
	case err != nil:
		return err
	case len(o.Failures) > 0:
		return command.Exit(command.Failed, errors.New(o.Failures[0].Error))
	case o.Interrupted:
		return command.Interrupt("interrupted; nothing is stored")
	}
	c.tell.Enter("running %s on real sockets for %v", display.Quantity(len(c.real.nodes), "node"),
		time.Duration(c.real.plan.End))
	halted := c.real.run(ctx, func(share float64) {
		c.tell.Update(lab.Progress{Runs: 1, Share: min(share, 1)})
	})
	c.tell.Enter("writing %s", c.dir.Path)
	plots.Clear(c.dir.Path)
	if c.summary, err = results.Write(c.dir.Path, o, c.started); err != nil {
		return command.Fail("not all results could be stored: %w", err)
	}
	c.stored = true
	switch {
	case errors.Is(halted, context.Canceled):
		return command.Interrupt("interrupted: the simulated run is stored in %s, "+
			"and the real one is not", c.dir.Path)
	case halted != nil:
		return halted
	}
	return c.compare(o.Runs[0].Lookups)
}

// compare stores the comparison and draws it.
func (c *calibration) compare(simulated []findings.Lookup) error {
	simulated, real := onlyLookups(simulated), onlyLookups(c.real.lookups())
	c.found = worlds.Compare(simulated, real)
	c.found.Fingerprint, c.found.Sockets = c.summary.Fingerprint, c.real.traffic()
	if err := worlds.Write(c.dir.Path, c.found, simulated, real); err != nil {
		return command.Fail("not all results could be stored: %w", err)
	}
	c.tell.Enter("drawing %s", display.Quantity(len(c.summary.Figures), "figure"))
	var err error
	if c.figures, err = plots.Draw(c.dir.Path, c.theme); err != nil {
		return command.Fail("the results are in %s, but not all figures: %w", c.dir.Path, err)
	}
	c.took = time.Since(c.started)
	return nil
}

// onlyLookups leaves out announces and get_peers.
func onlyLookups(all []findings.Lookup) []findings.Lookup {
	var kept []findings.Lookup
	for _, l := range all {
		if l.Kind == scenarios.KindLookup {
			kept = append(kept, l)
		}
	}
	return kept
}

// verdict turns the comparison into the exit status.
func (c *calibration) verdict() error {
	switch f := c.found; {
	case f.Simulated.Successful == 0 || f.Real.Successful == 0:
		return command.Fail("no lookup succeeded in one of the worlds")
	case !f.Agrees():
		return command.Fail("the hop counts differ: p = %s; real datagrams were "+
			"%s ms late on average: if that is much, the machine was too busy",
			three(f.HopsKS.P), three(f.Sockets.Late.Mean))
	}
	return nil
}
