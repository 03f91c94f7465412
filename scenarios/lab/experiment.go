package lab

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// Experiment is a scenario to be run: all cells, each with all seeds, several at a time.
type Experiment struct {
	Scenario *scenarios.Scenario
	Jobs     int            // runs at a time; at least 1
	Progress func(Progress) // may be nil; never called twice at the same time
	// Store keeps each run as soon as it is finished, and has those that were finished before.
	// Without one, all is in memory until the end.
	Store *unfinished.Store
}

// Run does all runs. Cancelling the context ends it early; the outcome then holds what was
// finished. An error means that the scenario cannot be run at all, or that a finished run could
// not be stored; a run that fails is part of the outcome.
func (e *Experiment) Run(ctx context.Context) (*results.Outcome, error) {
	if err := results.CheckMetrics(e.Scenario); err != nil {
		return nil, err
	}
	cells, err := e.Scenario.Cells()
	if err != nil {
		return nil, err
	}
	o := &results.Outcome{Scenario: e.Scenario, Cells: cells}
	b, q := newBoard(o, e.Progress), newQueue()
	l := newLooks(e.Scenario)
	seeds := l.first(cells)
	var jobs []*job
	for _, cell := range cells {
		jobs = append(jobs, e.jobs(b, cell, 0, seeds)...)
	}
	q.add(jobs)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	defer q.wakeOn(ctx)()
	var workers sync.WaitGroup
	for range max(e.Jobs, 1) {
		workers.Go(func() {
			for j := q.take(ctx); j != nil; j = q.take(ctx) {
				if err := e.work(ctx, j, b, q, l); err != nil {
					fail(err)
					return
				}
			}
		})
	}
	workers.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	o.Interrupted = b.progress.Done < b.progress.Runs
	o.Sort()
	return o, nil
}

// work does a run, or finds it, and queues those that follow from it.
func (e *Experiment) work(ctx context.Context, j *job, b *board, q *queue, l *looks) error {
	run, failure, err := e.conclude(ctx, j)
	if err != nil {
		return err
	}
	if run != nil || ctx.Err() == nil {
		from, to, err := l.ended(j, run)
		if err != nil {
			return err
		}
		q.add(e.jobs(b, j.cell, from, to))
	}
	b.ended(ctx, j, run, failure)
	q.ended()
	return nil
}

// jobs returns the runs of a cell with some seeds, counted from the scenario's first.
func (e *Experiment) jobs(b *board, cell scenarios.Cell, from, to int) []*job {
	var jobs []*job
	for n := from; n < to; n++ {
		jobs = append(jobs, b.newJob(cell, e.Scenario.Seed+uint64(n)))
	}
	return jobs
}

// conclude finds a run in the store, or does it and stores it. The error is that of the store.
func (e *Experiment) conclude(
	ctx context.Context, j *job,
) (*findings.Run, *findings.Failure, error) {
	if e.Store != nil {
		run, failure := e.Store.Find(j.cell.Index, j.seed)
		if j.found = run != nil || failure != nil; j.found {
			return run, failure, nil
		}
	}
	run, err := j.attempt(ctx)
	switch {
	case err == nil && e.Store != nil:
		if run, err = e.Store.Put(run); err != nil {
			return nil, nil, unstored(err)
		}
		return run, nil, nil
	case err == nil:
		return run, nil, nil
	}
	failure := j.failure(err)
	if e.Store != nil && ctx.Err() == nil {
		if err := e.Store.PutFailure(*failure); err != nil {
			return nil, nil, unstored(err)
		}
	}
	return nil, failure, nil
}

func unstored(err error) error {
	return fmt.Errorf("a finished run could not be stored: %w; those before it are, "+
		"and the same command goes on from there", err)
}

func (j *job) failure(err error) *findings.Failure {
	return &findings.Failure{Cell: j.cell.Index, Seed: j.seed, Error: err.Error()}
}

// attempt does a run and turns a panic into an error that names the place.
func (j *job) attempt(ctx context.Context) (run *findings.Run, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case overrun:
			run, err = nil, p.error
		default:
			run, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return simulate(ctx, j)
}
