// Package experiments has the commands that run scenarios and deal with what they leave:
//
//	commands   all of them
//	run        settings -> plan -> claim the folder -> simulate -> write -> draw -> report;
//	           run_set does so for several scenarios, with a joint table
//	check      what a plan comes to, without running it
//	verify     a stored run again, and the first difference; verify_set those of several
//	swarmtest  the same scenario under faults that are drawn at random
//	plot, list, show, init   a command each
package experiments
