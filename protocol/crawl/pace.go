package crawl

import (
	"time"

	"swarmlab/protocol"
)

// pace is a token bucket, kept as the one time at which it would be full again (the generic cell
// rate algorithm). In any stretch of time no more pass than its length times the rate, and a burst.
type pace struct {
	apart time.Duration // between two at the rate
	slack time.Duration // how far ahead of the rate a burst may run
	full  protocol.Time
}

func newPace(rate, burst int) pace {
	apart := (time.Second + time.Duration(rate) - 1) / time.Duration(rate)
	return pace{apart: apart, slack: apart * time.Duration(burst-1)}
}

// next returns when the next one may pass; it may be in the past.
func (p *pace) next() protocol.Time { return p.full.Add(-p.slack) }

// pass takes a token, which must be there.
func (p *pace) pass(now protocol.Time) { p.full = max(p.full, now).Add(p.apart) }
