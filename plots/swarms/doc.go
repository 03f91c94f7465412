// Package swarms has the figures of BitTorrent swarms, by the books of the network.
//
//	completion, share_ratio    distributions over peers, whose pieces are in spreads
//	discovery                  when peers find others, and by which way
//	gauges                     utilisation, availability and population over time
//	exchange                   who uploads to whom, in bins of peers
//	free_riders                those who give nothing beside the others
//	peers, tides               the tables that they read: of peers, and of the swarm over time
//
// Each figure is one function of the stored results and the look. Classes of peers are the groups
// of a cell that came to download; a peer that never completes counts in every share.
package swarms
