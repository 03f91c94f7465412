package plan

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

// Flagship is the scenario of a run without argument.
const Flagship = "hops"

// Changes are the flags by which a scenario is changed before it is run.
type Changes struct {
	Quick        bool
	Sets         []string // PATH=VALUE
	seed, repeat string
	flags        *pflag.FlagSet
}

// AddFlags adds the flags of the changes.
func (c *Changes) AddFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	c.flags = f
	f.BoolVar(&c.Quick, "quick", false, "the scenario's short variant")
	f.StringArrayVar(&c.Sets, "set", nil,
		"change a setting: `PATH=VALUE`, as in groups.nodes.size=1000 (repeatable)")
	f.StringVar(&c.seed, "seed", "", "first `seed` (default: the scenario's)")
	f.StringVar(&c.repeat, "repeat", "", "`number` of runs of each cell (default: the scenario's)")
}

// apply makes the changes in their order: what is said more directly comes later and wins.
func (c *Changes) apply(s *scenarios.Scenario) error {
	if c.Quick {
		if err := s.ApplyQuick(); err != nil {
			return err
		}
	}
	sets := c.Sets
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

// Plan is an experiment that nothing speaks against.
type Plan struct {
	Scenario *scenarios.Scenario
	Cells    []scenarios.Cell
	Estimate scenarios.Estimate
	Jobs     int
	Notes    []string // what was decided differently from what was asked
}

// Open opens a scenario, changes it and plans it for that many jobs.
func Open(args []string, c *Changes, jobs int) (*Plan, error) {
	name := Flagship
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
	return New(s, jobs)
}

// New refuses a scenario that cannot be run: its cells are at odds, a run does not fit into
// memory, a matrix is malformed.
func New(s *scenarios.Scenario, jobs int) (*Plan, error) {
	if jobs < 1 {
		return nil, fmt.Errorf("--jobs %d: runs at a time are 1 or more", jobs)
	}
	if err := results.CheckMetrics(s); err != nil {
		return nil, err
	}
	p := &Plan{Scenario: s}
	var err error
	if p.Estimate, err = s.Estimate(); err != nil {
		return nil, err
	}
	if p.Cells, err = s.Cells(); err != nil {
		return nil, err
	}
	available := AvailableMemory()
	if err := p.Estimate.CheckMemory(available); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	available -= p.Estimate.Retained
	p.Jobs = min(jobs, p.Estimate.Runs)
	if p.Estimate.Memory > available/uint64(p.Jobs) {
		if err := p.fitJobs(available); err != nil {
			return nil, err
		}
	}
	for n := range p.Cells {
		if note := p.Cells[n].Scenario.Rebinding(); note != "" {
			p.Notes = append(p.Notes, note)
			break
		}
	}
	if err := p.checkNetworks(); err != nil {
		return p, err
	}
	return p, p.checkChurns()
}

// fitJobs lowers the number of runs at a time to what memory holds, even of the largest.
func (p *Plan) fitJobs(available uint64) error {
	sizes, err := p.runSizes()
	if err != nil {
		return err
	}
	if fit := fitting(sizes, available); fit < p.Jobs {
		p.Notes = append(p.Notes, fmt.Sprintf("%s at a time instead of %d: memory holds no more",
			display.Quantity(fit, "run"), p.Jobs))
		p.Jobs = fit
	}
	return nil
}

// runSizes returns the memory that each run needs, the largest first.
func (p *Plan) runSizes() ([]uint64, error) {
	sizes := make([]uint64, 0, p.Estimate.Runs)
	for _, cell := range p.Cells {
		e, err := cell.Scenario.Estimate()
		if err != nil {
			return nil, err
		}
		for range p.Scenario.Repeat {
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
func (p *Plan) checkNetworks() error {
	seen := map[string]bool{}
	for _, cell := range p.Cells {
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
			return fmt.Errorf("%s: network: %w", p.Scenario.Name, err)
		}
	}
	return nil
}

// checkChurns reads the files that churns name, to find out now that they cannot be used.
func (p *Plan) checkChurns() error {
	var files scenarios.ChurnFiles
	for _, cell := range p.Cells {
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

// AddJobs adds --jobs, for Open and New.
func AddJobs(cmd *cobra.Command, jobs *int) {
	cmd.Flags().IntVar(jobs, "jobs", runtime.NumCPU(), "runs at a time")
}
