package results

import (
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// FaultSummary is one fault of a cell.
type FaultSummary struct {
	Fault     string        `json:"fault"`
	Kind      string        `json:"kind"`
	From      stats.Number  `json:"from_s"`
	To        stats.Number  `json:"to_s"`
	Datagrams stats.Summary `json:"datagrams"` // it did something to; one observation a run
	Nodes     stats.Summary `json:"nodes"`     // it froze or crashed; likewise
}

// summariseFaults sums up the faults of a cell, which are the same in each of its runs.
func summariseFaults(s *scenarios.Scenario, runs []*findings.Run) []FaultSummary {
	var all []FaultSummary
	for n, hits := range runs[0].Terrain.Faults {
		f := FaultSummary{Fault: hits.Fault}
		if n < len(s.Faults) {
			from, to := s.Faults[n].From, s.Faults[n].To
			if to == 0 { // the end of the run
				to = s.Duration
			}
			f.Kind = s.Faults[n].Kind
			f.From = stats.Number(time.Duration(from).Seconds())
			f.To = stats.Number(time.Duration(to).Seconds())
		}
		datagrams, nodes := make([]float64, len(runs)), make([]float64, len(runs))
		for r, run := range runs {
			hits := run.Terrain.Faults[n]
			datagrams[r], nodes[r] = float64(hits.Datagrams), float64(hits.Nodes)
		}
		f.Datagrams, f.Nodes = stats.OfRuns(datagrams), stats.OfRuns(nodes)
		f.Datagrams.Unit, f.Nodes.Unit = "datagrams", "nodes"
		all = append(all, f)
	}
	return all
}
