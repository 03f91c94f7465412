package lab

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// queue hands the runs of an experiment to its workers, the longest first, so that the cores are
// busy to the end. The end of a run may bring more of them.
type queue struct {
	mu    sync.Mutex
	news  *sync.Cond
	jobs  []*job // the longest last
	taken int    // that have not ended
}

func newQueue() *queue {
	q := &queue{}
	q.news = sync.NewCond(&q.mu)
	return q
}

// add puts runs into the queue.
func (q *queue) add(jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, jobs...)
	slices.SortStableFunc(q.jobs, func(a, b *job) int { // of equal ones the first cell's first
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.cell.Index, a.cell.Index),
			cmp.Compare(b.seed, a.seed))
	})
	q.news.Broadcast()
}

// take waits for a run. It returns nil when there is none and none can come, or the context is
// cancelled.
func (q *queue) take(ctx context.Context) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ctx.Err() == nil {
		if last := len(q.jobs) - 1; last >= 0 {
			j := q.jobs[last]
			q.jobs = q.jobs[:last]
			q.taken++
			return j
		}
		if q.taken == 0 {
			return nil
		}
		q.news.Wait()
	}
	return nil
}

// ended tells that a run that was taken has ended. What follows from it must have been added.
func (q *queue) ended() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken--
	q.news.Broadcast()
}

// wakeOn wakes those that wait when the context is cancelled. Call stop at the end.
func (q *queue) wakeOn(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.news.Broadcast()
	})
}
