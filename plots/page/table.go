package page

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// A Table is the data behind a figure. Its header names each column with its unit.
type Table struct {
	Header []string
	rows   [][]string
}

// Add appends a row. Numbers print with twelve significant digits, absent ones (nil) as nothing.
func (t *Table) Add(cells ...any) {
	if len(cells) != len(t.Header) {
		panic(fmt.Sprintf("page: row of %d cells under %d columns", len(cells), len(t.Header)))
	}
	row := make([]string, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case nil:
		case float64:
			row[i] = strconv.FormatFloat(v, 'g', 12, 64)
		case int:
			row[i] = strconv.Itoa(v)
		case string:
			row[i] = strings.ReplaceAll(v, "\u00A0", " ")
		default:
			panic(fmt.Sprintf("page: %T in a table", cell))
		}
	}
	t.rows = append(t.rows, row)
}

// CSV returns the table as a file.
func (t *Table) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(t.Header) // a bytes.Buffer does not fail
	w.WriteAll(t.rows)
	return b.Bytes()
}
