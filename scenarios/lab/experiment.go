package lab

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
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
		cost := float64(cell.Scenario.RunCost())
		for n := range e.Scenario.Repeat {
			j := &job{cell: cell, seed: e.Scenario.Seed + uint64(n), cost: cost}
			j.progress = func(now, end protocol.Time) { b.advanced(j, float64(now)/float64(end)) }
			b.cost += cost
			b.progress.Runs++
			jobs = append(jobs, j)
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

// replay is the command that repeats one run alone.
func (j *job) replay(scenario string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "swarmlab run %s --seed %d --repeat 1", scenario, j.seed)
	for _, set := range j.cell.Set {
		fmt.Fprintf(&b, " --set '%s=%v'", set.Path, set.Value)
	}
	return b.String()
}

// board is where the workers of an experiment write down how far they are.
type board struct {
	mu       sync.Mutex
	outcome  *results.Outcome
	report   func(Progress)
	progress Progress
	cost     float64 // of all jobs
	spent    float64 // of those that are done, and of the parts of those that are not
	last     time.Time
}

// advanced notes which share of a job is done. It reports ten times a second at most.
func (b *board) advanced(j *job, share float64) {
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
	case err == nil:
		b.outcome.Runs = append(b.outcome.Runs, run)
	case ctx.Err() != nil:
		return
	default:
		b.progress.Failed++
		b.outcome.Failures = append(b.outcome.Failures, results.Failure{
			Cell: j.cell.Index, Seed: j.seed, Error: err.Error(),
			Replay: j.replay(b.outcome.Scenario.Name),
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
