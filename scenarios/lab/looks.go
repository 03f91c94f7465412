package lab

import (
	"math"
	"sync"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/results"
)

// looks decides, when all runs of a cell up to a look have ended, whether there are to be more of
// them. It goes by seeds, not by the order in which runs end, so that it decides the same however
// many workers there are, and after an interruption.
type looks struct {
	mu       sync.Mutex
	scenario *scenarios.Scenario
	at       []int              // numbers of seeds
	cells    map[int]*cellLooks // by index
}

// cellLooks is a cell between two looks.
type cellLooks struct {
	next  int       // look
	left  int       // runs until then
	means []float64 // by seed; not a number where a run failed
}

func newLooks(s *scenarios.Scenario) *looks {
	return &looks{scenario: s, at: s.Looks(), cells: map[int]*cellLooks{}}
}

// first returns the number of seeds of each cell at the first look.
func (l *looks) first(cells []scenarios.Cell) int {
	for _, cell := range cells {
		l.cells[cell.Index] = &cellLooks{left: l.at[0]}
	}
	return l.at[0]
}

// ended notes a run, nil if it failed, and returns the range of seeds that are to follow, counted
// from the scenario's first.
func (l *looks) ended(j *job, run *findings.Run) (from, to int, err error) {
	if len(l.at) == 1 {
		return 0, 0, nil
	}
	mean := math.NaN()
	if run != nil {
		if mean, err = metrics.RunMean(run, j.cell.Scenario, l.scenario.Until.Metric); err != nil {
			return 0, 0, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.cells[j.cell.Index]
	for uint64(len(c.means)) <= j.seed-l.scenario.Seed {
		c.means = append(c.means, math.NaN())
	}
	c.means[j.seed-l.scenario.Seed] = mean
	if c.left--; c.left > 0 {
		return 0, 0, nil
	}
	stop := results.Look(l.scenario, c.means, c.next)
	if stop.Enough || c.next == len(l.at)-1 {
		return 0, 0, nil
	}
	from = l.at[c.next]
	c.next++
	to = l.at[c.next]
	c.left = to - from
	return from, to, nil
}
