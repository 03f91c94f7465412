package results

import (
	"encoding/csv"
	"io"
	"strconv"
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

func (o *Outcome) writeSeries(w io.Writer) error {
	return writeRows(w, o.Runs, (*Run).seriesRows)
}

func (o *Outcome) writeSeriesText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "second", "client", "online", "up_ns", "datagrams", "bytes",
		"tables", "contacts", "stale", "good", "reachable", "shut", "filtered", "dropped",
		"knows_all", "lacks_three", "knows_few"})
	for _, run := range o.Runs {
		series, err := run.seriesRows()
		if err != nil {
			return err
		}
		for n := range series {
			s := &series[n]
			row := []string{strconv.Itoa(int(s.Cell)), strconv.FormatUint(s.Seed, 10),
				strconv.Itoa(int(s.Second)), s.Client}
			for _, v := range []int64{int64(s.Online), s.Up, s.Datagrams, s.Bytes,
				int64(s.Tables), int64(s.Contacts), int64(s.Stale), int64(s.Good),
				int64(s.Reachable), int64(s.Shut), s.Filtered, s.Dropped, int64(s.KnowsAll),
				int64(s.LacksThree), int64(s.KnowsFew)} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			c.Write(row)
		}
	}
	c.Flush()
	return c.Error()
}

// nodeMetrics are of the nodes of one client or of all. Their values are in perNode.
var nodeMetrics = []Definition{
	{Name: "nodes.online", Unit: "nodes",
		Definition: "mean number of nodes that were up after the warm-up"},
	{Name: "traffic.datagrams_per_node_s", Unit: "datagrams/s",
		Definition: "datagrams sent after the warm-up, by all causes, per second that a node " +
			"was up"},
	{Name: "traffic.bytes_per_node_s", Unit: "B/s",
		Definition: "bytes of these datagrams, without IP and UDP headers"},
	{Name: "traffic.li_bytes_per_node_s", Unit: "B/s",
		Definition: "the same datagrams as p2psim counts them: 20 bytes each, and 4 for each id " +
			"or address in it, which are the target of a query and the contacts in an answer",
		Source: "Li et al., INFOCOM 2005"},
	{Name: "traffic.maintenance", Unit: "share",
		Definition: "of the queries that ended after the warm-up, the share that no lookup of " +
			"the workload had sent: those of joins and of the table's upkeep. Announces that " +
			"failed count among them"},
	{Name: "table.contacts", Unit: "contacts",
		Definition: "contacts in the routing table of a node that is up, sampled each minute " +
			"after the warm-up, of at most 500 nodes of each client in each group"},
	{Name: "table.stale_share", Unit: "share",
		Definition: "share of these contacts whose node is down or has another id, by the global " +
			"view"},
	{Name: "table.good_share", Unit: "share",
		Definition: "share of these contacts that are good in the belief of the table's owner"},
}

// anyClient stands for all clients together.
const anyClient = ""

func perNode(run *Run, client string, _ float64) []float64 {
	var sum ClientRun
	for _, c := range run.Clients {
		if client == anyClient || c.Client == client {
			sum.Online += c.Online
			sum.Sent.Datagrams += c.Sent.Datagrams
			sum.Sent.Bytes += c.Sent.Bytes
			sum.Queries += c.Queries
			sum.Asked += min(c.Asked, c.Queries)
			sum.Named += c.Named
		}
	}
	tables, contacts, stale, good := 0.0, 0.0, 0.0, 0.0
	for n := range run.Series {
		if s := &run.Series[n]; client == anyClient || s.Client == client {
			tables += float64(s.Tables)
			contacts += float64(s.Contacts)
			stale += float64(s.Stale)
			good += float64(s.Good)
		}
	}
	return []float64{
		sum.Online.Seconds() / run.Measured.Seconds(),
		float64(sum.Sent.Datagrams) / sum.Online.Seconds(),
		float64(sum.Sent.Bytes) / sum.Online.Seconds(),
		(20*float64(sum.Sent.Datagrams) + 4*float64(sum.Queries+sum.Named)) / sum.Online.Seconds(),
		float64(sum.Queries-sum.Asked) / float64(sum.Queries),
		contacts / tables,
		stale / contacts,
		good / contacts,
	}
}
