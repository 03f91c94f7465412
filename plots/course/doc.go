// Package course draws the course of quantities over the time of a run, one panel an aspect.
//
// A figure cuts the time into Bins, works a Flow out for each cell, and for each Aspect calls
// AddFlows, for the data, and Panel, for the plot. Means and intervals are over the seeds of a
// cell, bin by bin. Warm-up and faults are shaded; times are in seconds.
package course
