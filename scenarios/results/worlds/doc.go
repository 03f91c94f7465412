// Package worlds compares the lookups of two worlds, the simulated one and one of real sockets, in
// which the same nodes did the same: a [Calibration].
//
// Both come as rows of lookups. [Compare] tests whether their hop counts may be from one
// distribution, and [Write] adds calibration.json and calibration.csv to the results folder of the
// simulated run; whoever writes that folder again removes them.
package worlds
