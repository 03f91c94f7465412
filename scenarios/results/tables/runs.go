package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/protocol/dht"
)

// writeRuns writes a row for each run: the network's books beside the protocol's.
func (o runsOf) writeRuns(w io.Writer) error {
	c := csv.NewWriter(w)
	header := []string{"cell", "seed", "nodes", "fingerprint", "events", "operations", "ended",
		"sent", "sent_bytes", "delivered", "lost", "undelivered", "filtered", "dropped",
		"copied", "in_flight"}
	var counters dht.Counters
	counters.Each(func(r dht.Reason, _ uint64) { header = append(header, "dht_"+r.String()) })
	c.Write(header)
	for _, run := range o {
		l := &run.Ledger
		row := []string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10),
			strconv.Itoa(run.Nodes), run.Fingerprint.String()}
		for _, n := range []uint64{run.Tally.Events, uint64(run.Asked), uint64(run.Ended),
			l.Sent.Datagrams, l.Sent.Bytes, l.Delivered.Datagrams, l.Lost.Datagrams,
			l.Undelivered.Datagrams, l.Filtered.Datagrams, l.Dropped.Datagrams,
			l.Copied.Datagrams, l.InFlight.Datagrams} {
			row = append(row, strconv.FormatUint(n, 10))
		}
		for _, n := range run.Counters {
			row = append(row, strconv.FormatUint(n, 10))
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}
