package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables of records; there are none if no record was followed.
const (
	RecordsFile     = "records.parquet"
	RecordsTextFile = "records.csv" // only if there are few
)

func (o runsOf) writeRecords(w io.Writer) error {
	return writeRows(w, o, (*findings.Run).RecordRows)
}

func (o runsOf) writeRecordsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "record", "client", "stored_s", "age_s", "holders", "online",
		"holding", "closest"})
	for _, run := range o {
		records, err := run.RecordRows()
		if err != nil {
			return err
		}
		for n := range records {
			r := &records[n]
			row := []string{strconv.Itoa(int(r.Cell)), strconv.FormatUint(r.Seed, 10),
				strconv.Itoa(int(r.Number)), r.Client}
			c.Write(appendInts(row, r.Stored, r.Age, r.Holders, r.Online, r.Holding, r.Closest))
		}
	}
	c.Flush()
	return c.Error()
}

// addRecords adds the table, if there is one, and as text if it is short.
func (o runsOf) addRecords(g *staging.Set, obsolete *[]string) error {
	rows := o.counts().Records
	if rows == 0 {
		*obsolete = append(*obsolete, RecordsFile, RecordsTextFile)
		return nil
	}
	if err := g.Add(RecordsFile, o.writeRecords); err != nil {
		return err
	}
	return addText(g, obsolete, RecordsTextFile, rows, o.writeRecordsText)
}
