package results

import (
	"math"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// Stopping is what the rule of when to stop found at a look.
type Stopping struct {
	Metric string       `json:"metric"`
	Look   int          `json:"look"`   // at so many seeds
	Miss   stats.Number `json:"miss"`   // how often the interval at this look may miss
	Mean   stats.Number `json:"mean"`   // of the means of the runs
	Half   stats.Number `json:"half"`   // of the interval
	Enough bool         `json:"enough"` // it is as narrow as was asked for
}

// Look applies the rule of a scenario to the means of the runs of a cell, at the look of that
// number. The chance to miss, 5 %, is spent over the looks in proportion to the seeds that each
// adds, so that all intervals together, and so the one at which it stops, miss no more often than
// that (Lan and DeMets 1983, with the linear spending of Kim and DeMets 1987, and no credit for the
// looks' dependence on each other).
func Look(s *scenarios.Scenario, means []float64, look int) Stopping {
	looks := s.Looks()
	before := 0
	if look > 0 {
		before = looks[look-1]
	}
	miss := stats.Alpha * float64(looks[look]-before) / float64(looks[len(looks)-1])
	known := make([]float64, 0, len(means))
	for _, v := range means {
		if stats.Finite(v) {
			known = append(known, v)
		}
	}
	mean, half := stats.Student(known, miss)
	return Stopping{Metric: s.Until.Metric, Look: looks[look], Miss: stats.Number(miss),
		Mean: stats.Number(mean), Half: stats.Number(half),
		Enough: half <= s.Until.Share()*math.Abs(mean)}
}

// addStopping says at which look the cell stopped, and gives the metric the interval that holds for
// all looks together. Cells that were interrupted between looks have none.
func (c *CellSummary) addStopping(s *scenarios.Scenario, ended int) {
	if s.Until == (scenarios.Until{}) {
		return
	}
	for n, look := range s.Looks() {
		if look == ended {
			stop := Look(s, c.means[s.Until.Metric], n)
			c.Stopping = &stop
			if m, ok := c.Metrics[s.Until.Metric]; ok {
				m.CI95 = stats.Around(float64(stop.Mean), float64(stop.Half))
				c.Metrics[s.Until.Metric] = m
			}
		}
	}
}

// TransientSummary is what MSER-5 left out of the runs of a cell.
type TransientSummary struct {
	Metric string `json:"metric"`
	// From is where what is measured begins, of each seed; 0 is the warm-up.
	From []stats.Number `json:"from_s"`
	// TooShort is the number of runs whose second half is still unlike its end: their means are
	// not to be trusted, and the scenario should last longer.
	TooShort int `json:"too_short"`
}

func (c *CellSummary) addTransient(metric string, runs []*findings.Run) {
	if metric == "" {
		return
	}
	c.Transient = &TransientSummary{Metric: metric}
	for _, run := range runs {
		c.Transient.From = append(c.Transient.From, stats.Number(float64(run.Cut)/1e9))
		if run.TooShort {
			c.Transient.TooShort++
		}
	}
}
