package lab

import (
	"context"
	"fmt"
	"sync"

	"swarmlab/protocol"
	"swarmlab/scenarios/results"
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
	b := &board{outcome: &results.Outcome{Scenario: stored.Scenario}, report: report}
	b.progress.Runs = len(runs)
	next := make(chan int, len(runs))
	for n, r := range runs {
		if r.Cell < 0 || r.Cell >= len(cells) {
			return nil, fmt.Errorf("%s names cell %d, but the stored scenario has %d cells; "+
				"the files do not belong together", results.ManifestFile, r.Cell, len(cells))
		}
		b.cost += float64(cells[r.Cell].Scenario.RunCost())
		next <- n
	}
	close(next)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for n := range next {
				cell := cells[runs[n].Cell]
				j := &job{cell: cell, seed: runs[n].Seed, cost: float64(cell.Scenario.RunCost())}
				j.progress = func(now, end protocol.Time) {
					b.advanced(j, float64(now)/float64(end))
				}
				run, err := j.attempt(ctx)
				b.ended(ctx, j, run, err)
				if errs[n] = err; err == nil {
					found[n] = compare(stored, runs[n], run)
				}
			}
		})
	}
	workers.Wait()
	return gather(found, errs)
}

func compare(stored *results.Stored, was results.RunRecord, now *results.Run) *Difference {
	d := &Difference{Cell: was.Cell, Seed: was.Seed, Stored: was.Fingerprint,
		Now: now.Fingerprint.String()}
	second, nodes, differs := sim.FirstDifference(stored.Checkpoints(was), now.Checkpoints, now.Nodes)
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
