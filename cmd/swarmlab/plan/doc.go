// Package plan turns a scenario and what a user changes of it into a Plan: an experiment that
// nothing speaks against. Everything that can be refused is refused here, before anything is
// allocated.
//
//	plan      the flags -> a scenario -> its cells, what they cost, how many runs at a time
//	memory    what the machine has for them
//	complete  the names of scenarios, for a shell
package plan
