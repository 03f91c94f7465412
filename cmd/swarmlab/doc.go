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
//
// `swarmlab audit` is the files audit_*:
//
//	audit      flags -> a torrents.Session that observes, and the folder
//	run        scrape -> join -> look each second -> scrape -> store -> print
//	eye        what peers show -> sightings of users, whom it knows again
//	book       sightings -> what is told, and what they may cost
//	journal    sightings on the disk while it runs, to go on after a kill
//	scrape     what trackers count; client the programs by their peer ids
//	tell       lines, JSON, or the view on a terminal; text and report lay out what they tell
package main
