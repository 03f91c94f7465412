package sim

import (
	"encoding/binary"

	"swarmlab/protocol"
)

// streamPurpose sets the nodes' random streams apart from others of the same seed ("sim").
const streamPurpose = 0x73696d

// StartAt schedules the start of a node. Starting a node that is up is skipped and counted, as is
// stopping, crashing or acting on one that is down.
//
// The four scheduling methods may be called between turns (before Run, between calls of Run, in
// the hook of Config) for any node and any time from Now on, and in a turn for the node whose
// turn it is and any later time. Anything else panics: it could not be kept up if nodes that are
// far apart ran at the same time.
func (w *World) StartAt(node uint32, t protocol.Time) { w.schedule(node, t, pack(kindStart, 0)) }

// StopAt schedules a graceful leave: the node may still send, and is dropped at once afterwards.
func (w *World) StopAt(node uint32, t protocol.Time) { w.schedule(node, t, pack(kindStop, 0)) }

// CrashAt schedules a crash: the node is dropped without a word.
func (w *World) CrashAt(node uint32, t protocol.Time) { w.schedule(node, t, pack(kindCrash, 0)) }

// ActAt schedules an action, which Config.Actor carries out in a turn of the node. What the code
// means is between the two.
func (w *World) ActAt(node uint32, t protocol.Time, code uint32) {
	if w.actor == nil {
		panic("sim: ActAt without a Config.Actor")
	}
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], code)
	w.schedule(node, t, pack(kindAct, w.pool.put(t, word[:])))
}

func (w *World) schedule(id uint32, t protocol.Time, data uint32) {
	if int(id) >= len(w.nodes) {
		w.broken(id, "scheduled, but there are only %d nodes", len(w.nodes))
	}
	between := w.turning == scenario
	if !between && w.turning != id {
		w.broken(id, "scheduled in a turn of node %d", w.turning)
	}
	if t < w.now || t == w.now && !between {
		w.broken(id, "scheduled for %d ns, which is not ahead", int64(t))
	}
	n := &w.nodes[id]
	w.queue.push(&event{when: t, target: id, source: scenario, seq: n.orders, data: data})
	n.orders++
}

// heed records an event from the scenario, and whether it makes sense for a node that is, or is
// not, up.
func (w *World) heed(e *event, needsAlive bool) bool {
	n := &w.nodes[e.target]
	n.eventHash = hashEvent(n.eventHash, e)
	if n.alive != needsAlive {
		w.tally.Skipped++
		return false
	}
	return true
}

func (w *World) start(e *event) {
	if !w.heed(e, false) {
		return
	}
	n := &w.nodes[e.target]
	purpose := streamPurpose | uint64(n.incarnations)<<32
	n.rand = protocol.NewRand(w.seed, purpose, uint64(e.target))
	n.incarnations++
	n.alive, n.started = true, w.now
	w.tally.Starts++
	g := &w.groups[n.group]
	g.cores.Start(e.target-g.first, w.begin(e.target))
	w.finish(e.target)
}

func (w *World) stop(e *event) {
	if fault, _ := w.frozen(e.target); fault >= 0 { // it cannot say a word any more
		w.crash(e)
		return
	}
	if !w.heed(e, true) {
		return
	}
	w.tally.Stops++
	g := &w.groups[w.nodes[e.target].group]
	g.cores.Stop(e.target-g.first, w.begin(e.target))
	w.finish(e.target)
	w.abandon(e.target, true)
	w.drop(e.target)
}

func (w *World) crash(e *event) {
	if !w.heed(e, true) {
		return
	}
	w.tally.Crashes++
	w.drop(e.target)
}

// drop takes a node down. Its alarm is silenced, but still knows what is queued.
func (w *World) drop(id uint32) {
	n := &w.nodes[id]
	n.alive = false
	n.alarm.deadline = protocol.Never
	w.abandon(id, false)
	g := &w.groups[n.group]
	g.cores.Drop(id - g.first)
}

func (w *World) act(e *event) {
	if w.thaw(e) {
		return
	}
	_, word := w.pool.get(e.handle())
	code := binary.LittleEndian.Uint32(word)
	w.pool.drop(e.handle())
	if !w.heed(e, true) {
		return
	}
	n := &w.nodes[e.target]
	n.eventHash = chain(n.eventHash, uint64(code))
	w.tally.Acts++
	w.actor.Act(e.target, w.begin(e.target), code)
	w.finish(e.target)
}
