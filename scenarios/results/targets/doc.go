// Package targets holds the results of an experiment against published values.
//
// A scenario names the values ([scenarios.Target]): of which cells, which statistic of which
// metric, and what counts as the same. [Compare] looks at the cells and says of each value whether
// ours is met, missed or not measured, and how wide its interval is over the seeds. Beside plain
// statistics there are slopes and ratios over cells, and those of the lower hull of cells on the
// plane of what they cost and how long they take.
package targets
