package sim

import (
	"time"

	"swarmlab/protocol"
)

// converse carries out what a core did to its connections in its turn. All that it wrote on one
// of them goes out as one segment, if that has room for it.
func (w *World) converse(id uint32) {
	if w.groups[w.nodes[id].group].streams == nil {
		w.broken(id, "used a connection, but its group has no Streams")
	}
	if w.out.Calls() >= callsMany {
		w.touchCalls(id)
	}
	for i := range w.out.Calls() {
		c := w.out.Call(i)
		switch c.Verb {
		case protocol.CallDial:
			w.dial(id, c.Conn, c.To)
		case protocol.CallWrite:
			w.write(id, c.Conn, c.Chunk)
		case protocol.CallClose:
			w.hangUp(id, c.Conn)
		}
	}
	w.pump(id)
}

// callsMany is from how many calls on it pays to look at them beforehand.
const callsMany = 4

// touchCalls reads a little of each end that a core wrote on, side by side.
func (w *World) touchCalls(id uint32) {
	s := w.streams
	for i := range w.out.Calls() {
		if number := s.hosts[id].find(w.out.ConnOf(i)); number != 0 {
			w.warmth += uint64(s.ends.at(number).first)
		}
	}
}

// existing returns the end that a core has under a number.
func (w *World) existing(id uint32, c protocol.Conn) (number uint32, e *end) {
	number = w.streams.hosts[id].find(c)
	if number == 0 {
		w.broken(id, "writes on connection %d or closes it, but has none of this number", c)
	}
	return number, w.streams.ends.at(number)
}

func (w *World) write(id uint32, c protocol.Conn, ch protocol.Chunk) {
	number, e := w.existing(id, c)
	if ch.Len() == 0 || e.state == stateFailed {
		return
	}
	w.streams.queue(e, ch)
	w.streams.rouse(number, e)
}

// hangUp is the core's close: the end goes on without it, until what was written before is out and
// has arrived.
func (w *World) hangUp(id uint32, c protocol.Conn) {
	s := w.streams
	number, e := w.existing(id, c)
	s.unbind(e)
	e.closing = true
	if e.state == stateFailed || e.state == stateDialing && e.first == 0 {
		s.free(number)
		return
	}
	s.rouse(number, e)
}

// dial opens a connection. Ports are drawn from the dynamic ones that are not those of a symmetric
// NAT's mappings, one after the other: a connection has a NAT's state to itself.
func (w *World) dial(id uint32, c protocol.Conn, to protocol.Addr) {
	s := w.streams
	target, moves, ok := w.holder(to)
	if int(target) >= len(w.nodes) {
		ok = false
	}
	if !ok {
		target = id
	}
	number, e := s.open(id, target)
	w.bind(id, c, number)
	h := &s.hosts[id]
	e.to, e.moves = to.Port(), moves
	e.from = portFirst + uint16((protocol.Mix(uint64(id))+uint64(h.dials))%ports)
	h.dials++
	s.tally.Dialed++
	if !ok {
		w.await(number, e, dialTries, dialFirst<<dialTries-dialFirst)
		return
	}
	w.syn(number, e, 0)
}

const (
	portFirst = 49152 + 127
	ports     = 1<<16 - portFirst
)

// syn asks for the connection, once more.
func (w *World) syn(number uint32, e *end, try uint8) {
	id := e.node
	seq := w.number(id)
	if delay, lost := w.travel(w.now, id, e.peer, seq, 0); !lost {
		p := packet{
			verb: verbSyn, try: try, to: e.to, from: e.from, moves: e.moves,
			fromMoves: w.movesOf(id), mate: number, mateGeneration: e.generation,
		}
		w.post(w.now.Add(delay), e.peer, id, seq, p)
	}
	w.await(number, e, try+1, dialFirst<<try)
}

// await sees to it that an end that is not answered tries again, or gives up.
func (w *World) await(number uint32, e *end, try uint8, wait time.Duration) {
	w.remind(e.node, wait, packet{
		verb: verbRetry, try: try, end: number, generation: e.generation,
	})
}

// fail has a core find out that its connection is no more, and the other end, too.
func (w *World) fail(number uint32, e *end) {
	w.reset(number, e)
	e.state = stateFailed
	w.remind(e.node, 1, packet{verb: verbSilence, end: number, generation: e.generation})
}
