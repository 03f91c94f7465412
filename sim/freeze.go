package sim

import "swarmlab/protocol"

// frozen returns which fault has frozen a node, and until when, or -1. It matters for nodes that
// are up only: one that starts later is not frozen.
func (w *World) frozen(id uint32) (fault int, until protocol.Time) {
	if w.terrain == nil || !w.terrain.freezes {
		return -1, 0
	}
	return w.terrain.weather.Frozen(w.now, id, w.nodes[id].started)
}

// lostOn reports whether a datagram is lost because its target is frozen, and enters that.
func (w *World) lostOn(e *event, bytes int) bool {
	fault, _ := w.frozen(e.target)
	if fault < 0 {
		return false
	}
	w.books[e.source].Undelivered.add(bytes)
	w.terrain.frozen.add(bytes)
	w.terrain.hits[fault]++
	return true
}

// thaw puts off an action of a node that is frozen, and reports whether it did.
func (w *World) thaw(e *event) bool {
	fault, until := w.frozen(e.target)
	if fault < 0 || !w.nodes[e.target].alive {
		return false
	}
	later := *e
	later.when = until
	w.queue.push(&later)
	return true
}
