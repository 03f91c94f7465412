package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/netmodel"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// flagship is the scenario of a run without argument.
const flagship = "hops"

// changes are the flags by which a scenario is changed before it is run.
type changes struct {
	quick        bool
	sets         []string // PATH=VALUE
	seed, repeat string
	flags        *pflag.FlagSet
}

func (c *changes) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	c.flags = f
	f.BoolVar(&c.quick, "quick", false, "the scenario's short variant")
	f.StringArrayVar(&c.sets, "set", nil,
		"change a setting: `PATH=VALUE`, as in groups.nodes.size=1000 (repeatable)")
	f.StringVar(&c.seed, "seed", "", "first `seed` (default: the scenario's)")
	f.StringVar(&c.repeat, "repeat", "", "`number` of runs of each cell (default: the scenario's)")
}

// apply makes the changes in their order: what is said more directly comes later and wins.
func (c *changes) apply(s *scenarios.Scenario) error {
	if c.quick {
		if err := s.ApplyQuick(); err != nil {
			return err
		}
	}
	sets := c.sets
	if c.flags.Changed("seed") {
		sets = append(sets, "seed="+c.seed)
	}
	if c.flags.Changed("repeat") {
		sets = append(sets, "repeat="+c.repeat)
	}
	for _, set := range sets {
		path, value, ok := strings.Cut(set, "=")
		if !ok {
			return fmt.Errorf("--set %s: there is no value; "+
				"write PATH=VALUE, as in groups.nodes.size=1000", set)
		}
		if err := s.Set(path, value); err != nil {
			return err
		}
	}
	return s.Validate()
}

// plan is an experiment that nothing speaks against.
type plan struct {
	scenario *scenarios.Scenario
	cells    []scenarios.Cell
	estimate scenarios.Estimate
	jobs     int
	notes    []string // what was decided differently from what was asked
}

// openPlan opens a scenario, changes it and plans it for that many jobs.
func openPlan(args []string, c *changes, jobs int) (*plan, error) {
	name := flagship
	if len(args) > 0 {
		name = args[0]
	}
	s, err := scenarios.Open(name)
	if err != nil {
		return nil, err
	}
	if err := c.apply(s); err != nil {
		return nil, err
	}
	return newPlan(s, jobs)
}

// newPlan refuses a scenario that cannot be run: its cells are at odds, a run does not fit into
// memory, a matrix is malformed.
func newPlan(s *scenarios.Scenario, jobs int) (*plan, error) {
	if jobs < 1 {
		return nil, fmt.Errorf("--jobs %d: runs at a time are 1 or more", jobs)
	}
	if err := results.CheckMetrics(s); err != nil {
		return nil, err
	}
	p := &plan{scenario: s}
	var err error
	if p.estimate, err = s.Estimate(); err != nil {
		return nil, err
	}
	if p.cells, err = s.Cells(); err != nil {
		return nil, err
	}
	available := availableMemory()
	if err := p.estimate.CheckMemory(available); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	available -= p.estimate.Retained
	p.jobs = min(jobs, p.estimate.Runs)
	if p.estimate.Memory > available/uint64(p.jobs) {
		if err := p.fitJobs(available); err != nil {
			return nil, err
		}
	}
	if err := p.checkNetworks(); err != nil {
		return p, err
	}
	return p, p.checkChurns()
}

// fitJobs lowers the number of runs at a time to what memory holds, even of the largest.
func (p *plan) fitJobs(available uint64) error {
	sizes, err := p.runSizes()
	if err != nil {
		return err
	}
	if fit := fitting(sizes, available); fit < p.jobs {
		p.notes = append(p.notes, fmt.Sprintf("%s at a time instead of %d: memory holds no more",
			display.Quantity(fit, "run"), p.jobs))
		p.jobs = fit
	}
	return nil
}

// runSizes returns the memory that each run needs, the largest first.
func (p *plan) runSizes() ([]uint64, error) {
	sizes := make([]uint64, 0, p.estimate.Runs)
	for _, cell := range p.cells {
		e, err := cell.Scenario.Estimate()
		if err != nil {
			return nil, err
		}
		for range p.scenario.Repeat {
			sizes = append(sizes, e.Memory)
		}
	}
	slices.SortFunc(sizes, func(a, b uint64) int { return cmp.Compare(b, a) })
	return sizes, nil
}

// fitting returns how many of the largest runs fit into memory together. One does.
func fitting(sizes []uint64, available uint64) int {
	n, left := 0, available
	for n < len(sizes) && sizes[n] <= left {
		left -= sizes[n]
		n++
	}
	return max(n, 1)
}

// checkNetworks builds each network of the sweep once, to find out now that it cannot be built.
func (p *plan) checkNetworks() error {
	seen := map[string]bool{}
	for _, cell := range p.cells {
		s := cell.Scenario
		key := fmt.Sprint(s.Nodes(), s.Network, s.Faults)
		if seen[key] {
			continue
		}
		seen[key] = true
		config, err := s.NetworkConfig(s.Nodes())
		if err != nil {
			return err
		}
		if _, err := netmodel.New(config); err != nil {
			return fmt.Errorf("%s: network: %w", p.scenario.Name, err)
		}
	}
	return nil
}

// checkChurns reads the files that churns name, to find out now that they cannot be used.
func (p *plan) checkChurns() error {
	var files scenarios.ChurnFiles
	for _, cell := range p.cells {
		for i := range cell.Scenario.Groups {
			g := &cell.Scenario.Groups[i]
			if g.Churn.None() {
				continue
			}
			if _, err := files.Churn(cell.Scenario, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func addJobsFlag(cmd *cobra.Command, jobs *int) {
	cmd.Flags().IntVar(jobs, "jobs", runtime.NumCPU(), "runs at a time")
}
