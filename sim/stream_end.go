package sim

import "swarmlab/protocol"

// endState says how far an end of a connection is.
type endState uint8

const (
	stateDialing endState = iota
	stateOpen
	stateFailed // the core has yet to hear that it is no more
)

// end is one end of a connection: two lines of a cache, see TestSizesOfStreams. What arrives
// needs the first only, but an acknowledgement. What the core wrote waits in a list of items.
type end struct {
	node uint32
	peer uint32
	conn protocol.Conn // if bound

	generation     uint32 // of those that had the number, which is in use if this one is the latest
	mate           uint32 // the other end; 0: not known yet
	mateGeneration uint32

	books   purse  // what it sent, and what its core got
	content uint32 // of books: the first in either direction
	owed    uint32 // bytes that came and were not acknowledged, less than a packet
	state   endState
	place   place // where the ring has it
	bound   bool  // to a number of the core
	idle    bool  // it is in the old ring, and had nothing to send when it came there
	closing bool  // the core has closed it: when all is sent, so is an end
	ended   bool  // which it was
	mute    bool  // what it sent does not arrive, and so nothing will
	moves   uint8 // of the address that it dialed

	settled       protocol.Time // nothing arrives before: what was sent before does then
	first, last   uint32        // items to be sent
	flight        uint32        // bytes that were sent and not acknowledged
	window        uint32        // how many there may be
	threshold     uint32        // up to here the window doubles in a round trip
	recovery      uint32        // bytes to be acknowledged before the window is halved again
	leaving       uint32        // bytes that leave the line, of which the core does not know yet
	leavingSeq    uint32        // the event that tells it
	credit        int32         // bytes that it may send in this round of its host's line
	next, prev    uint32        // in the ring
	after, before uint32        // in the host's list
	to            uint16        // the port that it dialed
	from          uint16        // the port that the other end sees
}

// The window of a connection: it starts with ten packets (RFC 6928), and doubles with every round
// trip in which all of it was in use, up to the buffer of the other end. A segment is sent if the
// window is not full, and may overshoot it by less than its length. The greatest window is a
// modelling choice: 1 MiB is ample for 80 Mbit/s at 100 ms, and below what systems have.
const (
	windowFirst = 10 * packetBytes
	windowMax   = 1 << 20
	windowLeast = 2 * packetBytes
)

// ready reports whether an end may send something now.
func (e *end) ready() bool {
	if e.state != stateOpen || e.ended || e.mute {
		return false
	}
	return e.first != 0 && e.flight < e.window || e.first == 0 && e.closing
}

// acknowledge takes note of bytes that arrived. If some of them met a full queue or were sent more
// than once, the window is halved, once for all that was under way; else it grows if it was full
// (RFC 5681).
func (e *end) acknowledge(bytes uint32, congested bool) {
	full := e.flight >= e.window
	e.flight -= bytes
	e.recovery -= min(e.recovery, bytes)
	switch {
	case congested && e.recovery == 0:
		e.threshold = max(e.window/2, windowLeast)
		e.window, e.recovery = e.threshold, e.flight
	case congested || !full:
	case e.window < e.threshold:
		e.window = min(e.window+bytes, windowMax)
	default:
		e.window = min(e.window+bytes*packetBytes/e.window, windowMax)
	}
}
