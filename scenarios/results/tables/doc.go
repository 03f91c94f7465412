// Package tables writes the rows of runs into a results folder: as Parquet, and those of which
// there are few beside it as text, for a spreadsheet.
//
// [Add] adds all tables of the runs of an experiment, one run after the other, so that only the
// rows of one are in memory. The columns are the fields of the types in package findings, and those
// of text are the same. What there is nothing of has no file, and Add says which files of results
// that were there before are obsolete.
//
// Of all tables only checkpoints.parquet is read back here ([ReadCheckpoints]); figures read the
// others by themselves. Whoever has rows of another kind writes them with [NewWriter].
package tables
