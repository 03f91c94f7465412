package sim

import "swarmlab/protocol"

// streamEvent handles an event on a connection. A node that is frozen hears nothing: what comes
// is sent again until it does, unless it takes too long.
func (w *World) streamEvent(ev *event) {
	frozen := w.nodes[ev.target].alive && w.putOff(ev)
	switch {
	case frozen:
		return
	case ev.handle()&1 != 0:
		w.lineFree(ev)
		return
	}
	s := w.streams
	number := uint32(ev.handle() >> 1)
	p := *s.packets.at(number)
	if p.verb == verbArrive && w.queueDown(ev, number, &p) {
		return
	}
	s.packets.put(number)
	w.record(ev, p.verb)
	switch p.verb {
	case verbSyn:
		w.accept(ev, &p)
	case verbAnswer:
		w.answered(ev, &p)
	case verbRefuse:
		w.hangsUp(&p, protocol.Refused)
	case verbReset:
		w.hangsUp(&p, protocol.Reset)
	case verbSilence:
		s.lose(ev.source, &p)
		w.hangsUp(&p, protocol.Reset)
	case verbRetry:
		w.retry(&p)
	case verbArrive, verbData:
		w.receive(ev, &p)
	case verbAck:
		w.acknowledged(&p)
	}
}

// record enters an event on a connection into the fingerprint.
func (w *World) record(ev *event, v verb) {
	n := &w.nodes[ev.target]
	n.eventHash = chain(hashEvent(n.eventHash, ev), uint64(v))
}

// putOff postpones an event of a node that is frozen to the end of that.
func (w *World) putOff(ev *event) bool {
	fault, until := w.frozen(ev.target)
	if fault < 0 {
		return false
	}
	s := w.streams
	number := uint32(ev.handle() >> 1)
	if ev.handle()&1 == 0 {
		p := s.packets.at(number)
		lost := p.verb == verbSyn // another will be sent
		if (p.verb == verbArrive || p.verb == verbData) && until.Sub(w.now) >= stallMax {
			s.lose(ev.source, p)
			w.silence(ev, p)
			w.spoil(p, until)
			lost = true
		}
		if lost {
			w.record(ev, p.verb)
			s.packets.put(number)
			return true
		}
	}
	next := *ev
	next.when = until
	w.queue.push(&next)
	return true
}

// spoil ends a connection of which a node that is frozen has missed something for good.
func (w *World) spoil(p *packet, until protocol.Time) {
	if e := w.streams.current(p); e != nil && e.state == stateOpen {
		e.state = stateFailed
		w.remind(e.node, until.Sub(w.now), packet{
			verb: verbSilence, end: p.end, generation: p.generation,
		})
	}
}

// current returns the end that a packet is for, or nil if that is no more, or has another mate: a
// host that was dialed again before its answer was there may have accepted twice.
func (s *streams) current(p *packet) *end {
	e := s.ends.at(p.end)
	if e.generation != p.generation || p.verb.established() && e.mate != 0 &&
		(e.mate != p.mate || e.mateGeneration != p.mateGeneration) {
		return nil
	}
	return e
}

// queueDown puts a segment into the queue of its target's line, and reports whether it waits there.
func (w *World) queueDown(ev *event, number uint32, p *packet) bool {
	lines := w.streams.lines
	if lines == nil {
		return false
	}
	done, full := lines.Unload(w.now, ev.target, ev.source, wireOf(p))
	p.congested = p.congested || full
	if done == w.now {
		return false
	}
	stored := w.streams.packets.at(number)
	stored.verb, stored.congested = verbData, p.congested
	next := *ev
	next.when = done
	w.queue.push(&next)
	return true
}

// accept asks the target of a SYN for a connection.
func (w *World) accept(ev *event, p *packet) {
	s := w.streams
	id := ev.target
	n := &w.nodes[id]
	if !n.alive || !w.reachable(id) || w.moves != nil && w.moves[id] != p.moves {
		return // nobody answers
	}
	if p.try > 0 && s.knows(id, ev.source, p) {
		return // it has been answered
	}
	g := &w.groups[n.group]
	if g.streams == nil || p.to != addressPort {
		w.refuse(ev, p)
		return
	}
	from := movedAddr(ev.source, p.fromMoves).WithPort(p.from)
	n.wireHash = chain(chain(n.wireHash, uint64(from.IP4())), uint64(p.from))
	c, ok := g.streams.Accept(id-g.first, w.begin(id), from)
	if !ok {
		w.refuse(ev, p)
		w.finish(id)
		return
	}
	number, e := s.open(id, ev.source)
	w.bind(id, c, number)
	e.state, e.mate, e.mateGeneration = stateOpen, p.mate, p.mateGeneration
	s.tally.Accepted++
	w.answer(number, e)
	w.finish(id)
}

// answer sends the acceptance. One that never arrives is noticed by who sent it, too.
func (w *World) answer(number uint32, e *end) {
	p := packet{
		verb: verbAnswer, end: e.mate, generation: e.mateGeneration,
		mate: number, mateGeneration: e.generation,
	}
	arrives, seq, tries := w.carry(w.now, e.node, e.peer, 0)
	if tries == 0 {
		p = packet{verb: verbSilence, end: number, generation: e.generation}
		w.remind(e.node, stallMax, p)
		return
	}
	e.settled = arrives
	w.post(arrives, e.peer, e.node, seq, p)
}

func (w *World) refuse(ev *event, p *packet) {
	w.streams.tally.Refused++
	seq := w.number(ev.target)
	if delay, lost := w.travel(w.now, ev.target, ev.source, seq, 0); !lost {
		w.post(w.now.Add(delay), ev.source, ev.target, seq, packet{
			verb: verbRefuse, end: p.mate, generation: p.mateGeneration,
		})
	}
}

// knows reports whether a host has the other end of a connection that is dialed once more.
func (s *streams) knows(id, peer uint32, p *packet) bool {
	for number := s.hosts[id].ends; number != 0; {
		e := s.ends.at(number)
		if e.peer == peer && e.mate == p.mate && e.mateGeneration == p.mateGeneration {
			return true
		}
		number = e.after
	}
	return false
}

// answered establishes a connection that was dialed. Who has given up says so.
func (w *World) answered(ev *event, p *packet) {
	s := w.streams
	e := s.current(p)
	if e == nil || e.state != stateDialing {
		w.turnAway(ev, p)
		return
	}
	e.state, e.mate, e.mateGeneration = stateOpen, p.mate, p.mateGeneration
	s.tally.Opened++
	s.rouse(p.end, e)
	if !e.bound {
		w.pump(ev.target)
		return
	}
	g := &w.groups[w.nodes[ev.target].group]
	g.streams.Opened(ev.target-g.first, w.begin(ev.target), e.conn)
	w.finish(ev.target)
	w.pump(ev.target)
}

// retry dials once more, or gives up.
func (w *World) retry(p *packet) {
	e := w.streams.current(p)
	switch {
	case e == nil || e.state != stateDialing:
	case p.try < dialTries:
		w.syn(p.end, e, p.try)
	default:
		w.streams.tally.Unreachable++
		w.hangsUp(p, protocol.Unreachable)
	}
}

// hangsUp ends a connection for a reason, and tells the core.
func (w *World) hangsUp(p *packet, why protocol.Reason) {
	s := w.streams
	e := s.current(p)
	if e == nil {
		return
	}
	id, c, bound := e.node, e.conn, e.bound
	s.free(p.end)
	if !bound {
		return
	}
	s.tally.Closed[why]++
	g := &w.groups[w.nodes[id].group]
	g.streams.Closed(id-g.first, w.begin(id), c, why)
	w.finish(id)
}

// acknowledged takes note of what arrived at the other end, and sends on.
func (w *World) acknowledged(p *packet) {
	s := w.streams
	e := s.current(p)
	if e == nil {
		return
	}
	e.acknowledge(p.bytes, p.congested)
	if p.fin {
		s.free(p.end)
		return
	}
	s.rouse(p.end, e)
	w.pump(e.node)
}
