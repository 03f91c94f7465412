package results

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// The tables of records; there are none if no record was followed.
const (
	RecordsFile     = "records.parquet"
	RecordsTextFile = "records.csv" // only if there are few
)

// Record is a row of records.parquet: what has become, at some age, of one announced record. A
// record is what one node announced under one key; its holders are the nodes that had stored it
// when the announce had ended. Nobody announces it again, but for a workload that draws the same
// node and key twice.
type Record struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Number  int32  `parquet:"record"` // counts the records of a run in the order of storing
	Client  string `parquet:"client"` // of the node that announced it
	Stored  int32  `parquet:"stored_s"`
	Age     int32  `parquet:"age_s"`
	Holders int32  `parquet:"holders"`
	Online  int32  `parquet:"online"`  // of the holders, up under the id that they had
	Holding int32  `parquet:"holding"` // of these, that have the record still
	Closest int32  `parquet:"closest"` // of the holders, among the k closest now that are up
}

func (o *Outcome) writeRecords(w io.Writer) error {
	return writeRows(w, o.Runs, (*Run).recordRows)
}

func (o *Outcome) writeRecordsText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "record", "client", "stored_s", "age_s", "holders", "online",
		"holding", "closest"})
	for _, run := range o.Runs {
		records, err := run.recordRows()
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
func (o *Outcome) addRecords(g *staging, obsolete *[]string) error {
	rows := 0
	for _, run := range o.Runs {
		rows += run.counts().Records
	}
	if rows == 0 {
		*obsolete = append(*obsolete, RecordsFile, RecordsTextFile)
		return nil
	}
	if err := g.add(RecordsFile, o.writeRecords); err != nil {
		return err
	}
	return addText(g, obsolete, RecordsTextFile, rows, o.writeRecordsText)
}

// recordAges are those at which records have metrics.
var recordAges = [...]time.Duration{time.Hour, 10 * time.Hour, 24 * time.Hour}

// recordMetrics are of announced records. Their values are in perRecord.
var recordMetrics = defineRecords()

func defineRecords() []Definition {
	const source = "ProbeLab RFM 17"
	all := []Definition{{Name: "record.holders", Unit: "nodes", Source: source,
		Definition: "mean number of nodes at which an announced record was stored, by the global " +
			"view; of at most some 200 records of each run, drawn from all that were announced " +
			"after the warm-up"}}
	for _, age := range recordAges {
		after := fmt.Sprintf("%dh", age/time.Hour)
		all = append(all,
			Definition{Name: "record.online_" + after, Unit: "nodes", Source: source,
				Definition: "mean number of these nodes that are up, under the same id, " + after +
					" later, nobody having announced the record again; of records that came to " +
					"that age before the run ended"},
			Definition{Name: "record.holding_" + after, Unit: "nodes",
				Definition: "of these, the mean number that still have the record: it expires, " +
					"and a node that leaves forgets it"},
			Definition{Name: "record.closest_" + after, Unit: "nodes", Source: source,
				Definition: "of the nodes at which a record was stored, the mean number that are " +
					after + " later among the k running nodes closest to its key that let " +
					"strangers in"})
	}
	return all
}

func perRecord(run *Run, client string, _ float64) []float64 {
	of := func(age time.Duration, value func(*Record) int32) float64 {
		n, sum := 0.0, 0.0
		for i := range run.Records {
			r := &run.Records[i]
			at := time.Duration(r.Age) * time.Second
			if at == age && (client == anyClient || r.Client == client) {
				n++
				sum += float64(value(r))
			}
		}
		if n == 0 {
			return math.NaN()
		}
		return sum / n
	}
	values := []float64{of(0, func(r *Record) int32 { return r.Holders })}
	for _, age := range recordAges {
		values = append(values, of(age, func(r *Record) int32 { return r.Online }),
			of(age, func(r *Record) int32 { return r.Holding }),
			of(age, func(r *Record) int32 { return r.Closest }))
	}
	return values
}
