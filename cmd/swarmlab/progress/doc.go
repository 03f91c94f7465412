// Package progress tells on standard error how far an experiment is: a bar on a terminal, plain
// lines elsewhere. A Meter is told by the runs, from any goroutine.
package progress
