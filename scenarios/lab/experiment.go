package lab

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// Experiment is a scenario to be run: all cells, each with all seeds, several at a time.
type Experiment struct {
	Scenario *scenarios.Scenario
	Jobs     int            // runs at a time; at least 1
	Progress func(Progress) // may be nil; never called twice at the same time
}

// Progress tells how far an experiment is.
type Progress struct {
	Runs   int     // in all
	Done   int     // finished, or failed
	Failed int     // of these
	Share  float64 // of the work, by estimate, from 0 to 1
}

// Run does all runs. Cancelling the context ends it early; the outcome then holds what was
// finished. An error means that the scenario cannot be run at all; a run that fails is part of the
// outcome.
func (e *Experiment) Run(ctx context.Context) (*results.Outcome, error) {
	cells, err := e.Scenario.Cells()
	if err != nil {
		return nil, err
	}
	o := &results.Outcome{Scenario: e.Scenario, Cells: cells}
	b := &board{outcome: o, report: e.Progress}
	jobs := e.jobs(cells, b)
	queue := make(chan *job, len(jobs))
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	var workers sync.WaitGroup
	for range max(e.Jobs, 1) {
		workers.Go(func() {
			for j := range queue {
				if ctx.Err() != nil {
					return
				}
				run, err := j.attempt(ctx)
				b.ended(ctx, j, run, err)
			}
		})
	}
	workers.Wait()
	o.Interrupted = len(o.Runs)+len(o.Failures) < len(jobs)
	o.Sort()
	return o, nil
}

// jobs lists all runs, the longest first, so that the cores are busy to the end.
func (e *Experiment) jobs(cells []scenarios.Cell, b *board) []*job {
	var jobs []*job
	for _, cell := range cells {
		for n := range e.Scenario.Repeat {
			jobs = append(jobs, b.newJob(cell, e.Scenario.Seed+uint64(n)))
		}
	}
	slices.SortStableFunc(jobs, func(a, b *job) int { return cmp.Compare(b.cost, a.cost) })
	return jobs
}

// attempt does a run and turns a panic into an error that names the place.
func (j *job) attempt(ctx context.Context) (run *results.Run, err error) {
	defer func() {
		if p := recover(); p != nil {
			run, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return simulate(ctx, j)
}

// board is where the workers of an experiment write down how far they are.
type board struct {
	mu       sync.Mutex
	outcome  *results.Outcome
	laws     laws
	report   func(Progress)
	progress Progress
	cost     float64 // of all jobs
	spent    float64 // of those that are done, and of the parts of those that are not
	last     time.Time
}

// newJob adds a run to the board.
func (b *board) newJob(cell scenarios.Cell, seed uint64) *job {
	j := &job{cell: cell, seed: seed, laws: &b.laws,
		cost: float64(max(cell.Scenario.RunDatagrams(), 1))}
	j.progress = func(now, end protocol.Time, events uint64) { b.advanced(j, now, end, events) }
	b.cost += j.cost
	b.progress.Runs++
	return j
}

// advanced notes how far a job is. Neither simulated time nor the number of events is a good
// measure of what is left: joins come first, and estimates err. Their mean does well. It reports
// ten times a second at most.
func (b *board) advanced(j *job, now, end protocol.Time, events uint64) {
	share := (float64(now)/float64(end) + min(float64(events)/j.cost, 1)) / 2
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent += (share - j.share) * j.cost
	j.share = share
	if now := time.Now(); now.Sub(b.last) > 100*time.Millisecond {
		b.last = now
		b.tell()
	}
}

func (b *board) ended(ctx context.Context, j *job, run *results.Run, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil && run != nil:
		b.outcome.Runs = append(b.outcome.Runs, run)
	case err == nil: // a repetition, to be compared and forgotten
	case ctx.Err() != nil:
		return
	default:
		b.progress.Failed++
		b.outcome.Failures = append(b.outcome.Failures, results.Failure{
			Cell: j.cell.Index, Seed: j.seed, Error: err.Error(),
		})
	}
	b.progress.Done++
	b.spent += (1 - j.share) * j.cost
	j.share = 1
	b.tell()
}

func (b *board) tell() {
	if b.report != nil {
		b.progress.Share = min(b.spent/b.cost, 1)
		if b.progress.Done == b.progress.Runs {
			b.progress.Share = 1 // whatever rounding has left
		}
		b.report(b.progress)
	}
}
