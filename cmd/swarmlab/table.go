package main

import (
	"strings"
	"unicode/utf8"
)

// gap separates two columns.
const gap = "  "

// table is text in aligned columns.
type table struct {
	rows [][]string
	left int // so many columns are flush left; the others are flush right
}

func (t *table) add(row ...string) { t.rows = append(t.rows, row) }

// String lays the table out. Lines have no trailing spaces.
func (t *table) String() string {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString(gap)
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < t.left {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
