// Package metrics reduces runs to numbers, each of which has a name, a unit and a definition.
//
// The dictionary is [Definitions]; names in it may have words in capitals, which stand for a group,
// a method or a number, and [Find] knows a metric by its own name, those filled in. [Of] sums up
// all metrics of the runs of a cell, and [MeanOf] is one metric in one run. A value that there is
// not, as a mean of nothing, is not a number, and not among the metrics.
//
// Metrics of lookups have one observation a lookup, and those of peers one a peer; all others have
// one a run. [CutTransient] leaves out the lookups of a run's beginning.
//
// A metric is defined beside what works it out, in the file of what it is of, and those of swarms
// in a package below. All are plain functions of the rows in package findings, for which whole runs
// are needed: see [findings.Run.Whole].
package metrics
