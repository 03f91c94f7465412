package lab

import (
	"context"
	"slices"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// shrinkRuns bounds the work that goes into a smaller list of faults.
const shrinkRuns = 120

// Shrink looks for a shorter and milder list of faults with which the trial of a seed still fails:
// no fault of it can be left out. It returns the verdict on that list, which is empty if the trial
// fails without any fault. Cancelling the context ends the search early.
func (t *Trials) Shrink(ctx context.Context, failed Verdict) Verdict {
	s := &shrinker{trials: t, ctx: ctx, best: failed}
	if s.fails(nil) {
		return s.best
	}
	for size := len(s.best.Faults) / 2; size > 0; size /= 2 {
		for s.dropAny(size) {
		}
	}
	for n := range s.best.Faults {
		for s.milder(n) {
		}
	}
	return s.best
}

type shrinker struct {
	trials *Trials
	ctx    context.Context
	best   Verdict
	runs   int
}

// fails runs the trial with other faults, and keeps them if it fails again.
func (s *shrinker) fails(faults []scenarios.Fault) bool {
	if s.runs >= shrinkRuns || s.ctx.Err() != nil {
		return false
	}
	s.runs++
	b := newBoard(&results.Outcome{}, nil)
	v := s.trials.try(s.ctx, b, b.newJob(s.trials.cell(s.best.Seed, faults), s.best.Seed))
	if v == nil || v.Passed {
		return false
	}
	s.best = *v
	return true
}

// dropAny leaves out some faults that follow each other, if the trial fails without them.
func (s *shrinker) dropAny(size int) bool {
	faults := s.best.Faults
	for from := 0; from+size <= len(faults); from++ {
		if s.fails(slices.Concat(faults[:from:from], faults[from+size:])) {
			return true
		}
	}
	return false
}

// milder makes a fault half as long, or half as strong, if the trial still fails.
func (s *shrinker) milder(n int) bool {
	const second = scenarios.Duration(time.Second)
	f := s.best.Faults[n]
	shorter, weaker := f, f
	shorter.To = f.From + (f.To-f.From)/2/second*second
	weaker.Share = f.Share / 2 / percent * percent
	for _, g := range []scenarios.Fault{shorter, weaker} {
		if g.To == f.To && g.Share == f.Share || g.To <= g.From || g.Share == 0 && f.Share != 0 {
			continue
		}
		faults := slices.Clone(s.best.Faults)
		faults[n] = g
		if s.fails(faults) {
			return true
		}
	}
	return false
}
