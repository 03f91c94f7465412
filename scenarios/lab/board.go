package lab

import (
	"context"
	"sync"
	"time"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
)

// Progress tells how far an experiment is.
type Progress struct {
	Runs   int // in all
	Done   int // finished, or failed
	Failed int // of these
	// Cells of the sweep, those of which all runs are done, and those of which one has failed.
	Cells       int
	CellsDone   int
	CellsFailed int
	Share       float64 // of the work, by estimate, from 0 to 1
	Stored      float64 // of this, what was done before and only read again
}

// board is where the workers of an experiment write down how far they are.
type board struct {
	mu       sync.Mutex
	outcome  *results.Outcome
	laws     laws
	report   func(Progress)
	progress Progress
	cells    map[int]*cellState // by index
	cost     float64            // of all jobs
	spent    float64            // of those that are done, and of the parts of those that are not
	stored   float64            // of these, those that were stored
	last     time.Time
}

// cellState counts the runs of a cell.
type cellState struct {
	left   int
	failed bool
}

func newBoard(o *results.Outcome, report func(Progress)) *board {
	return &board{outcome: o, report: report, cells: map[int]*cellState{}}
}

// newJob adds a run to the board.
func (b *board) newJob(cell scenarios.Cell, seed uint64) *job {
	b.mu.Lock()
	defer b.mu.Unlock()
	j := &job{cell: cell, seed: seed, laws: &b.laws,
		cost: float64(max(cell.Scenario.RunTime(), 1))}
	j.progress = func(now, end protocol.Time, events uint64) { b.advanced(j, now, end, events) }
	state := b.cells[cell.Index]
	if state == nil {
		state = &cellState{}
		b.cells[cell.Index] = state
		b.progress.Cells++
	}
	state.left++
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

// ended notes what became of a run. A run that was cut short by Ctrl-C has not ended.
func (b *board) ended(ctx context.Context, j *job, run *findings.Run, f *findings.Failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	state := b.cells[j.cell.Index]
	switch {
	case run != nil:
		b.outcome.Runs = append(b.outcome.Runs, run)
	case f == nil: // a repetition, to be compared and forgotten
	case ctx.Err() != nil:
		return
	default:
		b.progress.Failed++
		b.outcome.Failures = append(b.outcome.Failures, *f)
		if !state.failed {
			state.failed = true
			b.progress.CellsFailed++
		}
	}
	if state.left--; state.left == 0 {
		b.progress.CellsDone++
	}
	b.progress.Done++
	b.spent += (1 - j.share) * j.cost
	j.share = 1
	if j.found {
		b.stored += j.cost
	}
	b.tell()
}

func (b *board) tell() {
	if b.report != nil {
		b.progress.Share = min(b.spent/b.cost, 1)
		b.progress.Stored = min(b.stored/b.cost, 1)
		if b.progress.Done == b.progress.Runs {
			b.progress.Share = 1 // whatever rounding has left
		}
		b.report(b.progress)
	}
}
