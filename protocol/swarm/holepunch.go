package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// holepunch takes a message of BEP 55: as a relay it brings two peers together, and as one of them
// it dials the other. No hole is opened by that; it is for the driver's network to know.
func (x *turn) holepunch(c *conn, p []byte) peerwire.Fault {
	var h peerwire.Holepunch
	if f := h.Parse(p); f != peerwire.OK {
		return f
	}
	switch h.Type {
	case peerwire.Rendezvous:
		x.relay(c, h.Addr)
	case peerwire.Connect:
		x.punch(c.member, h.Addr)
	default:
		x.g.counters.Ignored++
	}
	return peerwire.OK
}

// relay tells two peers to connect to each other, at the request of one.
func (x *turn) relay(c *conn, to protocol.Addr) {
	id := c.exts[peerwire.ExtHolepunch]
	if id == 0 { // it has not said that it knows the extension
		x.g.counters.Ignored++
		return
	}
	var target *conn
	for _, o := range c.member.conns {
		if x.listening(o) == to {
			target = o
		}
	}
	answer := peerwire.Holepunch{Type: peerwire.PunchFailed, Addr: to}
	switch {
	case to.Port() == 0:
		answer.Error = peerwire.NoSuchPeer
	case to == x.core.addr:
		answer.Error = peerwire.NoSelf
	case target == nil || target == c:
		answer.Error = peerwire.NotConnected
	case target.exts[peerwire.ExtHolepunch] == 0:
		answer.Error = peerwire.NoSupport
	default:
		x.g.counters.Relayed++
		answer.Type = peerwire.Connect
		other := peerwire.Holepunch{Type: peerwire.Connect, Addr: x.listening(c)}
		id := target.exts[peerwire.ExtHolepunch]
		x.write(target, other.Append(x.g.scratch.out[:0], id))
	}
	x.write(c, answer.Append(x.g.scratch.out[:0], id))
}

// punch dials a peer that a relay names, unless it is connected or there is no room.
func (x *turn) punch(m *member, to protocol.Addr) {
	at := x.learn(m, to, FromPEX)
	if at == nilIndex || !m.peers.list[at].dialable(255, false) ||
		len(m.conns)+int(m.opening) >= x.g.cfg.MaxConns ||
		int(x.core.halves) >= x.g.cfg.HalfOpen {
		x.g.counters.Ignored++
		return
	}
	x.g.counters.Punched++
	x.dial(m, at)
}
