package tables

import (
	"encoding/csv"
	"io"

	"github.com/parquet-go/parquet-go"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables that every results folder has; others are beside their rows.
const (
	LookupsFile     = "lookups.parquet"
	LookupsTextFile = "lookups.csv" // only if there are few
	SeriesFile      = "series.parquet"
	SeriesTextFile  = "series.csv" // only if it is short
	RunsFile        = "runs.csv"
	CheckpointsFile = "checkpoints.parquet"
)

// runsOf is the runs of one results folder, sorted.
type runsOf []*findings.Run

// Add adds the tables of runs, which are sorted, to a results folder. Names that it returns
// are of files that are not to be there any more.
func Add(g *staging.Set, runs []*findings.Run) (obsolete []string, err error) {
	o := runsOf(runs)
	for _, add := range []func() error{
		func() error { return g.Add(LookupsFile, o.writeLookups) },
		func() error { return o.addSmall(g, &obsolete) },
		func() error { return g.Add(SeriesFile, o.writeSeries) },
		func() error { return o.addShort(g, &obsolete) },
		func() error { return o.addBuckets(g, &obsolete) },
		func() error { return o.addRecords(g, &obsolete) },
		func() error { return g.Add(RunsFile, o.writeRuns) },
		func() error { return o.addSwarm(g, &obsolete) },
		func() error { return o.addAudit(g, &obsolete) },
		func() error { return o.addClaims(g, &obsolete) },
		func() error { return o.addFaults(g, &obsolete) },
		func() error { return o.addCensus(g, &obsolete) },
		func() error { return o.addConnectivity(g, &obsolete) },
		func() error { return g.Add(CheckpointsFile, o.writeCheckpoints) },
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return obsolete, nil
}

// counts adds up what the runs have.
func (o runsOf) counts() (all findings.Counts) {
	for _, run := range o {
		all.Add(run.Counts())
	}
	return all
}

// table is one kind of rows, and the files in which it is.
type table[Row any] struct {
	name, small string // as Parquet, and as text if there are few
	rowsOf      func(*findings.Run) ([]Row, error)
	text        func(*Row) []string
}

// add adds so many rows of all runs to the results, if there are any, and as text if they are few.
func (t *table[Row]) add(o runsOf, g *staging.Set, obsolete *[]string, rows int) error {
	if rows == 0 {
		*obsolete = append(*obsolete, t.name, t.small)
		return nil
	}
	err := g.Add(t.name, func(w io.Writer) error { return writeRows(w, o, t.rowsOf) })
	if err != nil {
		return err
	}
	return addText(g, obsolete, t.small, rows, func(w io.Writer) error {
		return writeText(w, o, t.rowsOf, t.text)
	})
}

// textRows is how many rows are also written as text, for a spreadsheet.
const textRows = 50_000

// addText adds a table as text if it is short; otherwise what was there is obsolete.
func addText(
	g *staging.Set, obsolete *[]string, name string, rows int, write func(io.Writer) error,
) error {
	if rows <= textRows {
		return g.Add(name, write)
	}
	*obsolete = append(*obsolete, name)
	return nil
}

// createdBy stands in the Parquet files for the library's own version, so that their bytes depend
// on their content alone.
const createdBy = "swarmlab"

// NewWriter begins a Parquet file. It is whole when the writer is closed.
func NewWriter[Row any](w io.Writer) *parquet.GenericWriter[Row] {
	return parquet.NewGenericWriter[Row](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
}

// groupRows is after how many rows a group of them is closed: what is open is in memory.
const groupRows = 250_000

// writeRows writes the rows of all runs to a Parquet file, one run after the other.
func writeRows[Row any](
	w io.Writer, runs []*findings.Run, rowsOf func(*findings.Run) ([]Row, error),
) error {
	p := NewWriter[Row](w)
	open := 0
	for _, run := range runs {
		rows, err := rowsOf(run)
		if err != nil {
			return err
		}
		if open += len(rows); open > groupRows {
			open = len(rows)
			if err := p.Flush(); err != nil {
				return err
			}
		}
		if _, err := p.Write(rows); err != nil {
			return err
		}
	}
	return p.Close()
}

// writeText writes the rows of all runs as text, with the columns of the Parquet file.
func writeText[Row any](
	w io.Writer, runs []*findings.Run, rowsOf func(*findings.Run) ([]Row, error),
	text func(*Row) []string,
) error {
	c := csv.NewWriter(w)
	var header []string
	for _, column := range parquet.SchemaOf(new(Row)).Columns() {
		header = append(header, column[0])
	}
	c.Write(header)
	for _, run := range runs {
		rows, err := rowsOf(run)
		if err != nil {
			return err
		}
		for n := range rows {
			c.Write(text(&rows[n]))
		}
	}
	c.Flush()
	return c.Error()
}
