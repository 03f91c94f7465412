package sim

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// Terrain is a Network on which more happens than delay and loss. netmodel.Network is one. What is
// nil is off, and costs nothing.
type Terrain interface {
	Network
	// NewGates returns the NATs and firewalls of the nodes, for one world.
	NewGates() *netmodel.Gates
}

// terrain is what a world keeps of its Terrain. All state that one node's datagrams change is the
// sender's and changes when it sends, or the target's and changes when they arrive: the order in
// which nodes that are far apart are run changes nothing.
type terrain struct {
	gates   *netmodel.Gates
	detours []detour // of all nodes
}

// newTerrain returns nil if everything is off.
func newTerrain(n Network, nodes int) *terrain {
	source, ok := n.(Terrain)
	if !ok {
		return nil
	}
	t := &terrain{gates: source.NewGates()}
	if t.gates == nil {
		return nil
	}
	t.detours = make([]detour, nodes)
	return t
}

// cross gives one datagram to the terrain, as send does to a plain network.
func (w *World) cross(id, seq uint32, to protocol.Addr, payload []byte) {
	t, book := w.terrain, &w.books[id]
	target, ok := t.route(to)
	if !ok || int(target) >= len(w.nodes) {
		book.Undelivered.add(len(payload))
		w.fates.unroutable.add(len(payload))
		return
	}
	from := uint16(addressPort)
	if t.gates != nil {
		from = t.gates.Out(w.now, id, target, to.Port())
	}
	delay, lost := w.path(id, target, seq, len(payload))
	if lost {
		book.Lost.add(len(payload))
		return
	}
	h := w.pool.put(w.now, payload)
	w.pool.label(h, from, to.Port())
	w.queue.push(&event{
		when: w.now.Add(delay), target: target, source: id, seq: seq, data: pack(kindDatagram, h),
	})
}

// route returns the node that an address leads to. Without gates only HomePort leads anywhere;
// with them the target's gate knows, when the datagram is there.
func (t *terrain) route(to protocol.Addr) (node uint32, ok bool) {
	if t.gates == nil {
		return NodeOf(to)
	}
	return HostOf(to)
}

// admits reports whether a datagram that arrives gets through the gate of its target.
func (w *World) admits(e *event) bool {
	if w.terrain == nil || w.terrain.gates == nil {
		return true
	}
	from, to := w.pool.ports(e.handle())
	return w.terrain.gates.In(w.now, e.target, to, e.source, from)
}

// origin returns the address that the target of a datagram sees.
func (w *World) origin(e *event) protocol.Addr {
	if w.terrain == nil {
		return AddrOf(e.source)
	}
	from, _ := w.pool.ports(e.handle())
	return AddrOf(e.source).WithPort(from)
}
