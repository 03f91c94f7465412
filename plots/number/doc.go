// Package number has what figures and captions say with numbers.
//
//	text      prints counts, shares, durations, bytes and seeds for people
//	interval  the 95 % confidence interval of a mean, and a value together with its own
//	rank      counts in sorted observations, for curves of distributions
//
// Text has no-break spaces between a number and its unit, which files for programs turn into
// spaces. Intervals are made over seeds, never over pooled observations: those of one run share
// their network.
package number
