// Package house holds the tree to its own rules. It has no code, only tests, which read all of the
// repository:
//
//	imports  the table of who may import whom, and what a deterministic package may import
//	bans     what could make two runs of one seed differ: clocks, floats, map order, goroutines
//	sizes    the length of files, functions and lines, and doc comments
//	text     paths of somebody's machine, and notes of unfinished work
//
// Every rule reports a violation as file:line, and a test plants each mistake to see it reported.
// A new package needs a row in the table; a row needs a package.
package house
