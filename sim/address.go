package sim

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// Nodes live in 128.0.0.0/3, public addresses of which none is special: ids can be bound to them
// (BEP 42), and private ranges stay free for hosts behind a NAT. They are scattered over it, so
// that nodes do not share a network of 256 hosts more often than those of the real one do.
const (
	addressNet  = 128 << 24
	addressMask = 1<<29 - 1
	addressStep = 0x1779b97d // odd, so that multiplication modulo 2^29 can be undone
	addressUndo = 0x051347d5 // its inverse
	addressPort = netmodel.HomePort
	nodesMax    = 1 << 24
	movesMax    = 1 << (29 - 24) // addresses of one node
)

// AddrOf returns the address of a node, port 6881. Addresses are arithmetic, so that neither the
// engine nor a directory of contacts needs a table.
func AddrOf(node uint32) protocol.Addr { return movedAddr(node, 0) }

// movedAddr returns the address of a node that has moved so many times.
func movedAddr(node uint32, moves uint8) protocol.Addr {
	number := uint32(moves)*nodesMax | node
	return protocol.Addr4(addressNet|number*addressStep&addressMask, addressPort)
}

// NodeOf returns the number of the node with an address, and whether the address is one that
// [AddrOf] gives. It cannot know how many nodes there are.
func NodeOf(a protocol.Addr) (node uint32, ok bool) {
	node, ok = HostOf(a)
	if !ok || a.Port() != addressPort {
		return 0, false
	}
	return node, true
}

// HostOf returns the number of the node with an IP, whatever the port: a node behind a symmetric
// NAT has a different one for each that it sends to.
func HostOf(a protocol.Addr) (node uint32, ok bool) {
	node, moves, ok := holder(a)
	return node, ok && moves == 0
}

// OwnerOf returns the number of the node that an IP belongs to at one time or another, whatever the
// port: those of a node that moves are all its own.
func OwnerOf(a protocol.Addr) (node uint32, ok bool) {
	node, _, ok = holder(a)
	return node, ok
}

// holder returns the node that an IP belongs to after so many moves.
func holder(a protocol.Addr) (node uint32, moves uint8, ok bool) {
	if !a.Is4() || a.IP4()&^addressMask != addressNet {
		return 0, 0, false
	}
	number := (a.IP4() & addressMask) * addressUndo & addressMask
	return number % nodesMax, uint8(number / nodesMax), true
}

// Move gives a node, which must be down, another address: what is sent to the old one arrives
// nowhere. After 32 moves it has its first address again. It is the same host: delays, line and NAT
// are as before, and a NAT that it has sent to knows it by either address. It needs
// Config.Moves: what differs between worlds with and without moves must not depend on who is first.
func (w *World) Move(node uint32) {
	if w.nodes[node].alive {
		w.broken(node, "moved while it is up")
	}
	if w.moves == nil {
		w.broken(node, "moved in a world without Config.Moves")
	}
	w.moves[node] = (w.moves[node] + 1) % movesMax
}

// AddrOf returns the address that a node has now. It is that of the function AddrOf until the node
// moves.
func (w *World) AddrOf(node uint32) protocol.Addr { return movedAddr(node, w.movesOf(node)) }

// HostOf returns the number of the node that has an IP now, whatever the port.
func (w *World) HostOf(a protocol.Addr) (node uint32, ok bool) {
	node, moves, ok := holder(a)
	return node, ok && int(node) < len(w.nodes) && moves == w.movesOf(node)
}

func (w *World) movesOf(node uint32) uint8 {
	if w.moves == nil {
		return 0
	}
	return w.moves[node]
}

// holder is the function holder for addresses that lead anywhere in this world: where nobody moves,
// those of moved nodes do not.
func (w *World) holder(a protocol.Addr) (node uint32, moves uint8, ok bool) {
	node, moves, ok = holder(a)
	return node, moves, ok && (moves == 0 || w.moves != nil)
}

// strayed reports whether a datagram was sent to an address that its target has no longer.
func (w *World) strayed(e *event) bool {
	_, to := w.pool.moves(e.handle())
	return to != w.moves[e.target]
}
