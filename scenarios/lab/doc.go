// Package lab runs scenarios: it builds the nodes of each group with their identities and tables,
// the network and the workload, advances the world, judges every lookup by the global view that no
// node has, and does so for all cells and seeds on all cores.
//
// The nodes of all groups form one overlay and are numbered through: those of the first group come
// first, and within a group those of its first client. Everything about a node that is not its
// client's (id, address, place in the network, join, sessions) is a function of the seed and that
// number. So two cells that differ in a client, or in a setting, share all the rest. The plan of
// who is up when is made before the run: what nodes are asked, and whom a newcomer knows, go by it.
//
// An [Experiment] makes a [results.Outcome], which package results writes down; [Verify] repeats
// the runs of a results folder and names the first simulated second and node that differ.
package lab
