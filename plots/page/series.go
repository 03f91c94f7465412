package page

import (
	"fmt"

	"swarmlab/plots/stored"
)

// SeriesMax is how many series one figure shows: as many as there are distinct colours.
const SeriesMax = 6

// A Series is what a curve of a figure stands for: a cell, or one of its clients.
type Series struct {
	Cell   stored.Cell
	Index  int    // of the cell
	Client string // empty: all
	Label  string
}

// Shown returns the cells that a figure of one curve a cell shows: all, or the first if they are
// more than there are distinct looks.
func Shown(r *stored.Results) []stored.Cell {
	if len(r.Cells) > SeriesMax {
		return r.Cells[:1]
	}
	return r.Cells
}

// ShownNote says in the caption that Shown left cells out, or nothing.
func ShownNote(r *stored.Results) []string {
	if n := len(r.Cells); n > SeriesMax {
		return []string{fmt.Sprintf("The run has %d cells, more than one figure can show apart: "+
			"this is the first.", n)}
	}
	return nil
}

// SeriesOf returns a series for each shown cell.
func SeriesOf(r *stored.Results) []Series {
	var all []Series
	for i, c := range Shown(r) {
		all = append(all, Series{Cell: c, Index: i, Label: r.Label(c)})
	}
	return all
}

// Key returns the legend of several series, and nothing of one.
func (l Look) Key(all []Series) []LegendEntry {
	if len(all) < 2 {
		return nil
	}
	var entries []LegendEntry
	for i, s := range all {
		entries = append(entries, LegendEntry{Label: s.Label,
			Line: l.Pen(i).Line(l.Line)})
	}
	return entries
}
