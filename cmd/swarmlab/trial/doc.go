// Package trial is for the tests of commands: it runs one as the program does, to its end or in the
// background, and tells what it printed. No program links it.
//
//	command     Run, RunTo, Must and Background; Document reads what --json printed
//	load        a content, its torrents, and who seeds it
//	isolated    a network without a route out, for programs of others
//	libtorrent  whether there is one
package trial
