package results

import (
	"slices"
	"strings"
	"time"

	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/metrics/swarms"
	"swarmlab/scenarios/oracle"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/targets"
	"swarmlab/scenarios/stats"
)

// Summary is summary.json: the statistics of every cell.
type Summary struct {
	Scenario    string        `json:"scenario"`
	Title       string        `json:"title"`
	Version     string        `json:"version"`
	Seed        uint64        `json:"seed"`
	Repeat      int           `json:"repeat"`
	Fingerprint string        `json:"fingerprint"`
	Interrupted bool          `json:"interrupted,omitempty"`
	Figures     []string      `json:"figures"`
	Study       *StudySummary `json:"study,omitempty"` // of a sweep
	Cells       []CellSummary `json:"cells"`
	Comparisons []Comparison  `json:"comparisons,omitempty"`
	// Accounting is methods by ways to cheat, of scenarios with an audit.
	Accounting []Judgement `json:"accounting,omitempty"`
	// Targets are published values beside ours, in the scenario's order.
	Targets []targets.Target `json:"targets,omitempty"`
	// Failures are the runs that did not reach their end.
	Failures []FailureSummary `json:"failures,omitempty"`
}

// FailureSummary is a run that did not reach its end, and what that was worth knowing of it.
type FailureSummary struct {
	Cell   int            `json:"cell"`
	Set    map[string]any `json:"set"`
	Seed   uint64         `json:"seed"`
	Error  string         `json:"error"`  // its first line; the manifest has all
	Replay string         `json:"replay"` // the command, to be given in the results folder
}

// CellSummary is one point of the sweep.
type CellSummary struct {
	Cell        int                      `json:"cell"`
	Set         map[string]any           `json:"set"` // what was varied
	Seeds       []uint64                 `json:"seeds"`
	Fingerprint string                   `json:"fingerprint"`
	Nodes       int                      `json:"nodes"`
	Warmup      stats.Number             `json:"warmup_s"`   // what begins before is not measured
	Duration    stats.Number             `json:"duration_s"` // of a run, the warm-up included
	Metrics     map[string]stats.Summary `json:"metrics"`
	Models      map[string]Prediction    `json:"models,omitempty"` // by metric
	Faults      []FaultSummary           `json:"faults,omitempty"` // in the order of the list
	// Fluid is of swarms in which peers come and go.
	Fluid *swarms.FluidCourse `json:"fluid,omitempty"`
	// Clients are the same metrics by client, where a cell has several: lookups by the client of
	// the node that asked.
	Clients map[string]ClientSummary `json:"clients,omitempty"`
	// Stopping is set where the scenario says until when runs are repeated, and Transient where it
	// leaves out the beginning of runs.
	Stopping  *Stopping         `json:"stopping,omitempty"`
	Transient *TransientSummary `json:"transient,omitempty"`

	means map[string][]float64       // of each metric, in the order of Seeds
	alone []map[string]stats.Summary // of each run, in the order of Seeds; nil without targets
}

// ClientSummary is the nodes of one client in a cell.
type ClientSummary struct {
	Nodes   int                      `json:"nodes"`
	Metrics map[string]stats.Summary `json:"metrics"`
}

// Prediction is what an analytic model says of a metric.
type Prediction struct {
	Name       string         `json:"name"`
	Mean       stats.Number   `json:"mean"`
	CDF        []stats.Number `json:"cdf,omitempty"`          // of hops
	BitsPerHop stats.Number   `json:"bits_per_hop,omitempty"` // of hops
}

// Summarise reduces an outcome, which it sorts, to statistics. Cells without a finished run are
// left out. Rows that are on the disk must be there still.
func Summarise(o *Outcome) Summary {
	s, err := summarise(o)
	if err != nil {
		panic(err)
	}
	return s
}

func summarise(o *Outcome) (Summary, error) {
	o.Sort()
	s := Summary{
		Scenario: o.Scenario.Name, Title: o.Scenario.Title, Version: manifest.Version,
		Seed: o.Scenario.Seed, Repeat: o.Scenario.Repeat, Fingerprint: foldRuns(o.Runs).String(),
		Interrupted: o.Interrupted, Figures: o.Scenario.Figures, Cells: []CellSummary{},
	}
	for _, cell := range o.Cells {
		runs, err := o.measuredOf(cell.Index)
		if err != nil {
			return s, err
		}
		if err := swarms.Check(runs); err != nil {
			return s, err
		}
		if len(runs) > 0 {
			s.Cells = append(s.Cells, summariseCell(cell, runs))
			if len(o.Scenario.Targets) > 0 {
				s.Cells[len(s.Cells)-1].addAlone(cell.Scenario, runs)
			}
		}
	}
	s.Study = summariseStudy(o.Scenario)
	s.Comparisons = compare(o.Scenario.Vary, s.Cells)
	s.Accounting = judge(s.Cells)
	for n := range s.Cells {
		ended := len(s.Cells[n].Seeds) + o.failed(s.Cells[n].Cell)
		s.Cells[n].addStopping(o.Scenario, ended)
	}
	s.Targets = targets.Compare(o.Scenario.Targets, o.targetCells(s.Cells))
	for n := range s.Cells {
		s.Cells[n].means, s.Cells[n].alone = nil, nil
	}
	for _, f := range o.Failures {
		first, _, _ := strings.Cut(f.Error, "\n")
		s.Failures = append(s.Failures, FailureSummary{f.Cell, settings(o.Cells[f.Cell]), f.Seed,
			first, o.Replay(f, ScenarioFile)})
	}
	return s, nil
}

// targetCells are the cells as targets see them.
func (o *Outcome) targetCells(cells []CellSummary) []targets.Cell {
	all := make([]targets.Cell, len(cells))
	for n := range cells {
		c := &cells[n]
		at := slices.IndexFunc(o.Cells, func(of scenarios.Cell) bool { return of.Index == c.Cell })
		all[n] = targets.Cell{Cell: c.Cell, Scenario: o.Cells[at].Scenario, Set: c.Set,
			Nodes: c.Nodes, Seeds: c.Seeds, Metrics: c.Metrics, Alone: c.alone}
	}
	return all
}

// addAlone sums each run up alone: intervals are made over seeds.
func (c *CellSummary) addAlone(s *scenarios.Scenario, runs []*findings.Run) {
	seconds := time.Duration(s.Duration).Seconds()
	for n := range runs {
		c.alone = append(c.alone, metrics.Of(runs[n:n+1], metrics.AnyClient, seconds))
	}
}

// settings returns what makes a cell.
func settings(cell scenarios.Cell) map[string]any {
	all := map[string]any{}
	for _, set := range cell.Set {
		all[set.Path] = set.Value
	}
	return all
}

func summariseCell(cell scenarios.Cell, runs []*findings.Run) CellSummary {
	c := CellSummary{
		Cell: cell.Index, Set: settings(cell), Fingerprint: foldRuns(runs).String(),
		Nodes: runs[0].Nodes, Models: predict(cell.Scenario),
		Faults: summariseFaults(cell.Scenario, runs),
	}
	for _, run := range runs {
		c.Seeds = append(c.Seeds, run.Seed)
	}
	seconds := time.Duration(cell.Scenario.Duration).Seconds()
	c.Warmup = stats.Number(time.Duration(cell.Scenario.Warmup).Seconds())
	c.Duration = stats.Number(seconds)
	c.Metrics = metrics.Of(runs, metrics.AnyClient, seconds)
	c.addMeans(seconds, runs)
	c.Fluid = swarms.CourseOf(runs, seconds)
	c.addTransient(cell.Scenario.Transient, runs)
	if len(runs[0].Clients) > 1 {
		c.Clients = map[string]ClientSummary{}
		for _, client := range runs[0].Clients {
			c.Clients[client.Client] = ClientSummary{client.Nodes,
				metrics.Of(runs, client.Client, seconds)}
		}
	}
	return c
}

func looksForNodes(s *scenarios.Scenario) bool {
	asked := false
	for _, w := range s.Workload {
		if w.Kind == scenarios.KindLookup {
			if w.Target != scenarios.TargetNode {
				return false
			}
			asked = true
		}
	}
	return asked
}

// predict returns what theory says of the hop count, for scenarios that it covers: lookups for
// nodes, among nodes that behave as BEP 5 has it, do not leave and can all be reached.
func predict(s *scenarios.Scenario) map[string]Prediction {
	if s.Ledgers() {
		return predictClaims(s)
	}
	if len(s.Groups) != 1 || !looksForNodes(s) {
		return nil
	}
	g := &s.Groups[0]
	plain := !s.Network.NAT.Gated() && len(s.Faults) == 0
	if g.Client != dht.ProfileBEP5 || !g.Churn.None() || !plain {
		return nil
	}
	c := s.Config(g, dht.ProfileBEP5)
	smallest := c.Buckets[len(c.Buckets)-1]
	model := oracle.Model{
		Nodes: g.Size, Buckets: c.Buckets, Alpha: c.Alpha, Beta: c.ReplyContacts,
	}
	cdf, err := model.CDF()
	if err != nil { // a network too small to have a theory
		return nil
	}
	p := Prediction{
		Name: "Roos-Salah-Strufe", Mean: stats.Number(oracle.Mean(cdf)),
		BitsPerHop: stats.Number(oracle.BitsPerHop(smallest, 1)),
	}
	for _, v := range cdf {
		p.CDF = append(p.CDF, stats.Number(v))
	}
	return map[string]Prediction{"lookup.hops.contact": p}
}
