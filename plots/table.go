package plots

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// A table is the data behind a figure. Its header names each column with its unit.
type table struct {
	header []string
	rows   [][]string
}

// add appends a row. Numbers print with twelve significant digits, absent ones (nil) as nothing.
func (t *table) add(cells ...any) {
	if len(cells) != len(t.header) {
		panic(fmt.Sprintf("plots: row of %d cells under %d columns", len(cells), len(t.header)))
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
			panic(fmt.Sprintf("plots: %T in a table", cell))
		}
	}
	t.rows = append(t.rows, row)
}

func (t *table) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(t.header) // a bytes.Buffer does not fail
	w.WriteAll(t.rows)
	return b.Bytes()
}
