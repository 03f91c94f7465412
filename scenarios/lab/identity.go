package lab

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/sim"
)

// identities is the directory of a simulated DHT. A node's id is a hash of (seed, node number) and
// its address is arithmetic, so a reference is the node number with the port's, and nothing is
// stored. Contacts that are not what they claim get references from strangerBase on.
type identities struct {
	base      uint64
	first     uint32 // number in the world of the group's first node
	size      uint32
	strangers *dht.Book
}

const (
	strangerBase = 1 << 31
	nodeBits     = 24 // above them the number of the port that a symmetric NAT shows
	nodeMask     = 1<<nodeBits - 1
	spread       = 0x9e3779b97f4a7c15 // odd: different nodes have different ids
)

func newIdentities(seed uint64, first, size int) *identities {
	return &identities{
		base:  uint64(protocol.NewRand(seed, purposeIdentity, uint64(first))),
		first: uint32(first), size: uint32(size), strangers: dht.NewBook(),
	}
}

// id returns the id of node i of the group.
func (d *identities) id(i uint32) krpc.ID {
	hi := d.lead(i)
	mid := protocol.Mix(hi ^ d.base)
	return krpc.ID{Hi: hi, Mid: mid, Lo: uint32(mid*spread>>32) ^ uint32(hi)}
}

func (d *identities) lead(i uint32) uint64 { return protocol.Mix(d.base + uint64(i)*spread) }

// Ref implements dht.Directory.
func (d *identities) Ref(id krpc.ID, addr protocol.Addr) dht.Ref {
	port, known := netmodel.PortIndex(addr.Port())
	node, ok := sim.HostOf(addr)
	if ok && known && node-d.first < d.size && d.id(node-d.first) == id {
		return dht.Ref(port<<nodeBits | node - d.first)
	}
	return strangerBase + d.strangers.Ref(id, addr)
}

// Contact implements dht.Directory.
func (d *identities) Contact(r dht.Ref) (krpc.ID, protocol.Addr) {
	if r >= strangerBase {
		return d.strangers.Contact(r - strangerBase)
	}
	i, port := uint32(r)&nodeMask, netmodel.IndexedPort(uint32(r)>>nodeBits)
	return d.id(i), sim.AddrOf(d.first + i).WithPort(port)
}

// Lead implements dht.Directory.
func (d *identities) Lead(r dht.Ref) uint64 {
	if r >= strangerBase {
		return d.strangers.Lead(r - strangerBase)
	}
	return d.lead(uint32(r) & nodeMask)
}
