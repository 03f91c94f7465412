package results

import (
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
	return s
}

func summariseCell(cell scenarios.Cell, runs []*Run) CellSummary {
	c := CellSummary{
		Cell: cell.Index, Set: map[string]any{}, Fingerprint: foldRuns(runs).String(),
		Nodes: runs[0].Nodes, Metrics: map[string]Statistics{}, Models: predict(cell.Scenario),
	}
	for _, set := range cell.Set {
		c.Set[set.Path] = set.Value
	}
	for _, run := range runs {
		c.Seeds = append(c.Seeds, run.Seed)
	}
	for _, d := range Definitions() {
		if d.value == nil {
			continue
		}
		if s := summariseMetric(d, runs); s.N > 0 || d.kind == scenarios.KindLookup {
			s.Unit = d.Unit
			c.Metrics[d.Name] = s
		}
	}
	seconds := time.Duration(cell.Scenario.Duration).Seconds()
	for n, d := range runMetrics {
		var values []float64
		for _, run := range runs {
			values = append(values, perRun(run, seconds)[n])
		}
		s := summariseRuns(values)
		s.Unit = d.Unit
		c.Metrics[d.Name] = s
	}
	return c
}

func summariseMetric(d Definition, runs []*Run) Statistics {
	seeds := make([][]int64, len(runs))
	for n, run := range runs {
		for l := range run.Lookups {
			row := &run.Lookups[l]
			if row.Kind != d.kind {
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
	if g.Client != dht.ProfileBEP5 || g.Churn != (scenarios.Churn{}) {
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
