// Package report writes the result of an experiment for people, in plain text of one width:
//
//	experiment  the whole, from the table of a cell to where the results are
//	swarm       the tables of swarms of BitTorrent; ledger and audit those of accounting
//	compare     how cells of a sweep differ; targets, how they compare with published values
//	measures    means with their intervals
//
// It knows results, and nothing of how they came about.
package report
