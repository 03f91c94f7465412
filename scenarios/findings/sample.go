package findings

import (
	"time"

	"swarmlab/sim"
)

// ClientRun is what the nodes of one client did in a run after the warm-up.
type ClientRun struct {
	Client  string
	Nodes   int
	Online  time.Duration // for which nodes were up, all together
	Sent    sim.Count
	Queries uint64 // that ended, with an answer or without
	Asked   uint64 // of these, those that lookups of the workload had sent
	Named   uint64 // contacts that answers named
}

// Sample is a row of series.parquet: the nodes of one client at one moment, and what they did since
// the row before.
type Sample struct {
	Cell      int32  `parquet:"cell"`
	Seed      uint64 `parquet:"seed"`
	Second    int32  `parquet:"second"` // of simulated time
	Client    string `parquet:"client"`
	Online    int32  `parquet:"online"`    // nodes that are up
	Up        int64  `parquet:"up_ns"`     // for which nodes were up since, all together
	Datagrams int64  `parquet:"datagrams"` // that they sent since
	Bytes     int64  `parquet:"bytes"`
	Tables    int32  `parquet:"tables"`   // that were looked at
	Contacts  int32  `parquet:"contacts"` // in these
	Stale     int32  `parquet:"stale"`    // of these, whose node is down or has another id now
	Good      int32  `parquet:"good"`     // of these, good in the belief of the table's owner

	Reachable int32 `parquet:"reachable"` // nodes that are up and let strangers in
	Shut      int32 `parquet:"shut"`      // contacts whose node is up and does not, or not there
	Filtered  int64 `parquet:"filtered"`  // datagrams of these nodes that were not let in
	Dropped   int64 `parquet:"dropped"`   // and for which a line's queue was full

	// Of the tables, those that hold all of the k nodes closest to their owner that are up and let
	// strangers in, those that lack three or more of them, and those that hold fewer than five.
	KnowsAll   int32 `parquet:"knows_all"`
	LacksThree int32 `parquet:"lacks_three"`
	KnowsFew   int32 `parquet:"knows_few"`
}
