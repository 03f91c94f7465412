package krpc

// Kind is the kind of a message, from its key y.
type Kind uint8

// The kinds of messages.
const (
	Query Kind = iota + 1
	Response
	Error
)

// String returns "query", "response" or "error".
func (k Kind) String() string {
	switch k {
	case Query:
		return "query"
	case Response:
		return "response"
	case Error:
		return "error"
	}
	return "no_kind"
}

// Method is the method of a query, from its key q.
type Method uint8

// The methods of BEP 5, BEP 44 and BEP 51. UnknownMethod stands for every other name.
const (
	Ping Method = iota + 1
	FindNode
	GetPeers
	AnnouncePeer
	Get
	Put
	SampleInfohashes
	UnknownMethod Method = 255
)

// String returns the method's name on the wire.
func (m Method) String() string {
	switch m {
	case Ping:
		return "ping"
	case FindNode:
		return "find_node"
	case GetPeers:
		return "get_peers"
	case AnnouncePeer:
		return "announce_peer"
	case Get:
		return "get"
	case Put:
		return "put"
	case SampleInfohashes:
		return "sample_infohashes"
	case UnknownMethod:
		return "unknown_method"
	}
	return "no_method"
}

func methodOf(name []byte) Method {
	switch string(name) {
	case "ping":
		return Ping
	case "find_node":
		return FindNode
	case "get_peers":
		return GetPeers
	case "announce_peer":
		return AnnouncePeer
	case "get":
		return Get
	case "put":
		return Put
	case "sample_infohashes":
		return SampleInfohashes
	}
	return UnknownMethod
}

// The error codes of BEP 5, and those of BEP 44 for a put.
const (
	GenericError       = 201
	ServerError        = 202
	ProtocolError      = 203
	MethodUnknownError = 204
	ValueSizeError     = 205 // v is too big
	SignatureError     = 206 // sig is not the owner's signature
	SaltSizeError      = 207 // salt is too big
	CasError           = 301 // cas is not the seq that is stored
	SeqError           = 302 // seq is lower than the one that is stored
)

// Sample is what a node tells of the infohashes for which it has peers (BEP 51).
type Sample struct {
	Interval int64  // seconds until the node will give other ones, 0..21600
	Num      int64  // how many it has
	IDs      []byte // samples: some of them, of 20 bytes each; nil if it sent none, not even 0
}

// Message is a decoded message. All slices point into the packet and are valid for as long as it
// is. A field that the message does not have, or that does not belong to its kind, is zero.
type Message struct {
	Kind   Kind
	Method Method // of a query
	T      []byte // transaction ID: any length, echoed verbatim

	ID    ID // of the sender; errors have none
	HasID bool

	// Target is what a query asks about: target of find_node, info_hash of get_peers and
	// announce_peer, and of other methods target or, without one, info_hash.
	Target    ID
	HasTarget bool

	Token    []byte
	HasToken bool

	Port        int64 // as sent; the range is for the caller to check
	HasPort     bool
	ImpliedPort bool // implied_port is there and not 0

	Flags Flags // which of noseed, scrape and seed are 1 (BEP 33)

	Nodes, Nodes6 []byte // compact strings for Nodes4 and Nodes6
	Values        []byte // the inside of the list, for Peers
	NumValues     int    // entries in Values, whatever they are

	// BFsd and BFpe (BEP 33), each for Filter: 256 bytes, or nil.
	SeedFilter, PeerFilter []byte

	Item   Item   // of put and of responses to get; of get only Seq (BEP 44)
	Sample Sample // of responses to sample_infohashes

	WantV4, WantV6 bool // n4 and n6 in want (BEP 32)
	ReadOnly       bool // ro is there and not 0 (BEP 43)

	Code int64  // of an error
	Text []byte // of an error

	Version []byte // v: who wrote the sender's program
	IP      []byte // ip: our address as the sender sees it (BEP 42), for ParsePeer

	NonCanonical bool // unsorted keys or leading zeros: harmless, but not our form
}

// about sets the target of a query from what its arguments hold; nil is not there.
func (m *Message) about(target, infoHash []byte) {
	if m.Method == GetPeers || m.Method == AnnouncePeer || target == nil && m.Method != FindNode {
		target = infoHash
	}
	if target != nil {
		m.Target, m.HasTarget = IDFromBytes(target), true
	}
}
