package sim

import "swarmlab/protocol"

// alarm is a node's deadline and what the queue holds for it. Events are never removed from the
// queue; instead, the times of two of them are remembered. That is enough for the two habits of
// a core: a deadline that moves on with every message (the event that is queued fires early, finds
// nothing due and is renewed), and a near deadline that comes and goes before a far one.
type alarm struct {
	deadline  protocol.Time // what the core asked for; Never: nothing
	near, far protocol.Time // the events known to be queued, in order; Never: none
}

var silent = alarm{protocol.Never, protocol.Never, protocol.Never}

// arm makes sure that an event is queued at the deadline or before. If two are queued after it,
// the nearer one is forgotten and will be ignored when it fires.
func (w *World) arm(id uint32, n *node) {
	a := &n.alarm
	if a.deadline >= a.near {
		return
	}
	if a.far == protocol.Never {
		a.far = a.near
	}
	a.near = a.deadline
	w.queue.push(&event{when: a.deadline, target: id, source: clock, data: pack(kindWake, 0)})
}

// wake handles a wake-up event. The core hears of it only if its deadline has come. A stale one is
// an artefact of the engine and leaves no mark in the fingerprint.
func (w *World) wake(e *event) {
	n := &w.nodes[e.target]
	a := &n.alarm
	if a.near == e.when {
		a.near, a.far = a.far, protocol.Never
	}
	if a.deadline > e.when {
		w.tally.StaleWakes++
		w.arm(e.target, n)
		return
	}
	if fault, until := w.frozen(e.target); fault >= 0 && n.alive {
		a.deadline = until
		w.arm(e.target, n)
		return
	}
	a.deadline = protocol.Never
	n.eventHash = hashEvent(n.eventHash, e)
	g := &w.groups[n.group]
	g.cores.Wake(e.target-g.first, w.begin(e.target))
	w.hurry(e.target)
	w.finish(e.target)
}

// rushMax is how often in a row the engine wakes cores that ask for a deadline already past.
const rushMax = 100_000

// hurry watches for a core that keeps asking to be woken at once, which would stop time.
func (w *World) hurry(id uint32) {
	if deadline, ok := w.out.Deadline(); !ok || deadline > w.now {
		w.rushes = 0
		return
	}
	w.rushes++
	if w.rushes > rushMax {
		w.broken(id, "asks with every wake-up for a deadline that is past")
	}
}
