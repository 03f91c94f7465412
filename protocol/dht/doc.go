// Package dht is one Mainline DHT node (BEP 5), as a population of sans-I/O cores. A node can be a
// member of the networks of IPv4 and IPv6 at once (BEP 32), answers scrapes (BEP 33), can bind its
// id to its address (BEP 42), may be read-only (BEP 43), stores items (BEP 44) and tells samples of
// its infohashes (BEP 51).
//
// # Who calls what
//
// A [Group] holds any number of nodes that share one configuration: one in a real client, a
// million in the simulator. A driver calls it through the seam of package protocol. The owner of
// the group (a scenario, or a command) does the rest:
//
//  1. [New] with a [Config], its own or a [Profile], and an [Env]; for nodes in both networks, two
//     groups and [NewDual], which then takes their place towards the driver.
//  2. [Group.Assign] gives each node its id. [Group.Fill] puts contacts into its table, as if they
//     had answered; or [Group.Remember] tells it whom it knew in its last run ([ParseState]), to be
//     asked when it joins. A node with neither joins through its seeds.
//  3. The driver starts the node. From now on, inside a turn of that node, [Group.Lookup] looks
//     something up; what it found is told to the [Observer].
//  4. [Group.Counters], [Group.EachContact] and [Group.External] tell what the nodes believe.
//     [Group.State] is what a node should keep before it is dropped.
//
// # The files
//
//	config.go     what a parameter study varies; policy.go its choices that are no numbers
//	profile.go    the settings of deployed clients, and what of them is not modelled; studied.go
//	              those of clients rebuilt from studies
//	group.go      the population and its calls
//	dual.go       nodes in both networks, and what connects them
//	directory.go  contacts as four-byte references; Book is the directory of a real node
//	state.go      what a node keeps from one run to the next
//
//	table.go      buckets: finding, splitting, closest contacts
//	contact.go    one slot of a bucket: good, questionable, bad
//	learn.go      what a sign of life, or its absence, means to the table
//	insert.go     who may enter the table, and in whose place; challenge.go by a ping of BEP 5;
//	              diverse.go one a network, and ids spread over a bucket
//	reserve.go    contacts beside a bucket; quarantine.go askers who have to wait
//	recommend.go  contacts for replies
//	rehome.go     a new id for a running node
//	maintain.go   joining and refreshing; upkeep.go the ways of other clients: probe.go that of
//	              libtorrent, ask.go jech's, check.go anacrolix's, sweep.go webtorrent's
//
//	query.go      queries in flight: transaction ids, timeouts
//	lookup.go     the iterative lookup; shortlist.go its candidates; question.go its queries;
//	              patience.go how long it waits; findings.go and retrieve.go what answers bring;
//	              announce.go its end, where something is stored; result.go what it found
//
//	answer.go     replies to the queries of others; spare.go how much room there is in one
//	limit.go      who sends too much, and how many queries are answered
//	voters.go     the own address, as others see it, and the id that it demands
//	guard.go      where a node keeps what these two need
//	peers.go      get_peers, with scrapes, and announce_peer
//	sample.go     sample_infohashes
//	put.go        get, and the rules of put
//	token.go      write tokens
//	store.go      announced peers
//	items.go      items that were put
//
//	foresee.go    a hint to the driver's memory
//	counters.go   what was dropped, and why
//
// # What comes in
//
// A datagram goes through these checks, in this order; each that it fails is counted under a
// [Reason] of its own and ends its way.
//
//  1. Its source is an address that can be answered. Loopback and private networks can be.
//  2. Its source has not sent too many ([Config].SourceLimit). As in libtorrent, that is decided
//     before the datagram is read, so that a ban also costs the answers of that source.
//  3. It is a message. Junk is never answered.
//  4. A query is within the rate that is answered at all ([Config].QueryRate), is not one to a
//     read-only node, has what its method needs, and does not come from our own id.
//  5. An answer comes from the very address that was asked, with that query's transaction id, and
//     from the id that was asked, if it was known.
//
// Answers teach, queries do not: the sender of a query may be forged.
//
// # Departures from BEP 5, on purpose
//
// They are those of the profile bep5; where the others depart, profile.go says so.
//
//   - A bucket that covers the node's own id is split when it is full, also when it holds
//     questionable contacts: all deployed clients do.
//   - Replies carry the closest contacts that are not bad, all of which have answered us before;
//     one that is only questionable is not pinged first. Where datagrams are lost, hiding a
//     contact at its first failure costs more than passing on a few dead ones.
//   - Only contacts that answered a query of ours enter a bucket, unless Admission says otherwise.
//     The sender of a query is pinged first, and only where there is room for it. So is a contact
//     that has become bad and asks something: BEP 5 would take its query for proof.
//   - A token is bound to the asker's IP address, not to its port (NATs change it).
//
// # Departures from BEP 32
//
//   - A node asks for both families in its lookups while its other table has room near the target,
//     and otherwise one time in 37, as jech/dht does in its maintenance.
//   - With want for both families, neither takes more than half of the room in a reply.
//   - A single group whose driver brings it datagrams of both families has one table for both. It
//     answers with contacts, and always with peers, of the family that they are for.
//
// # Departures from BEP 33, 44 and 51
//
//   - No reply is longer than 1024 bytes (BEP 32), so contacts are left out where filters, samples
//     or an item need their room, and peers where contacts do: those told are then a random choice.
//     A value of 1000 bytes, which BEP 44 promises to store, does not fit even without contacts.
//     What could not be given back is refused with error 205: values above 893 bytes, or 757 if
//     they are mutable.
//   - A scrape is answered without values, as libtorrent does.
//   - A value must be canonical bencode. A put with the seq that is stored is a refresh if its
//     value is the same, and refused with error 302 otherwise.
//   - A node that is full of items gives up the one farthest from its id for a nearer one, and
//     refuses others with error 202.
//   - An empty sample is not kept: the next asker gets a new one.
//
// # Departures from BEP 42
//
//   - All queries are answered, whatever the id of the asker.
//   - An address is believed once 25 hosts have voted and it leads by half, as in libtorrent; each
//     host votes once, in answers to our queries only, and for its own address family.
//   - A node in both networks may so come to have two ids; BEP 32 recommends one.
//
// # What others can make a node send
//
// Whoever forges the address of a victim gains, in bytes sent to it for each byte that he spends,
// at most 12.6 by a get of the largest item, 11.1 by get_peers where many peers are known, and 6.4
// by find_node for both families, the ping to the unknown sender included (TestAmplification).
// Replies are not limited by their bytes, as they are in libtorrent; with its limit of datagrams a
// source, 10,000 forged queries in five minutes bring 49 replies.
//
// # Memory
//
// A node is a 64-byte header, a stride of slots (eight bytes each) and one word a bucket, in
// slices without pointers. Lookups, queries in flight, stored peers, items, samples and guards come
// from pools of the group, so a node that does nothing costs nothing more. A guard is 16 bytes, and
// 480 more where sources are limited, 0.8 KiB where votes are counted.
//
// What others can make grow has a bound: 255 pings to strangers in flight and 32 in
// quarantine; 2048 queries a lookup, however near the contacts are that it is told of; one
// challenge a bucket; and the stores' limits.
package dht
