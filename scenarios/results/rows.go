package results

import (
	"encoding/binary"
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/protocol/dht"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

func (o *Outcome) writeLookups(w io.Writer) error {
	return writeRows(w, o.Runs, (*findings.Run).LookupRows)
}

// addSmall writes the lookups as text if they are few; otherwise what was there is obsolete.
func (o *Outcome) addSmall(g *staging.Set, obsolete *[]string) error {
	rows := countsOf(o.Runs).Lookups
	return addText(g, obsolete, LookupsTextFile, rows, o.writeLookupsText)
}

// addShort does so with the series.
func (o *Outcome) addShort(g *staging.Set, obsolete *[]string) error {
	rows := countsOf(o.Runs).Series
	return addText(g, obsolete, SeriesTextFile, rows, o.writeSeriesText)
}

func (o *Outcome) writeLookupsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "kind", "client", "node", "at_ns", "latency_ns",
		"found_ns", "first_value_ns", "hops_contact", "hops_first_value", "hops_discover_k",
		"hops_total", "rounds", "messages",
		"timeouts", "success", "recall", "peers"})
	for _, run := range o.Runs {
		lookups, err := run.LookupRows()
		if err != nil {
			return err
		}
		for n := range lookups {
			l := &lookups[n]
			row := []string{strconv.Itoa(int(l.Cell)), strconv.FormatUint(l.Seed, 10), l.Kind,
				l.Client, strconv.FormatUint(uint64(l.Node), 10)}
			for _, v := range []int64{l.At, l.Latency, l.Found, l.FirstPeers, int64(l.Contact),
				int64(l.FirstValue), int64(l.DiscoverK), int64(l.Total), int64(l.Rounds),
				int64(l.Messages), int64(l.Timeouts)} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			c.Write(append(row, strconv.FormatBool(l.Success), strconv.Itoa(int(l.Recall)),
				strconv.Itoa(int(l.Peers))))
		}
	}
	c.Flush()
	return c.Error()
}

// checkpointRow is a row of checkpoints.parquet.
type checkpointRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"`
	Events   uint64 `parquet:"events"`
	Wire     uint64 `parquet:"wire"`
	Outcome  uint64 `parquet:"outcome"`
	Syndrome []byte `parquet:"syndrome"` // little-endian words; see sim.Checkpoint
}

func (o *Outcome) writeCheckpoints(w io.Writer) error {
	return writeRows(w, o.Runs, func(run *findings.Run) (rows []checkpointRow, err error) {
		checkpoints, err := run.CheckpointRows()
		for _, c := range checkpoints {
			row := checkpointRow{Cell: int32(run.Cell), Seed: run.Seed, Second: int32(c.Second),
				Events: c.Events, Wire: c.Wire, Outcome: c.Outcome}
			for _, cell := range c.Syndrome {
				row.Syndrome = binary.LittleEndian.AppendUint32(row.Syndrome, cell)
			}
			rows = append(rows, row)
		}
		return rows, err
	})
}

// writeRuns writes a row for each run: the network's books beside the protocol's.
func (o *Outcome) writeRuns(w io.Writer) error {
	c := csv.NewWriter(w)
	header := []string{"cell", "seed", "nodes", "fingerprint", "events", "operations", "ended",
		"sent", "sent_bytes", "delivered", "lost", "undelivered", "filtered", "dropped",
		"copied", "in_flight"}
	var counters dht.Counters
	counters.Each(func(r dht.Reason, _ uint64) { header = append(header, "dht_"+r.String()) })
	c.Write(header)
	for _, run := range o.Runs {
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
