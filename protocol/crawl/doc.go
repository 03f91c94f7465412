// Package crawl is a polite crawler of a Mainline DHT: a sans-I/O core that walks the network
// breadth-first from a few addresses, at a bounded rate, and writes down who is there and whom
// each node knows. It is a [protocol.Datagrams] of one core, so that package live can send it
// through the real network and package sim through a simulated one, where the truth is known.
//
// # Who calls what
//
// The owner makes a [Crawler] with [New] and gives it to a driver. Start sends the first queries;
// from then on the crawler asks, listens and keeps its own deadlines. In a turn, or when the
// driver has ended, the owner reads [Crawler.Progress], [Crawler.Node], [Crawler.Infohashes] and
// [Crawler.Counters]. When Progress says that the crawl has ended, nothing more is sent and the
// owner may stop the driver; it may also do so at any earlier time, and what was found is good.
// Drop forgets what is in flight and keeps what was found, until the next Start.
//
// # What it asks
//
// Each address is asked find_node for a random id in bucket 0, 1, 2... of its table: an id that
// differs from the node's own in that bit first. A node answers with the contacts closest to the
// target, so the answers show its buckets one by one. It is asked no more when an answer showed
// nothing that this node had not shown before, when [Config.Depth] buckets were asked for, or when
// it fell silent. New addresses and second questions take turns, in the order in which they came;
// nothing is asked twice within [Config.Pause], and never more than one query is on its way to an
// address. With [Config.Samples] a node that answered gets one sample_infohashes at the end: once
// in a crawl, so that no interval of BEP 51 is ever cut short.
//
// With [Config.Zone] only a part of the network is crawled, whose ids begin alike: the measure of
// Steiner et al. (2007) and of Wang and Kangasharju (P2P 2013). Then a node in the zone is asked
// for its buckets from Zone on, which are those that hold others of the zone. A node outside is
// asked once, for a place in the zone, and only if it is closer to it than whoever told of it.
//
// All queries say ro=1 (BEP 43): the crawler answers nobody and belongs in no table.
//
// # What is a node
//
// A node is an id at an address. An address is asked in one role only, that of the first id which
// was told for it, or of the id with which it answers. Other ids at the address are written down,
// and are not asked: they are not reachable, but [Node.IDs] counts them. One id at several
// addresses makes several nodes, and [Node.Addrs] counts those.
//
// # Whom it believes
//
// Nobody. An answer counts if it comes from the address asked with the transaction id drawn for
// it. Of one answer [Config.PerAnswer] contacts are read; of what one source teaches
// [Config.PerSource] new nodes are kept; of one public host [Config.PerHost] ports; of one address
// a few ids. A /64 of IPv6 is one source and one host, since whoever has one has all of it. A
// contact in a private network or on loopback is believed only if its teller is in one, so that
// nobody can send the crawler through the networks of its owner. Where [Config.Nodes] are known, no
// more are learned. All of this is counted.
//
// # Memory
//
// About 300 bytes a node, in slices without pointers and three maps, and a list of numbers, one a
// contact shown, for each of the nodes whose tables are being read: at most 1024 at a time. No map
// is ever ranged over.
package crawl
