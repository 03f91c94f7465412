// Package lab runs scenarios: it builds the nodes of each group with their identities and tables,
// the network and the workload, advances the world, judges every lookup by the global view that no
// node has, and does so for all cells and seeds on all cores.
//
// An [Experiment] makes a [results.Outcome], which package results writes down; [Verify] repeats
// the runs of a results folder and names the first simulated second and node that differ.
package lab
