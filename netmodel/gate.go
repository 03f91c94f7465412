package netmodel

import (
	"time"

	"swarmlab/protocol"
)

// Gates is the state of all NATs and firewalls of one run: what passed out, and when. Each node has
// one of its own, with one host behind it. A gate outlives its node: a restart closes nothing.
//
// NATs with endpoint-independent mapping preserve the port (RFC 4787, section 4.2.1), as those do
// that have one host on that port: from outside the node has HomePort, and again when a mapping
// was renewed. A symmetric NAT gives each mapping a random port of 127; several share one, which
// hardly anybody can tell, for each lets in its own remote endpoint only.
//
// A gate remembers up to 1,024 endpoints. One more makes it forget the oldest of the sixteen that
// share a hash with it, which is counted.
type Gates struct {
	timeout time.Duration
	kinds   []Class // of all nodes: drawn once, because each datagram asks twice
	gates   []gate
	ports   stream
	memory  memory
	evicted uint64
}

// gate is what is kept of one node: 16 bytes. Open and full-cone nodes have no table.
type gate struct {
	until protocol.Time // the mapping of a full cone lives before
	table table
}

// Out notes that a node sends from HomePort to a port of a remote node, and returns the external
// port that the datagram comes from. To be called when node sends, with its times in order.
func (g *Gates) Out(now protocol.Time, node, remote uint32, port uint16) (from uint16) {
	switch g.kinds[node] {
	case FullCone:
		g.gates[node].until = now.Add(g.timeout)
	case Restricted:
		g.note(now, node, remote, 0)
	case PortRestricted:
		g.note(now, node, remote, port)
	case Symmetric:
		e := g.note(now, node, remote, port)
		if e.extra == 0 {
			e.extra = g.port(now, node, remote, port)
		}
		return e.extra
	case Firewalled:
		e := g.note(now, node, remote, port)
		e.extra = max(e.extra, e.extra+1) // up to the greatest number
	}
	return HomePort
}

// In reports whether a datagram for a port of a node, from a remote node's external port, gets in.
// To be called when it arrives, with the node's times in order.
func (g *Gates) In(now protocol.Time, node uint32, port uint16, remote uint32, from uint16) bool {
	c := g.kinds[node]
	if port != HomePort && c != Symmetric {
		return false
	}
	switch c {
	case Open:
		return true
	case FullCone:
		return now < g.gates[node].until
	case Restricted:
		from = 0
	}
	e := g.memory.find(g.gates[node].table, remote, from)
	if e == nil || e.until <= now {
		return false
	}
	switch c {
	case Symmetric:
		return e.extra == port
	case Firewalled:
		if e.extra == 0 {
			return false
		}
		e.extra--
	}
	return true
}

// Welcomes reports whether a node's gate would let in a datagram for HomePort, now, from a node
// that it never sent to.
func (g *Gates) Welcomes(now protocol.Time, node uint32) bool {
	switch g.kinds[node] {
	case Open:
		return true
	case FullCone:
		return now < g.gates[node].until
	}
	return false
}

// Listens reports whether others can open connections to a node, by TCP. Open nodes can be reached,
// and those behind a full cone, for which we take a NAT that forwards the port on which the node
// listens (by PCP or UPnP), at any time. No other NAT and no firewall lets a connection in that the
// node did not ask for, and hole punching for TCP (RFC 5382's simultaneous open) is not modelled.
// What a node dials itself, and all that then comes on that connection, passes every gate.
func (g *Gates) Listens(node uint32) bool {
	return g.kinds[node] == Open || g.kinds[node] == FullCone
}

// Evicted returns how many live endpoints gates forgot for want of room.
func (g *Gates) Evicted() uint64 { return g.evicted }

// note returns the entry of an endpoint that the node sends to, refreshed; one that was not alive
// has forgotten everything.
func (g *Gates) note(now protocol.Time, node, remote uint32, port uint16) *entry {
	t := &g.gates[node].table
	if t.sets == 0 {
		*t = g.memory.take(1)
	}
	e := g.memory.find(*t, remote, port)
	if e == nil {
		e = g.replace(now, t, remote, port)
	}
	if e.until <= now {
		*e = entry{remote: remote, port: port}
	}
	e.until = now.Add(g.timeout)
	return e
}

// replace returns an entry that an endpoint's sets can do without. A table whose sets are full of
// live ones grows, as long as it may; one that is mostly dead gives half of itself back, so that
// a node's bursts cost memory only while they last.
func (g *Gates) replace(now protocol.Time, t *table, remote uint32, port uint16) *entry {
	for {
		e, quiet := g.memory.place(now, *t, remote, port)
		if quiet && t.sets > 1 && g.memory.halve(now, t) {
			continue
		}
		if e.until <= now {
			return e
		}
		if t.sets == setsMax {
			g.evicted++
			e.until = 0
			return e
		}
		g.evicted += g.memory.double(now, t)
	}
}
