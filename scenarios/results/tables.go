package results

import (
	"encoding/csv"
	"io"

	"github.com/parquet-go/parquet-go"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// countsOf adds up what runs have.
func countsOf(runs []*findings.Run) (all findings.Counts) {
	for _, run := range runs {
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
func (t *table[Row]) add(o *Outcome, g *staging.Set, obsolete *[]string, rows int) error {
	if rows == 0 {
		*obsolete = append(*obsolete, t.name, t.small)
		return nil
	}
	err := g.Add(t.name, func(w io.Writer) error { return writeRows(w, o.Runs, t.rowsOf) })
	if err != nil {
		return err
	}
	return addText(g, obsolete, t.small, rows, func(w io.Writer) error {
		return writeText(w, o.Runs, t.rowsOf, t.text)
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

// groupRows is after how many rows a group of them is closed: what is open is in memory.
const groupRows = 250_000

// writeRows writes the rows of all runs to a Parquet file, one run after the other.
func writeRows[Row any](
	w io.Writer, runs []*findings.Run, rowsOf func(*findings.Run) ([]Row, error),
) error {
	p := parquet.NewGenericWriter[Row](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
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
