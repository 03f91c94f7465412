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
	"swarmlab/netmodel"
	"swarmlab/scenarios"
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/results"
)

// stormScenario is what swarm-test tests without an argument.
const stormScenario = "storm"

// swarmTest is the command swarm-test.
type swarmTest struct {
	changes plan.Changes
	jobs    int
	within  time.Duration
	demand  string
	json    bool
	quiet   bool

	name     string // of the scenario, as it was given
	plan     *plan.Plan
	trials   lab.Trials
	verdicts []lab.Verdict
	shrunk   *lab.Verdict // of the first that failed
	took     time.Duration
}

func newSwarmTest() *cobra.Command {
	o := &swarmTest{}
	cmd := &cobra.Command{
		Use:   "swarm-test [SCENARIO | FILE.yaml]",
		Short: "Let random faults befall a network, and demand that it recovers",
		Long: `Run a scenario once for each seed and let faults befall it: a random subset of all
kinds, of random strength, drawn from the seed; or those of the scenario, if it has any. They
begin after the warm-up and are over halfway from there to the end. Some time later lookups must
find the true closest nodes again. Of the first seed that fails, the list of faults is made as
short and mild as it can be, and the command that replays it is printed.

Where a partition lasts until the nodes of both sides have given those of the other up, as in a
small network with many lookups, there are two networks afterwards: nothing in BEP 5 joins them
again. The test then fails, and says that it was the partition.`,
		Example: `  swarmlab swarm-test
  swarmlab swarm-test storm --seed 100 --repeat 50
  swarmlab swarm-test mine.yaml --set faults='[{kind: partition, whom: {share: 40%}}]'`,
		Args:              command.AtMost(1),
		ValidArgsFunction: plan.CompleteScenarios,
		RunE:              o.run,
	}
	o.changes.AddFlags(cmd)
	plan.AddJobs(cmd, &o.jobs)
	f := cmd.Flags()
	f.DurationVar(&o.within, "within", 0, "`time` from the heal to the lookups that count "+
		"(default: half of what is left of the run)")
	f.StringVar(&o.demand, "demand", "95%",
		"`share` of the closest nodes, and of the k closest ones, to be found")
	f.BoolVar(&o.json, "json", false, "print the verdicts as one JSON document, and nothing else")
	f.BoolVar(&o.quiet, "quiet", false, "no progress lines where standard error is no terminal")
	return cmd
}

func (o *swarmTest) run(cmd *cobra.Command, args []string) error {
	if err := o.prepare(cmd, args); err != nil {
		return err
	}
	ctx, release := command.WithInterrupts(cmd.Context(), func() {})
	defer release()
	tell := progress.New(cmd.ErrOrStderr(), !o.json && !o.quiet)
	started := time.Now()
	for _, note := range o.plan.Notes {
		tell.Note(note)
	}
	tell.Enter("testing %s", o.plan.Scenario.Name)
	o.trials.Progress = tell.Update
	o.verdicts = o.trials.Run(ctx)
	if failed := o.failed(); len(failed) > 0 && ctx.Err() == nil {
		tell.Enter("shrinking the faults of seed %d", failed[0].Seed)
		shrunk := o.trials.Shrink(ctx, failed[0])
		o.shrunk = &shrunk
	}
	o.took = time.Since(started)
	tell.Stop()
	if err := o.print(cmd.OutOrStdout()); err != nil {
		return command.Exit(command.Failed, err)
	}
	return o.verdict(ctx)
}

// prepare refuses what can be refused.
func (o *swarmTest) prepare(cmd *cobra.Command, args []string) error {
	o.name = stormScenario
	if len(args) > 0 {
		o.name = args[0]
	}
	demand, err := netmodel.ParseProbability(o.demand)
	if err != nil || demand == 0 {
		return fmt.Errorf("--demand %s: it is a share above 0, as in 95%%", o.demand)
	}
	if o.plan, err = plan.Open([]string{o.name}, &o.changes, o.jobs); err != nil {
		return err
	}
	o.trials = lab.Trials{Scenario: o.plan.Scenario, Demand: demand, Jobs: o.plan.Jobs}
	if !cmd.Flags().Changed("within") {
		o.within = time.Duration(o.plan.Scenario.Duration-o.trials.Heal()) / 2
	}
	if o.within < 0 {
		return fmt.Errorf("--within %v: a time is not negative", o.within)
	}
	o.trials.Within = o.within
	return o.trials.Check()
}

func (o *swarmTest) failed() []lab.Verdict {
	var list []lab.Verdict
	for _, v := range o.verdicts {
		if !v.Passed {
			list = append(list, v)
		}
	}
	return list
}

// verdict turns what happened into the exit status.
func (o *swarmTest) verdict(ctx context.Context) error {
	done, runs := len(o.verdicts), o.plan.Scenario.Repeat
	switch bad := len(o.failed()); {
	case bad > 0:
		return command.Fail("%d of %s failed", bad, display.Quantity(done, "trial"))
	case ctx.Err() != nil || done < runs:
		return command.Interrupt("interrupted: %d of %s finished", done,
			display.Quantity(runs, "trial"))
	}
	return nil
}

func (o *swarmTest) print(out io.Writer) error {
	if o.json {
		return command.PrintJSON(out, o.document())
	}
	_, err := io.WriteString(out, o.report())
	return err
}

// trialDocument is one trial in what --json prints.
type trialDocument struct {
	Seed    uint64          `json:"seed"`
	Passed  bool            `json:"passed"`
	Lookups int             `json:"lookups"`
	Found   int             `json:"found_closest"`
	Nodes   int             `json:"closest_nodes"`
	Known   int             `json:"found_nodes"`
	Error   string          `json:"error,omitempty"`
	Faults  []faultDocument `json:"faults"`
	Replay  string          `json:"replay"`
}

type faultDocument struct {
	Fault     string `json:"fault"`
	Datagrams uint64 `json:"datagrams"`
	Nodes     uint64 `json:"nodes"`
}

// swarmTestDocument is what --json prints.
type swarmTestDocument struct {
	Scenario string          `json:"scenario"`
	Passed   bool            `json:"passed"`
	Heal     string          `json:"heal"`
	Within   string          `json:"within"`
	Demand   string          `json:"demand"`
	Trials   []trialDocument `json:"trials"`
	Shrunk   *trialDocument  `json:"shrunk,omitempty"`
}

func (o *swarmTest) document() swarmTestDocument {
	d := swarmTestDocument{Scenario: o.plan.Scenario.Name, Trials: []trialDocument{},
		Passed: len(o.failed()) == 0 && len(o.verdicts) == o.plan.Scenario.Repeat,
		Heal:   o.trials.Heal().String(), Within: scenarios.Duration(o.within).String(),
		Demand: o.trials.Demand.String()}
	for n := range o.verdicts {
		d.Trials = append(d.Trials, o.trial(&o.verdicts[n]))
	}
	if o.shrunk != nil {
		shrunk := o.trial(o.shrunk)
		d.Shrunk = &shrunk
	}
	return d
}

func (o *swarmTest) trial(v *lab.Verdict) trialDocument {
	t := trialDocument{Seed: v.Seed, Passed: v.Passed, Lookups: v.Lookups, Found: v.Found,
		Nodes: v.Nodes, Known: v.Known, Faults: []faultDocument{}, Replay: o.replay(v)}
	if v.Err != nil {
		t.Error = v.Err.Error()
	}
	for n, f := range v.Faults {
		fault := faultDocument{Fault: f.String()}
		if n < len(v.Hits) {
			fault.Datagrams, fault.Nodes = v.Hits[n].Datagrams, v.Hits[n].Nodes
		}
		t.Faults = append(t.Faults, fault)
	}
	return t
}

// replay is the command that repeats a trial.
func (o *swarmTest) replay(v *lab.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "swarmlab swarm-test %s --seed %d --repeat 1", results.ShellWord(o.name),
		v.Seed)
	if o.changes.Quick {
		b.WriteString(" --quick")
	}
	for _, set := range o.changes.Sets {
		if !strings.HasPrefix(set, "faults") {
			fmt.Fprintf(&b, " --set %s", results.ShellWord(set))
		}
	}
	fmt.Fprintf(&b, " --within %v --demand %v", o.within, o.trials.Demand)
	faults := v.Faults
	if len(faults) == 0 {
		faults = o.harmless()
	}
	fmt.Fprintf(&b, " --set %s", results.ShellWord("faults="+scenarios.FaultsText(faults)))
	return b.String()
}

// harmless is a list of faults that does next to nothing: an empty one would have some drawn.
func (o *swarmTest) harmless() []scenarios.Fault {
	heal := o.trials.Heal()
	return []scenarios.Fault{{Kind: netmodel.Reorder.String(), To: heal,
		From: heal - scenarios.Duration(time.Second), Share: netmodel.Certain / 1_000_000,
		Delay: scenarios.Duration(1000)}}
}

// report is the verdict for people.
func (o *swarmTest) report() string {
	var b strings.Builder
	s := o.plan.Scenario
	fmt.Fprintf(&b, "%s\n%s; faults from %v to %v, lookups that count from %v to %v\n\n", s.Title,
		display.Quantity(s.Nodes(), "node"), s.Warmup, o.trials.Heal(),
		o.trials.Heal()+scenarios.Duration(o.within), s.Duration)
	t := display.Table{Left: 1}
	t.Add("seed", "faults", "datagrams hit", "lookups", "closest found", "k closest found", "")
	for n := range o.verdicts {
		t.Add(o.row(&o.verdicts[n])...)
	}
	b.WriteString(t.String())
	if v := o.shrunk; v != nil {
		fmt.Fprintf(&b, "\nseed %d fails %s\n", v.Seed, o.cause(v))
		for n, f := range v.Faults {
			fmt.Fprintf(&b, "  %v", f)
			if n < len(v.Hits) {
				b.WriteString("  hit " + display.Quantity(int(v.Hits[n].Datagrams), "datagram"))
			}
			if n < len(v.Hits) && v.Hits[n].Nodes > 0 {
				b.WriteString(", " + display.Quantity(int(v.Hits[n].Nodes), "node"))
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "replay: %s\n", o.replay(v))
	}
	fmt.Fprintf(&b, "\ntime %s\n", display.Duration(o.took))
	return b.String()
}

func (o *swarmTest) row(v *lab.Verdict) []string {
	hits, outcome := uint64(0), "passed"
	for _, h := range v.Hits {
		hits += h.Datagrams
	}
	if !v.Passed {
		outcome = "failed"
	}
	if v.Err != nil {
		first, _, _ := strings.Cut(v.Err.Error(), "\n")
		outcome += ": " + first
	}
	return []string{fmt.Sprint(v.Seed), fmt.Sprint(len(v.Faults)), display.Count(hits),
		display.Count(uint64(v.Lookups)), portionText(v.Found, v.Lookups),
		portionText(v.Known, v.Nodes), outcome}
}

// cause says how much of the storm is left after the shrinking.
func (o *swarmTest) cause(v *lab.Verdict) string {
	if len(v.Faults) == 0 {
		return "even without any fault: the network itself does not do what is demanded"
	}
	return fmt.Sprintf("with %s:", display.Quantity(len(v.Faults), "fault"))
}

// portionText writes a part of all in percent, rounded down, so that 100 is all.
func portionText(part, all int) string {
	if all == 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%02d %%", part*100/all, part*10000/all%100)
}
