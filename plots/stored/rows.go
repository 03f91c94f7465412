package stored

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// lookupsFile has a row for each lookup.
const lookupsFile = "lookups.parquet"

// rowsAtOnce is how many rows of lookups.parquet are in memory at a time.
const rowsAtOnce = 4096

// LookupKind marks the rows of find_node lookups, which the metrics lookup.* are about.
const LookupKind = "lookup"

// ScanLookups calls visit for each row of dir/lookups.parquet, in order.
func ScanLookups[T any](r *Results, visit func(*T) error) error {
	return Scan(r, lookupsFile, visit)
}

// Scan calls visit for each row of a Parquet file of the folder, in order. T names the columns
// to read in its `parquet` tags; no other column is touched. The row is valid during the call only.
func Scan[T any](r *Results, name string, visit func(*T) error) error {
	path := r.Path(name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file; restore it, or run 'swarmlab run' again", path)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := scanFile(f, visit); err != nil {
		return fmt.Errorf("%s: %w; restore the file, or run 'swarmlab run' again", path, err)
	}
	return nil
}

// scanFile streams the rows. The Parquet library reports some kinds of damage by panicking.
func scanFile[T any](f *os.File, visit func(*T) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return fmt.Errorf("damaged: %w", err)
	}
	if err := hasColumns(file.Schema(), parquet.SchemaOf(new(T))); err != nil {
		return err
	}
	reader := parquet.NewGenericReader[T](file)
	defer reader.Close()
	rows := make([]T, rowsAtOnce)
	for {
		n, err := reader.Read(rows)
		for i := range rows[:n] {
			if err := visit(&rows[i]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("damaged: %w", err)
		}
	}
}

// hasColumns checks that each wanted column is there and of the wanted kind: the reader would fill
// a missing one with zeros.
func hasColumns(have, want *parquet.Schema) error {
	for _, column := range want.Columns() {
		wanted, _ := want.Lookup(column...)
		leaf, ok := have.Lookup(column...)
		if !ok {
			return fmt.Errorf("no column %q", column[0])
		}
		if kind := wanted.Node.Type().Kind(); leaf.Node.Type().Kind() != kind {
			return fmt.Errorf("column %q is %v, not %v", column[0], leaf.Node.Type().Kind(), kind)
		}
	}
	return nil
}

// Place returns where a row belongs: the index of its cell, and of its seed in that cell.
func (r *Results) Place(number int32, seed uint64) (int, int, error) {
	i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.Cell == int(number) })
	if i < 0 {
		return 0, 0, fmt.Errorf("a row of cell %d, which %s does not have", number, SummaryFile)
	}
	j := slices.Index(r.Cells[i].Seeds, seed)
	if j < 0 {
		return 0, 0, fmt.Errorf("a row of cell %d and seed %d, which %s does not have",
			number, seed, SummaryFile)
	}
	return i, j, nil
}

// Has tells whether the folder has a file.
func (r *Results) Has(name string) (bool, error) {
	_, err := os.Stat(r.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.Path(name), err)
	}
	return true, nil
}
