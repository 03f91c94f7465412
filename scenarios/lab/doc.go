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
// Who returns may have another id, another address, or both: then the global view, the directory
// and the bootstrap nodes go by the present ones. The node's number, and with it its place in the
// network and its life, stays.
//
// Where there are NATs, newcomers are given bootstrap nodes that let strangers in, warm tables hold
// no others, and a lookup is judged by the nodes that let strangers in or that answered it. What
// faults do is no excuse: while a part of the network is cut off its nodes are still to be found.
//
// Observers (crawlers, vantage nodes) are real programs with numbers after all nodes, and change
// nothing about these but by what they send. Planted ones do what those do that they stand for:
// they look up as much, which counts nowhere, and are bootstrap nodes. What observers conclude and
// the truth that only the overlay knows stand side by side in the run's Census and Connectivity.
//
// Scenarios with torrents have worlds of their own, which package swarms makes, and so have those
// of a ledger, which package ledgers makes; they are run, stored, repeated and verified like all
// others. Those of a ledger last for weeks: of their seconds only some thousands are kept, and the
// difference that a repeated run shows is named to that precision.
//
// [Trials] is the swarm test: faults drawn from the seed, the heal, and lookups that must find the
// closest nodes again; [Trials.Shrink] makes the list of faults that broke a network short and
// mild.
//
// An [Experiment] makes a [results.Outcome], which package results writes down; [Verify] repeats
// the runs of a results folder and names the first simulated second and node that differ.
package lab
