// Package calibration has the command `swarmlab dht calibrate`: one plan, run in the simulator and
// by nodes on real sockets, and the comparison.
//
//	command    flags -> a plan -> both runs -> results and figures
//	real       what a simulated run would do, done by nodes on real sockets; real_node is one
//	report     how the two agree
package calibration
