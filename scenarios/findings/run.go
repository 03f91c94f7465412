package findings

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/sim"
)

// Run is the record of one simulated run: one cell, one seed.
type Run struct {
	Cell         int
	Seed         uint64
	Nodes        int
	Lookups      []Lookup // the measured ones, in the order in which they ended
	Asked        int      // operations that the workload held
	Ended        int      // lookups that ended before the run did, measured or not
	Fingerprint  sim.Fingerprint
	Checkpoints  []sim.Checkpoint
	Ledger       sim.Ledger
	Tally        sim.Tally
	Counters     dht.Counters
	Measured     time.Duration // simulated time after the warm-up
	Clients      []ClientRun   // in the order of the nodes
	Cut          int64         // ns; measured lookups begin at this or later, if it is not 0
	TooShort     bool          // the run, to tell where its beginning ends; see CutTransient
	Series       []Sample      // by time, and then in the order of Clients
	Buckets      []Bucket      // by time, then in the order of Clients, then by depth
	Records      []Record      // by time, then in the order in which they were stored
	Paths        Paths
	Terrain      Terrain
	Census       *Census       // of a scenario with crawlers
	Connectivity *Connectivity // of a scenario with probes
	Churn        *ChurnSeen    // nil if all nodes stay
	Swarm        *Swarm        // of a scenario with torrents
	Audit        *Audit        // of a scenario with an audit
	Claims       *Claims       // of a scenario with a ledger

	kept Kept // where the rows are, of all kinds, if they are not here
}

// Lookup is one measured lookup: a row of lookups.parquet. Hops and times
// that do not apply are 0.
type Lookup struct {
	Cell       int32  `parquet:"cell"`
	Seed       uint64 `parquet:"seed"`
	Kind       string `parquet:"kind"`
	Client     string `parquet:"client"`     // whose settings the asking node has
	Node       uint32 `parquet:"node"`       // who asked
	At         int64  `parquet:"at_ns"`      // when, in simulated time
	Latency    int64  `parquet:"latency_ns"` // until the lookup ended
	Found      int64  `parquet:"found_ns"`   // until the closest contact found had answered
	FirstPeers int64  `parquet:"first_value_ns"`
	Contact    int32  `parquet:"hops_contact"`
	FirstValue int32  `parquet:"hops_first_value"`
	DiscoverK  int32  `parquet:"hops_discover_k"`
	Total      int32  `parquet:"hops_total"`
	Rounds     int32  `parquet:"rounds"`
	Messages   int32  `parquet:"messages"`
	Timeouts   int32  `parquet:"timeouts"`
	Success    bool   `parquet:"success"`
	Recall     int32  `parquet:"recall"` // of the true k closest, how many were found
	Peers      int32  `parquet:"peers"`  // get_peers: found; announce: nodes that stored
	Nearby     int32  `parquet:"-"`      // how many there were of the true k closest
}

// LookupOf enters what a result of itself tells of a lookup that has just ended.
func LookupOf(r *dht.Result, now protocol.Time) Lookup {
	l := Lookup{
		Latency: int64(now - r.Started), Contact: int32(r.Hops.Contact),
		FirstValue: int32(r.Hops.FirstValue), DiscoverK: int32(r.Hops.DiscoverK),
		Total: int32(r.Hops.Total), Rounds: int32(r.Rounds), Messages: int32(r.Messages),
		Timeouts: int32(r.Timeouts),
	}
	if l.Contact > 0 {
		l.Found = int64(r.Found - r.Started)
	}
	if l.FirstValue > 0 {
		l.FirstPeers = int64(r.Valued - r.Started)
	}
	return l
}

// Failure is a run that did not reach its end.
type Failure struct {
	Cell   int    `json:"cell"`
	Seed   uint64 `json:"seed"`
	Error  string `json:"error"`
	Replay string `json:"replay"` // the command that runs just this one again
}
