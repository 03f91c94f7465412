package results

import (
	"math"
	"time"

	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/oracle"
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
	Cells       []CellSummary `json:"cells"`
	// Targets are published values beside ours, in the scenario's order.
	Targets []Target `json:"targets,omitempty"`
}

// CellSummary is one point of the sweep.
type CellSummary struct {
	Cell        int                   `json:"cell"`
	Set         map[string]any        `json:"set"` // what was varied
	Seeds       []uint64              `json:"seeds"`
	Fingerprint string                `json:"fingerprint"`
	Nodes       int                   `json:"nodes"`
	Metrics     map[string]Statistics `json:"metrics"`
	Models      map[string]Prediction `json:"models,omitempty"` // by metric
	// Clients are the same metrics by client, where a cell has several: lookups by the client of
	// the node that asked.
	Clients map[string]ClientSummary `json:"clients,omitempty"`
}

// ClientSummary is the nodes of one client in a cell.
type ClientSummary struct {
	Nodes   int                   `json:"nodes"`
	Metrics map[string]Statistics `json:"metrics"`
}

// Prediction is what an analytic model says of a metric.
type Prediction struct {
	Name       string   `json:"name"`
	Mean       Number   `json:"mean"`
	CDF        []Number `json:"cdf"`
	BitsPerHop Number   `json:"bits_per_hop"`
}

// Summarise reduces an outcome, which it sorts, to statistics. Cells without a finished run are
// left out.
func Summarise(o *Outcome) Summary {
	o.Sort()
	s := Summary{
		Scenario: o.Scenario.Name, Title: o.Scenario.Title, Version: Version,
		Seed: o.Scenario.Seed, Repeat: o.Scenario.Repeat, Fingerprint: foldRuns(o.Runs).String(),
		Interrupted: o.Interrupted, Figures: o.Scenario.Figures, Cells: []CellSummary{},
	}
	for _, cell := range o.Cells {
		if runs := o.runsOf(cell.Index); len(runs) > 0 {
			s.Cells = append(s.Cells, summariseCell(cell, runs))
		}
	}
	s.Targets = o.compare(s.Cells)
	return s
}

func summariseCell(cell scenarios.Cell, runs []*Run) CellSummary {
	c := CellSummary{
		Cell: cell.Index, Set: map[string]any{}, Fingerprint: foldRuns(runs).String(),
		Nodes: runs[0].Nodes, Models: predict(cell.Scenario),
	}
	for _, set := range cell.Set {
		c.Set[set.Path] = set.Value
	}
	for _, run := range runs {
		c.Seeds = append(c.Seeds, run.Seed)
	}
	c.addMetrics(cell.Scenario, runs)
	if len(runs[0].Clients) > 1 {
		c.Clients = map[string]ClientSummary{}
		for _, client := range runs[0].Clients {
			c.Clients[client.Client] = ClientSummary{client.Nodes,
				metricsOf(runs, client.Client)}
		}
	}
	return c
}

func (c *CellSummary) addMetrics(s *scenarios.Scenario, runs []*Run) {
	c.Metrics = metricsOf(runs, anyClient)
	seconds := time.Duration(s.Duration).Seconds()
	for n, d := range runMetrics {
		addPerRun(c.Metrics, d, runs, func(run *Run) float64 { return perRun(run, seconds)[n] })
	}
	for n, d := range churnMetrics {
		addPerRun(c.Metrics, d, runs, func(run *Run) float64 { return perChurn(run)[n] })
	}
}

// metricsOf sums up the lookups and nodes of one client, or of all.
func metricsOf(runs []*Run, client string) map[string]Statistics {
	metrics := map[string]Statistics{}
	for _, d := range Definitions() {
		if d.value == nil {
			continue
		}
		if s := summariseMetric(d, runs, client); s.N > 0 || d.kind == scenarios.KindLookup {
			s.Unit = d.Unit
			metrics[d.Name] = s
		}
	}
	for n, d := range nodeMetrics {
		addPerRun(metrics, d, runs, func(run *Run) float64 { return perNode(run, client)[n] })
	}
	return metrics
}

// addPerRun adds a metric with one observation a run, if there is one.
func addPerRun(
	metrics map[string]Statistics, d Definition, runs []*Run, value func(*Run) float64,
) {
	var values []float64
	for _, run := range runs {
		if v := value(run); !math.IsNaN(v) && !math.IsInf(v, 0) {
			values = append(values, v)
		}
	}
	if s := summariseRuns(values); s.N > 0 {
		s.Unit = d.Unit
		metrics[d.Name] = s
	}
}

func summariseMetric(d Definition, runs []*Run, client string) Statistics {
	seeds := make([][]int64, len(runs))
	for n, run := range runs {
		for l := range run.Lookups {
			row := &run.Lookups[l]
			if row.Kind != d.kind || client != anyClient && row.Client != client {
				continue
			}
			if v, ok := d.value(row); ok {
				seeds[n] = append(seeds[n], v)
			}
		}
	}
	return summariseInts(seeds, d.scale, d.counts)
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
// nodes, among nodes that behave as BEP 5 has it and do not leave.
func predict(s *scenarios.Scenario) map[string]Prediction {
	if len(s.Groups) != 1 || !looksForNodes(s) {
		return nil
	}
	g := &s.Groups[0]
	if g.Client != dht.ProfileBEP5 || !g.Churn.None() {
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
		Name: "Roos-Salah-Strufe", Mean: Number(oracle.Mean(cdf)),
		BitsPerHop: Number(oracle.BitsPerHop(smallest, 1)),
	}
	for _, v := range cdf {
		p.CDF = append(p.CDF, Number(v))
	}
	return map[string]Prediction{"lookup.hops.contact": p}
}
