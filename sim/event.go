package sim

import "swarmlab/protocol"

// kind says what an event does to its target.
type kind uint32

const (
	kindDatagram kind = iota // a datagram arrives
	kindWake                 // a deadline may have come
	kindStart                // the scenario starts the node
	kindStop                 // the scenario asks the node to leave
	kindCrash                // the scenario kills the node
	kindAct                  // the scenario has the node do something
	kindArrive               // a datagram reaches the line of its target
	kindStream               // something happens on a connection: see verb
)

const (
	kindBits = 3
	kindMask = 1<<kindBits - 1
)

// Source numbers that are no node. At one time and target they come after every datagram: what
// arrives together with a deadline has arrived in time, and a node that stops has still received
// what reached it at that very moment.
const (
	clock    = ^uint32(0) - 1 // source of wake-ups
	scenario = ^uint32(0)     // source of lifecycle events and of actions
)

// event is a value of 24 bytes without pointers. Its data word holds the kind in the low bits and
// above them the handle of a block in the pool (datagrams and actions), the number of a packet or
// of an end with a bit that says which (streams), or nothing.
type event struct {
	when   protocol.Time
	target uint32
	source uint32
	seq    uint32
	data   uint32
}

func (e *event) kind() kind     { return kind(e.data & kindMask) }
func (e *event) handle() handle { return handle(e.data >> kindBits) }

// carries reports whether the event is a datagram in flight.
func (e *event) carries() bool { return e.kind() == kindDatagram || e.kind() == kindArrive }

func pack(k kind, h handle) uint32 { return uint32(h)<<kindBits | uint32(k) }

// before is the order of events: by time, target, source, and the number that the source gave it.
// It is semantics: every result depends on it. It must stay total and must not depend on anything
// that happened while the run was carried out, such as the order in which events were created.
func (e *event) before(f *event) bool {
	if e.when != f.when {
		return e.when < f.when
	}
	if e.target != f.target {
		return e.target < f.target
	}
	if e.source != f.source {
		return e.source < f.source
	}
	return e.seq < f.seq
}
