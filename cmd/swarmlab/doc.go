// Swarmlab is the program: it runs scenarios, draws their figures and verifies their results, and
// it speaks the same protocols over real sockets. Here its commands are put together, one is run,
// and its error turned into a message and a status. Each family of commands is a package:
//
//	experiments  run, list, show, init, check, plot, verify, swarm-test
//	overlay      dht: a node of the Mainline DHT that serves, asks, or crawls
//	calibration  dht calibrate: the simulator against real sockets
//	torrents     torrent: makes, describes, tracks, seeds and downloads them
//	auditor      audit: watches the swarm of one
//
// Experiments and the calibration share a plan and its progress; report writes what became of the
// former. All share how a command is spoken to and how it ends (command), how things look
// (display), and what is taken on the disk (claim); those on real sockets also the addresses and
// ids of real nodes (endpoint, identity). The tests here drive the whole program; those of a
// command stand beside it and run it by package trial.
package main
