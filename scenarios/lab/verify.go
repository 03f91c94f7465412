package lab

import (
	"context"
	"sync"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/sim"
)

// Difference is where a repeated run left the path of the stored one.
type Difference struct {
	Cell   int      `json:"cell"`
	Seed   uint64   `json:"seed"`
	Second int      `json:"second"` // of simulated time; the first that differs
	Nodes  []uint32 `json:"nodes"`  // one of these differs in it, or all do
	Stored string   `json:"stored"` // fingerprint
	Now    string   `json:"now"`
}

// Verify repeats every stored run and compares the fingerprints. It returns the runs that differ,
// in the order of the manifest.
func Verify(
	ctx context.Context, stored *results.Stored, jobs int, report func(Progress),
) ([]Difference, error) {
	cells, err := stored.Scenario.Cells()
	if err != nil {
		return nil, err
	}
	runs := stored.Manifest.Runs
	found := make([]*Difference, len(runs))
	errs := make([]error, len(runs))
	b := newBoard(&results.Outcome{Scenario: stored.Scenario}, report)
	todo := make([]*job, len(runs))
	next := make(chan int, len(runs))
	for n, r := range runs {
		todo[n] = b.newJob(cells[r.Cell], r.Seed)
		next <- n
	}
	close(next)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for n := range next {
				if errs[n] = ctx.Err(); errs[n] != nil {
					continue
				}
				run, err := todo[n].attempt(ctx)
				var failure *findings.Failure
				if errs[n] = err; err == nil {
					found[n] = compare(stored, runs[n], run)
				} else {
					failure = todo[n].failure(err)
				}
				b.ended(ctx, todo[n], nil, failure)
			}
		})
	}
	workers.Wait()
	return gather(found, errs)
}

func compare(stored *results.Stored, was manifest.Run, now *findings.Run) *Difference {
	d := &Difference{Cell: was.Cell, Seed: was.Seed, Stored: was.Fingerprint,
		Now: now.Fingerprint.String()}
	second, nodes, differs := sim.FirstDifference(stored.Checkpoints(was), now.Checkpoints,
		now.Nodes)
	if !differs && d.Stored == d.Now {
		return nil
	}
	d.Second, d.Nodes = second, nodes
	return d
}

func gather(found []*Difference, errs []error) ([]Difference, error) {
	var all []Difference
	for n, d := range found {
		if errs[n] != nil {
			return nil, errs[n]
		}
		if d != nil {
			all = append(all, *d)
		}
	}
	return all, nil
}
