// Package command is what all commands of the program have in common, in how they are spoken to and
// how they end:
//
//	arguments  what is refused of a command's words, and how the nearest right one is named
//	exit       the exit statuses, and errors that carry one
//	interrupt  Ctrl-C, once to end the work and twice to end the program
//	print      results on standard output, for people or as JSON
//	theme      the flag of commands that draw
//
// A command returns an error of Refuse, Fail, Interrupt or Exit to choose its exit status; any
// other error means that the input was refused. Standard output carries results only, and with
// --json one document, or an object a line, and nothing else.
package command
