// Package findings holds what runs found: a [Run] is the record of one of them, with its rows.
//
// Package lab fills it in, and afterwards it is only read: package metrics reduces runs to numbers,
// and package results writes them down. The types of rows are also the columns of the tables, and
// all of them are stored as they are while an experiment is under way: whoever changes one, or its
// name, changes the files.
//
// The parts are of the kinds of scenario: a [Lookup] for each measured operation; [Sample],
// [Bucket] and [Record] of the state of nodes, tables and announced records; [Paths], [Terrain] and
// [ChurnSeen] of the network; [Census] and [Connectivity] of observers; [Swarm] of torrents,
// [Audit] of the methods of accounting, and [Claims] of a ledger. What a scenario has not is nil.
//
// Most of a run is its rows. They need not be in memory: [Run.Light] is a run without them, whose
// [Kept] reads them back, kind after kind. So rows are asked for by methods, as [Run.LookupRows],
// and [Run.Whole] is the run with all that metrics are made of. A run may be kept under the number
// of another cell: rows that are read back have the run's.
package findings
