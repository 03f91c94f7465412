// Package targets has the figures that hold a run against published values.
//
//	targets      all of them: rows, or on a slide of too many a summary by scenario
//	rows, axis   a row each: what, published, deviation in tolerances, ours
//	summary      a line for each scenario, and the worst misses below
//	latencies    the distributions of which percentiles were published, with the published ranges
//
// Each figure is one function of the stored results and the look.
package targets
