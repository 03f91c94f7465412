package swarms

import "swarmlab/scenarios/findings"

// Metric is a metric and what works it out: Peer of each peer that came to download, or Whole
// of a run of so many seconds, of one group or of all. Those of the fluid model are worked out
// together. What is not a number is none.
type Metric struct {
	Name, Unit, Definition, Source string

	Grouped bool // there is one for each group, too
	Peer    func(*findings.Peer) float64
	Whole   func(run *findings.Run, group string, seconds float64) float64
}
