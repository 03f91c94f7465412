package swarm

import (
	"time"

	"swarmlab/protocol"
)

const (
	queueTime  = 3 // seconds of the rate that are kept asked for
	queueFloor = 2
	queueCeil  = 500
	slowGain   = 5000 // bytes per second in a second: who gains less has reached its rate
)

// pipeline is how many blocks are kept asked for at one peer, after libtorrent: one more for every
// block that comes while the rate still grows, and then what three seconds bring. The zero value
// is that of a new connection.
type pipeline struct {
	at     protocol.Time // when last was taken
	last   uint32        // bytes per second
	queue  uint16        // in slow start: above the floor
	steady bool          // slow start is over
}

// arrived counts a block; rate is bytes per second.
func (q *pipeline) arrived(now protocol.Time, rate uint64) {
	if q.steady {
		return
	}
	q.queue = min(q.queue+1, queueCeil)
	past := uint64(max(0, now.Sub(q.at)) / time.Second)
	if past == 0 {
		return
	}
	fast := uint32(min(rate, 1<<32-1))
	if q.last > 0 && uint64(fast) < uint64(q.last)+slowGain*past {
		q.steady = true
	}
	q.at, q.last = now, fast
}

// depth returns how many blocks to keep asked for; reqq is how many the peer will queue.
func (q *pipeline) depth(rate uint64, reqq uint32, snubbed bool) int {
	if snubbed {
		return 1
	}
	n := queueFloor + uint64(q.queue)
	if q.steady {
		n = max(queueFloor, queueTime*rate/BlockSize)
	}
	return int(max(1, min(n, queueCeil, uint64(reqq))))
}
