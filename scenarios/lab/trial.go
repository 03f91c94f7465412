package lab

import (
	"context"
	"fmt"
	"math/bits"
	"sync"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
)

// Trials is a swarm test: a scenario that faults befall, once for each of its seeds. From the end
// of the warm-up on things go wrong; halfway to the end all faults are over; some time later
// lookups must find the true closest nodes again.
//
// The faults are those of the scenario, cut off at the heal, or if it has none they are drawn from
// the seed, a subset of all kinds, of random strength. Everything is a function of the scenario and
// the seed.
type Trials struct {
	Scenario *scenarios.Scenario // without a sweep
	Within   time.Duration       // from the heal to the lookups that count
	Demand   netmodel.Probability
	Jobs     int            // runs at a time; at least 1
	Progress func(Progress) // may be nil

	plant func(protocol.Datagrams) protocol.Datagrams // a bug, in tests
}

// Verdict is what became of one trial.
type Verdict struct {
	Seed    uint64
	Faults  []scenarios.Fault
	Hits    []findings.FaultHits // of each fault
	Lookups int                  // that count
	Found   int                  // of these, those that found the closest node
	Nodes   int                  // that these lookups were to find: the k closest of each
	Known   int                  // of these, those that they found
	Passed  bool
	Err     error // a run that did not reach its end has failed
}

// Heal returns the time at which all faults are over.
func (t *Trials) Heal() scenarios.Duration {
	const second = scenarios.Duration(time.Second)
	s := t.Scenario
	return s.Warmup + (s.Duration-s.Warmup)/2/second*second
}

// Check refuses what cannot be tested.
func (t *Trials) Check() error {
	s := t.Scenario
	rest := time.Duration(s.Duration - t.Heal())
	asked := false
	for _, w := range s.Workload {
		asked = asked || w.Kind == scenarios.KindLookup &&
			time.Duration(w.Stop) > time.Duration(t.Heal())+t.Within &&
			w.Rate.Expected(time.Duration(w.Stop-t.Heal())-t.Within) > 0
	}
	switch {
	case len(s.Vary) > 0:
		return fmt.Errorf("%s: a swarm test is of one cell: add --set vary=none", s.Name)
	case s.Duration-s.Warmup < 4*scenarios.Duration(time.Minute):
		return fmt.Errorf("%s: %v from the warm-up to the end is no time for faults and recovery; "+
			"make the duration longer", s.Name, s.Duration-s.Warmup)
	case t.Within >= rest:
		return fmt.Errorf("--within %v: the run ends %v after the heal; shorten it, or make the "+
			"duration longer", t.Within, rest)
	case !asked:
		return fmt.Errorf("%s: no lookup begins %v after the heal, at %v: add a workload of the "+
			"kind lookup that lasts to the end", s.Name, t.Within, t.Heal())
	}
	return nil
}

// Run does the trials of all seeds, which it returns in their order. Cancelling the context ends it
// early, with those that are done.
func (t *Trials) Run(ctx context.Context) []Verdict {
	all := make([]*Verdict, t.Scenario.Repeat)
	b := newBoard(&results.Outcome{}, t.Progress)
	jobs, next := make([]*job, len(all)), make(chan int, len(all))
	for n := range all {
		seed := t.Scenario.Seed + uint64(n)
		jobs[n] = b.newJob(t.cell(seed, t.faults(seed)), seed)
		next <- n
	}
	close(next)
	var workers sync.WaitGroup
	for range max(t.Jobs, 1) {
		workers.Go(func() {
			for n := range next {
				if ctx.Err() == nil {
					all[n] = t.try(ctx, b, jobs[n])
				}
			}
		})
	}
	workers.Wait()
	var done []Verdict
	for _, v := range all {
		if v != nil {
			done = append(done, *v)
		}
	}
	return done
}

// faults returns the faults of a trial.
func (t *Trials) faults(seed uint64) []scenarios.Fault {
	heal := t.Heal()
	if len(t.Scenario.Faults) == 0 {
		return storm(t.Scenario, seed, t.Scenario.Warmup, heal)
	}
	var list []scenarios.Fault
	for _, f := range t.Scenario.Faults {
		if f.To == 0 || f.To > heal {
			f.To = heal
		}
		if f.From < f.To {
			list = append(list, f)
		}
	}
	return list
}

// cell is the scenario with some faults, of which only the lookups that count are measured.
func (t *Trials) cell(seed uint64, faults []scenarios.Fault) scenarios.Cell {
	s := *t.Scenario
	s.Seed, s.Repeat, s.Quick = seed, 1, nil
	s.Faults, s.Warmup = faults, t.Heal()+scenarios.Duration(t.Within)
	return scenarios.Cell{Scenario: &s}
}

// try does one trial, or returns nil if it was interrupted.
func (t *Trials) try(ctx context.Context, b *board, j *job) *Verdict {
	j.plant = t.plant
	run, err := j.attempt(ctx)
	var failure *findings.Failure
	if err != nil {
		failure = j.failure(err)
	}
	b.ended(ctx, j, nil, failure)
	if ctx.Err() != nil && err != nil {
		return nil
	}
	v := &Verdict{Seed: j.seed, Faults: j.cell.Scenario.Faults, Err: err}
	if err != nil {
		return v
	}
	v.Hits = run.Terrain.Faults
	for n := range run.Lookups {
		if l := &run.Lookups[n]; l.Kind == scenarios.KindLookup {
			v.Lookups++
			if l.Success {
				v.Found++
			}
			v.Nodes += int(l.Nearby)
			v.Known += int(l.Recall)
		}
	}
	v.Passed = t.enough(v.Found, v.Lookups) && t.enough(v.Known, v.Nodes)
	return v
}

// enough tells whether so many of all are what is demanded.
func (t *Trials) enough(part, all int) bool {
	have, haveLow := bits.Mul64(uint64(part), uint64(netmodel.Certain))
	need, needLow := bits.Mul64(uint64(all), uint64(t.Demand))
	return all > 0 && (have > need || have == need && haveLow >= needLow)
}
