package results

import (
	"cmp"
	"slices"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// Outcome is everything that the runs of one scenario left behind.
type Outcome struct {
	Scenario    *scenarios.Scenario
	Cells       []scenarios.Cell
	Runs        []*findings.Run
	Failures    []findings.Failure
	Interrupted bool // not all runs were done
}

// Sort puts runs and failures into the order of cells and seeds, in which everything is written.
func (o *Outcome) Sort() {
	slices.SortFunc(o.Runs, func(a, b *findings.Run) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Seed, b.Seed))
	})
	slices.SortFunc(o.Failures, func(a, b findings.Failure) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Seed, b.Seed))
	})
}

// measuredOf returns the runs of a cell with the rows that metrics are made of. The outcome must be
// sorted.
func (o *Outcome) measuredOf(cell int) ([]*findings.Run, error) {
	first, _ := slices.BinarySearchFunc(o.Runs, cell, func(run *findings.Run, cell int) int {
		return cmp.Compare(run.Cell, cell)
	})
	var of []*findings.Run
	for _, run := range o.Runs[first:] {
		if run.Cell != cell {
			break
		}
		whole, err := run.Whole()
		if err != nil {
			return nil, err
		}
		of = append(of, whole)
	}
	return of, nil
}

// failed counts the failures of a cell.
func (o *Outcome) failed(cell int) (n int) {
	for _, f := range o.Failures {
		if f.Cell == cell {
			n++
		}
	}
	return n
}

// foldRuns joins the fingerprints of runs into one.
func foldRuns(runs []*findings.Run) sim.Fingerprint {
	var f sim.Fingerprint
	for _, run := range runs {
		f = fold(f, run.Fingerprint)
	}
	return f
}

func fold(f, next sim.Fingerprint) sim.Fingerprint {
	return sim.Fingerprint{
		Events:  protocol.Mix(f.Events*31 + next.Events),
		Wire:    protocol.Mix(f.Wire*31 + next.Wire),
		Outcome: protocol.Mix(f.Outcome*31 + next.Outcome),
	}
}
