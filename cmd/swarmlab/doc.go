// Swarmlab is the program: it runs scenarios, draws their figures and verifies their results, and
// it speaks the same protocols over real sockets.
//
//	main       builds the commands, runs one, and turns its error into a message and a status
//	run        settings -> plan -> claim the folder -> simulate -> write -> draw -> report
//	plan       everything that can be refused is refused here, before anything is allocated
//	progress   tells on standard error how far it is: a bar on a terminal, plain lines elsewhere
//	report     the result for people, on standard output
//	real       what a simulated run would do, done by nodes on real sockets; real_node is one
//	calibrate  a run of both, and the comparison
package main
