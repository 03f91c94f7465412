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
)

// AddrOf returns the address of a node, port 6881. Addresses are arithmetic, so that neither the
// engine nor a directory of contacts needs a table.
func AddrOf(node uint32) protocol.Addr {
	return protocol.Addr4(addressNet|node*addressStep&addressMask, addressPort)
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
	if !a.Is4() || a.IP4()&^addressMask != addressNet {
		return 0, false
	}
	node = (a.IP4() & addressMask) * addressUndo & addressMask
	return node, node < nodesMax
}
