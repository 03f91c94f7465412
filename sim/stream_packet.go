package sim

import (
	"time"

	"swarmlab/protocol"
)

// verb is what an event on a connection means.
type verb uint8

const (
	verbSyn     verb = iota // a connection is dialed
	verbAnswer              // it is accepted
	verbRefuse              // it is not
	verbReset               // it is no more
	verbArrive              // a segment reaches the line of its target
	verbData                // a segment has passed it
	verbAck                 // a segment has arrived
	verbSilence             // nothing has been heard of the other end for too long
	verbRetry               // dialing has not been answered for a while
	verbLeave               // a segment has left the line; without a packet
)

// established reports whether a packet comes from the other end of a connection.
func (v verb) established() bool {
	return v == verbReset || v == verbArrive || v == verbData || v == verbAck
}

// packet is what an event on a connection carries. It names the end that it is for, and the end
// that it comes from where that is not known yet.
type packet struct {
	verb           verb
	fin            bool  // nothing follows
	congested      bool  // a queue was full, or it was sent more than once
	try            uint8 // of dialing
	moves          uint8 // of the address that was dialed
	fromMoves      uint8 // of that it was dialed from
	to, from       uint16
	end            uint32
	generation     uint32
	mate           uint32
	mateGeneration uint32
	first          uint32 // items
	bytes          uint32 // of the stream
	peer           uint32 // the node that a segment is for
}

// segment is what an end sends at once.
type segment struct {
	first uint32 // items
	bytes uint32
	fin   bool
	body  bool // there is one in it
}

// Times of TCP. A segment or an acknowledgement that the network loses is sent again: after what
// Linux waits, its least timeout of 200 ms and the round trip, and each time twice as long (RFC
// 6298), until stallMax, the least that RFC 1122 (4.2.3.5) allows, is over: then the connection is
// no more. Dialing is tried at 0, 3 and 9 s, and given up after 21 s (RFC 1122's 3 s, doubled).
const (
	resendFirst = 200 * time.Millisecond
	stallMax    = 100 * time.Second
	dialFirst   = 3 * time.Second
	dialTries   = 3
)

// carry returns when something that a node sends at a time arrives, sent again as often as the
// network loses it, and the number with which it did. It is the sender's doing: the network's
// answers for the future are known, so that no event is needed for what is lost.
func (w *World) carry(
	departs protocol.Time, id, target uint32, bytes int,
) (arrives protocol.Time, seq uint32, tries int) {
	wait := time.Duration(0)
	for at := departs; at.Sub(departs) < stallMax; at = at.Add(wait) {
		seq = w.number(id)
		delay, lost := w.travel(at, id, target, seq, bytes)
		tries++
		if !lost {
			return at.Add(delay), seq, tries
		}
		if wait == 0 {
			wait = resendFirst + 2*delay
		} else {
			wait += wait
		}
	}
	return 0, seq, 0
}

// travel asks the network, and the weather, about one packet.
func (w *World) travel(
	at protocol.Time, id, target, seq uint32, bytes int,
) (delay time.Duration, lost bool) {
	delay, lost = w.path(id, target, seq, bytes)
	if lost || w.terrain == nil || w.terrain.weather == nil {
		return delay, lost
	}
	return w.terrain.stormy(at, id, target, seq, delay)
}

// post puts an event with a packet into the queue.
func (w *World) post(when protocol.Time, target, source, seq uint32, p packet) {
	number := w.streams.packets.take()
	*w.streams.packets.at(number) = p
	w.queue.push(&event{
		when: when, target: target, source: source, seq: seq,
		data: pack(kindStream, handle(number<<1)),
	})
}

// remind posts something from a node to itself.
func (w *World) remind(id uint32, after time.Duration, p packet) {
	w.post(w.now.Add(after), id, id, w.number(id), p)
}

// sendSegment sends a segment of an end that leaves its line at a time. One that never arrives
// stays with the sender until that gives up.
func (w *World) sendSegment(departs protocol.Time, e *end, number uint32, seg segment) {
	w.streams.tally.Segments++
	p := packet{
		verb: verbArrive, fin: seg.fin, end: e.mate, generation: e.mateGeneration,
		mate: number, mateGeneration: e.generation, first: seg.first, bytes: seg.bytes,
		peer: e.peer,
	}
	arrives, seq, tries := w.carry(departs, e.node, e.peer, int(seg.bytes))
	if tries == 0 {
		e.mute = true
		p.verb, p.end, p.generation = verbSilence, number, e.generation
		w.post(departs.Add(stallMax), e.node, e.node, seq, p)
		return
	}
	w.streams.tally.Resent += uint64(tries - 1)
	p.congested = tries > 1
	e.settled = max(e.settled, arrives)
	w.post(e.settled, e.peer, e.node, seq, p)
}

// sendFin ends a connection of a node that goes down, behind what was sent.
func (w *World) sendFin(number uint32, e *end) {
	e.ended = true
	w.sendSegment(w.now, e, number, segment{fin: true})
}

// acknowledge answers a segment, and those before that were too short for that. If the answer never
// arrives, the sender finds that out.
func (w *World) acknowledge(ev *event, p *packet, bytes uint32) {
	ack := packet{
		verb: verbAck, fin: p.fin, congested: p.congested, end: p.mate,
		generation: p.mateGeneration, bytes: bytes,
		mate: p.end, mateGeneration: p.generation,
	}
	w.reply(ev, ack)
}

// reply sends something from the target of an event to its source.
func (w *World) reply(ev *event, p packet) {
	arrives, seq, tries := w.carry(w.now, ev.target, ev.source, 0)
	if tries == 0 {
		p.verb, arrives = verbSilence, w.later()
	}
	w.post(arrives, ev.source, ev.target, seq, p)
}

// turnAway answers something that is for no end here.
func (w *World) turnAway(ev *event, p *packet) {
	w.reply(ev, packet{
		verb: verbReset, end: p.mate, generation: p.mateGeneration,
		mate: p.end, mateGeneration: p.generation,
	})
}

// silence has the source of a segment find out, in time, that nobody answers.
func (w *World) silence(ev *event, p *packet) {
	w.post(w.later(), ev.source, ev.target, w.number(ev.target), packet{
		verb: verbSilence, end: p.mate, generation: p.mateGeneration,
	})
}

// later is when who hears nothing from now on gives up, at least as far ahead as any message.
func (w *World) later() protocol.Time { return w.now.Add(max(stallMax, w.delayMin)) }

// reset tells the other end of an open connection, if the network lets it, that it is no more.
func (w *World) reset(number uint32, e *end) {
	seq := w.number(e.node)
	if delay, lost := w.travel(w.now, e.node, e.peer, seq, 0); !lost {
		w.post(w.now.Add(delay), e.peer, e.node, seq, packet{
			verb: verbReset, end: e.mate, generation: e.mateGeneration,
			mate: number, mateGeneration: e.generation,
		})
	}
}
