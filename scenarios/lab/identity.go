package lab

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/sim"
)

// identities is the directory of a simulated DHT, of all nodes of the world. A node's id is a hash
// of (seed, node number) and its address is arithmetic, so a reference is the node number with the
// port's, and nothing is stored. Contacts that are not what they claim get references from
// strangerBase on. Ids that are bound to addresses are kept in a table, because they cost more to
// make.
type identities struct {
	seed      uint64
	base      uint64
	size      uint32
	bound     []krpc.ID // of all nodes, if some ids are bound to addresses
	strangers *dht.Book
	patience  int // of strangers that are remembered before those that nobody knows are forgotten
}

const (
	strangerBase = 1 << 31
	nodeBits     = 24 // above them the number of the port that a symmetric NAT shows
	nodeMask     = 1<<nodeBits - 1
	spread       = 0x9e3779b97f4a7c15 // odd: different nodes have different ids
)

func newIdentities(seed uint64, size int) *identities {
	return &identities{
		seed: seed, base: uint64(protocol.NewRand(seed, purposeIdentity, 0)),
		size: uint32(size), strangers: dht.NewBook(), patience: max(size, strangersFew),
	}
}

// strangersFew are not worth a look at all tables.
const strangersFew = 1 << 12

// tidy forgets the strangers that no group has in mind any more, once they have doubled and are as
// many as there are nodes: nodes that return with other ids or addresses would fill the memory of a
// long run. What a reference stands for has no influence on a run, and so neither has this. It must
// be called between turns.
func (d *identities) tidy(groups []*dht.Group) {
	if d.strangers.Len() < d.patience {
		return
	}
	d.strangers.Sweep(func(mark func(dht.Ref)) {
		for _, g := range groups {
			g.Uses(func(r dht.Ref) {
				if r >= strangerBase && r != dht.NoRef {
					mark(r - strangerBase)
				}
			})
		}
	})
	d.patience = max(int(d.size), strangersFew, 2*d.strangers.Len())
}

// bind gives a share of some nodes ids that are bound to their addresses (BEP 42). Which nodes
// these are depends on their numbers alone.
func (d *identities) bind(first, size uint32, share netmodel.Probability) {
	if share == 0 {
		return
	}
	if d.bound == nil {
		ids := make([]krpc.ID, d.size)
		for node := range d.size {
			ids[node] = d.id(node)
		}
		d.bound = ids
	}
	for node := first; node < first+size; node++ {
		if r, secure := d.draw(node, share); secure {
			d.bound[node] = krpc.SecureID(sim.AddrOf(node), byte(r.Uint64()), &r)
		}
	}
}

// draw tells whether a node is among a share with ids bound to addresses, with the stream that
// makes the id.
func (d *identities) draw(node uint32, share netmodel.Probability) (r protocol.Rand, secure bool) {
	r = protocol.NewRand(d.seed, purposeBound, uint64(node))
	secure = r.Uint64n(uint64(netmodel.Certain)) < uint64(share)
	return r, secure
}

func (d *identities) secured(node uint32, share netmodel.Probability) bool {
	_, secure := d.draw(node, share)
	return secure
}

// id returns the id that a node begins with.
func (d *identities) id(node uint32) krpc.ID {
	if d.bound != nil {
		return d.bound[node]
	}
	hi := d.lead(node)
	mid := protocol.Mix(hi ^ d.base)
	return krpc.ID{Hi: hi, Mid: mid, Lo: uint32(mid*spread>>32) ^ uint32(hi)}
}

func (d *identities) lead(node uint32) uint64 {
	if d.bound != nil {
		return d.bound[node].Hi
	}
	return protocol.Mix(d.base + uint64(node)*spread)
}

// Ref implements dht.Directory.
func (d *identities) Ref(id krpc.ID, addr protocol.Addr) dht.Ref {
	port, known := netmodel.PortIndex(addr.Port())
	node, ok := sim.HostOf(addr)
	if ok && known && node < d.size && d.id(node) == id {
		return dht.Ref(port<<nodeBits | node)
	}
	return strangerBase + d.strangers.Ref(id, addr)
}

// Contact implements dht.Directory.
func (d *identities) Contact(r dht.Ref) (krpc.ID, protocol.Addr) {
	if r >= strangerBase {
		return d.strangers.Contact(r - strangerBase)
	}
	node, port := uint32(r)&nodeMask, netmodel.IndexedPort(uint32(r)>>nodeBits)
	return d.id(node), sim.AddrOf(node).WithPort(port)
}

// Lead implements dht.Directory.
func (d *identities) Lead(r dht.Ref) uint64 {
	if r >= strangerBase {
		return d.strangers.Lead(r - strangerBase)
	}
	return d.lead(uint32(r) & nodeMask)
}
