package scenarios

import (
	"math/bits"

	"swarmlab/protocol/dht"
)

// How the tables of a group come about: the values of a group's setting "tables".
const (
	TablesWarm = "warm" // filled at the start, as in a converged network
	TablesJoin = "join" // built by real bootstrap
)

// What a stream of operations does, and which targets lookups have: the values of the settings
// "kind" and "target" of a workload.
const (
	KindLookup   = "lookup"    // find_node
	KindAnnounce = "announce"  // get_peers, then announce_peer to the closest
	KindGetPeers = "get_peers" // for peers announced under the same keys

	TargetNode = "random-node" // the id of another node of the group
	TargetKey  = "random-key"  // any id
)

// TableDepth returns how many buckets a table needs in a group of that size: the expected number,
// and some more. With six more, and buckets of eight, there is one chance in a billion that the
// last one is too small for a node's closest neighbours; smaller buckets need more of them.
func (g *Group) TableDepth() int {
	smallest := g.DHT.Buckets[len(g.DHT.Buckets)-1]
	more := 6
	if smallest < 8 {
		more = 4 + 16/smallest
	}
	return min(bits.Len(uint(g.Size/smallest))+more, dht.MaxDepth)
}
