package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

func (o runsOf) writeLookups(w io.Writer) error {
	return writeRows(w, o, (*findings.Run).LookupRows)
}

// addSmall writes the lookups as text if they are few; otherwise what was there is obsolete.
func (o runsOf) addSmall(g *staging.Set, obsolete *[]string) error {
	rows := o.counts().Lookups
	return addText(g, obsolete, LookupsTextFile, rows, o.writeLookupsText)
}

func (o runsOf) writeLookupsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "kind", "client", "node", "at_ns", "latency_ns",
		"found_ns", "first_value_ns", "hops_contact", "hops_first_value", "hops_discover_k",
		"hops_total", "rounds", "messages",
		"timeouts", "success", "recall", "peers"})
	for _, run := range o {
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
