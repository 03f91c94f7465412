package results

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// The tables of buckets.
const (
	BucketsFile     = "buckets.parquet"
	BucketsTextFile = "buckets.csv" // only if there are few
)

// Bucket is a row of buckets.parquet: at one moment, the contacts of one client's sampled tables
// that share so many first bits with the owner's id, no matter how the table is divided. A table is
// full at a depth if it has as many contacts there as the client's bucket of that depth holds. A
// contact is dead if its node is down, or up under another id, or lets no stranger in: what a
// crawler that has just come would find.
type Bucket struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"` // of simulated time
	Client   string `parquet:"client"`
	Depth    int32  `parquet:"depth"`    // shared bits
	Supply   int32  `parquet:"supply"`   // nodes of all clients that are up and let strangers in
	Tables   int32  `parquet:"tables"`   // that were looked at
	Room     int32  `parquet:"room"`     // for contacts in their buckets of this depth, together
	Full     int32  `parquet:"full"`     // tables that are full at this depth
	Contacts int32  `parquet:"contacts"` // in all of them
	Dead     int32  `parquet:"dead"`     // of the contacts
	InFull   int32  `parquet:"in_full"`  // contacts in tables that are full at this depth
	DeadFull int32  `parquet:"dead_in_full"`
}

// fits reports whether there are, on average, at least as many nodes for a bucket as it has room.
func (b *Bucket) fits() bool {
	return math.Ldexp(float64(b.Supply), -int(b.Depth)-1)*float64(b.Tables) >= float64(b.Room)
}

func (o *Outcome) writeBuckets(w io.Writer) error {
	return writeRows(w, o.Runs, (*Run).bucketRows)
}

func (o *Outcome) writeBucketsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "second", "client", "depth", "supply", "tables", "room",
		"full", "contacts", "dead", "in_full", "dead_in_full"})
	for _, run := range o.Runs {
		buckets, err := run.bucketRows()
		if err != nil {
			return err
		}
		for n := range buckets {
			b := &buckets[n]
			row := []string{strconv.Itoa(int(b.Cell)), strconv.FormatUint(b.Seed, 10),
				strconv.Itoa(int(b.Second)), b.Client}
			c.Write(appendInts(row, b.Depth, b.Supply, b.Tables, b.Room, b.Full, b.Contacts,
				b.Dead, b.InFull, b.DeadFull))
		}
	}
	c.Flush()
	return c.Error()
}

func appendInts(row []string, values ...int32) []string {
	for _, v := range values {
		row = append(row, strconv.Itoa(int(v)))
	}
	return row
}

// addBuckets adds the table in both forms, as text if it is short.
func (o *Outcome) addBuckets(g *staging, obsolete *[]string) error {
	rows := 0
	for _, run := range o.Runs {
		rows += run.counts().Buckets
	}
	if err := g.add(BucketsFile, o.writeBuckets); err != nil {
		return err
	}
	return addText(g, obsolete, BucketsTextFile, rows, o.writeBucketsText)
}

// healthMetrics are of sampled routing tables. Their values are in perTable.
var healthMetrics = []Definition{
	{Name: "table.full_share", Unit: "share",
		Definition: "of the buckets of sampled tables for which there are at least as many nodes " +
			"as fit, by the mean of uniform ids, the share that are full: that have as many " +
			"contacts which share so many first bits with the owner's id as the bucket holds",
		Source: "ProbeLab RFM 19"},
	{Name: "table.dead_share_full", Unit: "share",
		Definition: "of the contacts in full buckets, the share whose node is down, has another " +
			"id, or lets no stranger in, as a crawler would find it; sampled each minute after " +
			"the warm-up, and over all depths",
		Source: "ProbeLab RFM 19"},
	{Name: "table.dead_share_open", Unit: "share",
		Definition: "the same of the contacts in buckets that have room",
		Source:     "ProbeLab RFM 19"},
	{Name: "table.knows_all", Unit: "share",
		Definition: "share of the sampled tables that hold all of the k running nodes closest " +
			"to their owner, by the global view, of those that let strangers in",
		Source: "ProbeLab RFM 19"},
	{Name: "table.lacks_three", Unit: "share",
		Definition: "share of these tables that lack three or more of them: with k = 20, that " +
			"know fewer than 18",
		Source: "ProbeLab RFM 19"},
	{Name: "table.knows_few", Unit: "share",
		Definition: "share of these tables that hold fewer than five of them",
		Source:     "ProbeLab RFM 19"},
}

func perTable(run *Run, client string, _ float64) []float64 {
	var full, fit, inFull, deadFull, open, deadOpen float64
	for n := range run.Buckets {
		b := &run.Buckets[n]
		if client != anyClient && b.Client != client {
			continue
		}
		if b.fits() {
			full += float64(b.Full)
			fit += float64(b.Tables)
		}
		inFull += float64(b.InFull)
		deadFull += float64(b.DeadFull)
		open += float64(b.Contacts - b.InFull)
		deadOpen += float64(b.Dead - b.DeadFull)
	}
	var tables, all, lack, few float64
	for n := range run.Series {
		if s := &run.Series[n]; client == anyClient || s.Client == client {
			tables += float64(s.Tables)
			all += float64(s.KnowsAll)
			lack += float64(s.LacksThree)
			few += float64(s.KnowsFew)
		}
	}
	return []float64{full / fit, deadFull / inFull, deadOpen / open, all / tables, lack / tables,
		few / tables}
}
