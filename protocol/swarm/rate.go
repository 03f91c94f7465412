package swarm

import (
	"time"

	"swarmlab/protocol"
)

const (
	rateWindow = 20 * time.Second // Cohen 2003: a rolling average of 20 seconds
	rateSteps  = 4
	rateStep   = rateWindow / rateSteps
)

// rate is what was transferred in the last 20 seconds, counted by steps of 5 seconds; of the
// oldest step counts the share that still lies in the window. The zero value is a rate of 0.
type rate struct {
	step  uint32 // number of the newest step
	bytes [rateSteps + 1]uint32
}

// add counts n bytes. Time does not go back.
func (r *rate) add(now protocol.Time, n uint32) {
	r.advance(now)
	at := &r.bytes[r.step%(rateSteps+1)]
	*at += min(n, ^uint32(0)-*at)
}

// inWindow returns the bytes of the last 20 seconds.
func (r *rate) inWindow(now protocol.Time) (sum uint64) {
	r.advance(now)
	oldest := (r.step + 1) % (rateSteps + 1)
	for i, n := range r.bytes {
		if uint32(i) != oldest {
			sum += uint64(n)
		}
	}
	gone := uint64(now) % uint64(rateStep)
	left := (uint64(rateStep) - gone) / uint64(time.Microsecond)
	return sum + uint64(r.bytes[oldest])*left/uint64(rateStep/time.Microsecond)
}

// perSecond returns the mean of the last 20 seconds, or of the time since then if it is less, but
// of one second at least.
func (r *rate) perSecond(now, since protocol.Time) uint64 {
	over := min(max(now.Sub(since), time.Second), rateWindow)
	return r.inWindow(now) * 1000 / uint64(over/time.Millisecond)
}

// advance empties the steps that have begun since the last call.
func (r *rate) advance(now protocol.Time) {
	step := uint32(uint64(now) / uint64(rateStep))
	if step <= r.step {
		return
	}
	if step-r.step > rateSteps {
		r.bytes = [rateSteps + 1]uint32{}
		r.step = step
		return
	}
	for r.step < step {
		r.step++
		r.bytes[r.step%(rateSteps+1)] = 0
	}
}
