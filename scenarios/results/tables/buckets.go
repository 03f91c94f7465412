package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables of buckets.
const (
	BucketsFile     = "buckets.parquet"
	BucketsTextFile = "buckets.csv" // only if there are few
)

func (o runsOf) writeBuckets(w io.Writer) error {
	return writeRows(w, o, (*findings.Run).BucketRows)
}

func (o runsOf) writeBucketsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "second", "client", "depth", "supply", "tables", "room",
		"full", "contacts", "dead", "in_full", "dead_in_full"})
	for _, run := range o {
		buckets, err := run.BucketRows()
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
func (o runsOf) addBuckets(g *staging.Set, obsolete *[]string) error {
	rows := o.counts().Buckets
	if err := g.Add(BucketsFile, o.writeBuckets); err != nil {
		return err
	}
	return addText(g, obsolete, BucketsTextFile, rows, o.writeBucketsText)
}
