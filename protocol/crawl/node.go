package crawl

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Ending says whether a crawl is over, and why.
type Ending uint8

// The endings.
const (
	Running  Ending = iota // there is more to ask
	Complete               // all that was heard of has been asked
	Full                   // so it has, but some were not remembered, for there were Config.Nodes
)

// String returns "running", "complete" or "max_nodes".
func (e Ending) String() string { return [...]string{"running", "complete", "max_nodes"}[e] }

// Progress is how far a crawl is.
type Progress struct {
	Known     int    // nodes: ids at addresses
	Addresses int    // of these nodes, and to start from
	Asked     int    // addresses that were sent a query
	Answered  int    // addresses that sent a response
	Silent    int    // addresses that were given up without one
	Done      int    // addresses that will not be asked again
	Sampled   int    // addresses that sent a sample
	InFlight  int    // queries
	Sent      uint64 // queries
	Ended     Ending
}

// Queue returns the number of addresses that wait to be asked, for the first time or again.
func (p *Progress) Queue() int { return p.Addresses - p.Done - p.InFlight }

// Progress returns how far the crawl is.
func (c *Crawler) Progress() Progress { return c.progress }

// Counters returns what was counted so far.
func (c *Crawler) Counters() Counters { return c.counters }

// Infohash is one that was in the samples of so many nodes (BEP 51).
type Infohash struct {
	ID    krpc.ID
	Nodes int
}

// Infohashes returns those that were sampled, in the order in which they came. They belong to the
// crawler and are valid until it is started again.
func (c *Crawler) Infohashes() []Infohash { return c.infohashes }

// Node is what is known of an id at an address. What was measured (RTT, Queries, Buckets...)
// belongs to the address, and is given to the one id that was asked there; its others have none.
type Node struct {
	ID   krpc.ID
	Addr protocol.Addr
	Hop  int // 1: an address to start from; n+1: first told by a node of hop n

	Asked     bool // or it will be; false for all ids of an address but one
	Reachable bool // it answered with this id
	Secure    bool // BEP 42 allows the id at this address
	IDs       int  // ids known at this address
	Addrs     int  // addresses known with this id

	RTT      time.Duration // least; 0 if nothing came back
	Version  []byte        // v of the response; valid until the crawler's next turn
	Queries  int
	Timeouts int
	Errors   int

	Learned  int     // distinct contacts that it showed
	Taught   int     // of them, those that the crawler had not known
	Depth    int     // buckets Config.Zone to Depth-1 were asked for
	Complete bool    // and it had nothing to show beyond
	Buckets  []uint8 // contacts by bucket, Config.Depth of them; nil if it did not answer

	Sampled        bool // it sent a sample; else the rest is 0
	Infohashes     int  // that it has, by its own word
	SampleSize     int  // infohashes in its sample
	SampleInterval time.Duration
}

// Node returns node n, 0 to Progress().Known-1, in the order in which they were heard of.
func (c *Crawler) Node(n int) Node {
	x := &c.contacts[n]
	h := &c.hosts[x.host]
	v := Node{
		ID: x.id, Addr: h.addr, Hop: int(x.hop), Asked: h.known && h.id == x.id,
		Secure: krpc.ValidID(x.id, h.addr), IDs: int(h.ids), Addrs: int(c.byID[x.id]),
	}
	if !v.Asked {
		return v
	}
	v.Reachable = h.answered
	v.RTT, v.Version = h.rtt, h.version[:h.lettered]
	v.Queries, v.Timeouts, v.Errors = int(h.queries), int(h.timeouts), int(h.errors)
	v.Learned, v.Taught = int(h.learned), int(h.taught)
	v.Depth, v.Complete = int(h.depth), h.complete
	if h.fills != nilIndex {
		v.Buckets = c.fills[h.fills:][:c.cfg.Depth:c.cfg.Depth]
	}
	if h.sample.good {
		v.Sampled, v.Infohashes, v.SampleSize = true, int(h.sample.num), int(h.sample.told)
		v.SampleInterval = time.Duration(h.sample.interval) * time.Second
	}
	return v
}
