package sim

import (
	"time"

	"swarmlab/protocol"
)

// payloadMax is what UDP over IPv4 carries: 65,535 bytes less the two headers.
const payloadMax = 65507

// begin prepares the turn of a node.
func (w *World) begin(id uint32) *protocol.Turn {
	w.turning = id
	w.out.Reset()
	w.turn = protocol.Turn{Self: id, Now: w.now, Rand: &w.nodes[id].rand, Out: &w.out}
	return &w.turn
}

// finish carries out the effects of the turn, in order.
func (w *World) finish(id uint32) {
	n := &w.nodes[id]
	for i := range w.out.Sends() {
		to, payload := w.out.Send(i)
		w.send(id, n, to, payload)
	}
	if w.out.Calls() > 0 {
		w.converse(id)
	}
	if deadline, ok := w.out.Deadline(); ok {
		n.alarm.deadline = max(deadline, w.now+1)
		w.arm(id, n)
	}
	w.turning = scenario
}

// send gives one datagram to the network.
func (w *World) send(id uint32, n *node, to protocol.Addr, payload []byte) {
	if len(payload) > payloadMax {
		w.broken(id, "sent a datagram of %d bytes; UDP carries at most %d",
			len(payload), payloadMax)
	}
	seq := n.sends
	n.sends++
	n.sent.add(len(payload))
	if w.terrain != nil {
		w.cross(id, seq, to, payload)
		return
	}
	book := &w.books[id]
	target, moves, ok := w.holder(to)
	if !ok || to.Port() != addressPort || int(target) >= len(w.nodes) {
		book.Undelivered.add(len(payload))
		w.fates.unroutable.add(len(payload))
		return
	}
	delay, lost := w.path(id, target, seq, len(payload))
	if lost {
		book.Lost.add(len(payload))
		return
	}
	h := w.pool.put(w.now, payload)
	if w.moves != nil {
		w.pool.address(h, w.moves[id], moves)
	}
	w.queue.push(&event{
		when: w.now.Add(delay), target: target, source: id, seq: seq, data: pack(kindDatagram, h),
	})
}

// path asks the network.
func (w *World) path(id, target, seq uint32, size int) (delay time.Duration, lost bool) {
	delay, lost = w.network.Path(id, target, seq, size)
	if delay < w.delayMin && !lost {
		w.broken(id, "the network took %v to node %d, less than its MinDelay %v",
			delay, target, w.delayMin)
	}
	return delay, lost
}

// deliver ends the way of a datagram. Only now does it matter whether the target is up, and
// whether it is still the incarnation that was up, or coming up, when the datagram was sent.
func (w *World) deliver(e *event) {
	sent, payload := w.pool.get(e.handle())
	n := &w.nodes[e.target]
	n.eventHash = hashEvent(n.eventHash, e)
	switch {
	case w.moves != nil && w.strayed(e):
		w.books[e.source].Undelivered.add(len(payload))
		w.fates.unroutable.add(len(payload))
	case !w.admits(e):
		w.terrain.filtered[e.source].add(len(payload))
	case !n.alive:
		w.books[e.source].Undelivered.add(len(payload))
		w.fates.down.add(len(payload))
	case sent < n.started:
		w.books[e.source].Undelivered.add(len(payload))
		w.fates.late.add(len(payload))
	case w.terrain != nil && w.lostOn(e, len(payload)):
	default:
		w.books[e.source].Delivered.add(len(payload))
		n.received.add(len(payload))
		n.wireHash = hashWire(n.wireHash, e, payload)
		from := w.origin(e)
		if from.Port() != addressPort {
			n.wireHash = chain(n.wireHash, uint64(from.Port()))
		}
		if w.moves != nil {
			n.wireHash = chain(n.wireHash, uint64(from.IP4()))
		}
		g := &w.groups[n.group]
		g.cores.Datagram(e.target-g.first, w.begin(e.target), from, payload)
		w.pool.drop(e.handle())
		w.finish(e.target)
		return
	}
	w.pool.drop(e.handle())
}
