// Package dht is one Mainline DHT node (BEP 5), as a population of sans-I/O cores. It also answers
// scrapes (BEP 33), stores items (BEP 44) and tells samples of its infohashes (BEP 51).
//
// A [Group] holds any number of nodes that share one configuration: one in a real client, a
// million in the simulator. A driver calls it through the seam of package protocol; the owner of
// the group (a scenario, or a command) additionally gives each node its id with [Group.Assign]
// before it starts, may fill its table with [Group.Fill], and asks for lookups with
// [Group.Lookup] inside a turn of that node. What a lookup found is told to the [Observer].
//
// # The files
//
//	config.go     what a parameter study varies
//	group.go      the population and its calls
//	directory.go  contacts as four-byte references; Book is the directory of a real node
//	table.go      buckets: finding, splitting, closest contacts
//	contact.go    one slot of a bucket: good, questionable, bad
//	learn.go      what a sign of life, or its absence, means to the table
//	insert.go     who may enter the table, and in whose place; challenge.go by a ping of BEP 5;
//	              diverse.go one a network, and ids spread over a bucket
//	reserve.go    contacts beside a bucket
//	recommend.go  contacts for replies
//	rehome.go     a new id for a running node
//	query.go      queries in flight: transaction ids, timeouts
//	answer.go     replies to the queries of others; spare.go how much room there is in one
//	peers.go      get_peers, with scrapes, and announce_peer
//	sample.go     sample_infohashes
//	put.go        get, and the rules of put
//	token.go      write tokens
//	store.go      announced peers
//	items.go      items that were put
//	lookup.go     the iterative lookup; shortlist.go its candidates; announce.go its end, where
//	              peers are announced; result.go what it found
//	maintain.go   joining and refreshing; upkeep.go the ways of other clients: probe.go that of
//	              libtorrent, ask.go jech's, check.go anacrolix's, sweep.go webtorrent's
//	profile.go    settings of clients, and what of them is not modelled; policy.go their words
//	foresee.go    a hint to the driver's memory
//	counters.go   what was dropped, and why
//
// # Departures from BEP 5, on purpose
//
//   - A bucket that covers the node's own id is split when it is full, also when it holds
//     questionable contacts: all deployed clients do.
//   - Replies carry the closest contacts that are not bad, all of which have answered us before;
//     one that is only questionable is not pinged first. Where datagrams are lost, hiding a
//     contact at its first failure costs more than passing on a few dead ones.
//   - Only contacts that answered a query of ours enter a bucket, unless Admission says otherwise.
//     The sender of a query is pinged first, and only where there is room for it.
//   - A token is bound to the asker's IP address, not to its port (NATs change it).
//
// # Departures from BEP 33, 44 and 51
//
//   - No reply is longer than 1024 bytes (BEP 32), so contacts are left out where filters, samples
//     or an item need their room. A value of 1000 bytes, which BEP 44 promises to store, does not
//     fit even without contacts. What could not be given back is refused with error 205: values
//     above 893 bytes, or 757 if they are mutable.
//   - A scrape is answered without values, as libtorrent does.
//   - A value must be canonical bencode. A put with the seq that is stored is a refresh if its
//     value is the same, and refused with error 302 otherwise.
//   - A node that is full of items gives up the one farthest from its id for a nearer one, and
//     refuses others with error 202.
//   - An empty sample is not kept: the next asker gets a new one.
//
// # Memory
//
// A node is a 64-byte header, a stride of slots (eight bytes each) and one word a bucket, in
// slices without pointers. Lookups, queries in flight, stored peers, items and samples come
// from pools of the group, so a node that does nothing costs nothing more.
package dht
