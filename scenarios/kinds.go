package scenarios

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

	TargetNode = "random-node" // the id of another node of any group
	TargetKey  = "random-key"  // any id
)

// What becomes of the tables of nodes that leave: the values of a churn's setting "table".
const (
	TableLost = "lost"
	TableKept = "kept"
)

// What of a node is new when it returns: the values of a churn's setting "return".
const (
	ReturnSame       = "same"
	ReturnNewID      = "new-id"
	ReturnNewAddress = "new-address"
	ReturnNew        = "new" // both
)
