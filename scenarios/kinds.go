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
// and six more, which more than a bucketful of nodes share with one chance in a billion.
func (g *Group) TableDepth() int {
	smallest := g.DHT.Buckets[len(g.DHT.Buckets)-1]
	return min(bits.Len(uint(g.Size/smallest))+6, dht.MaxDepth)
}
