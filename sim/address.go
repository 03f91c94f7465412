package sim

import "swarmlab/protocol"

const (
	addressNet  = 10      // nodes live in 10.0.0.0/8
	addressPort = 6881    // and listen on BitTorrent's customary port
	nodesMax    = 1 << 24 // as many as 10.0.0.0/8 has addresses
	hostMask    = nodesMax - 1
)

// AddrOf returns the address of a node: 10.0.0.0 plus its number, port 6881. Addresses are
// arithmetic, so that neither the engine nor a directory of contacts needs a table.
func AddrOf(node uint32) protocol.Addr {
	return protocol.Addr4(addressNet<<24|node&hostMask, addressPort)
}

// NodeOf returns the number of the node with an address, and whether the address is one that
// [AddrOf] gives. It cannot know how many nodes there are.
func NodeOf(a protocol.Addr) (node uint32, ok bool) {
	if !a.Is4() || a.IP4()>>24 != addressNet || a.Port() != addressPort {
		return 0, false
	}
	return a.IP4() & hostMask, true
}
