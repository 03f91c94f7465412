// Package swarms has the metrics of runs with torrents: those of each peer that came to download
// ([OfPeers]), those of a whole swarm or of one group in it ([OfSwarms]), and those of swarms in
// which peers come and go, beside what the fluid model says with the run's own rates ([OfFluid],
// [PerFluid], [CourseOf]). Package metrics has them in its dictionary and sums them up.
//
// [Check] holds the books of runs against themselves and against what their lines could have
// carried.
package swarms
