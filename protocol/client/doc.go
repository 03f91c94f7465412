// Package client is a BitTorrent client without its sockets: a peer (package swarm), its node of
// the DHT (package dht) and what it announces to trackers (package tracker), all at one address.
// The parts do not know each other; this package carries between them what one finds and another
// one needs.
//
// # Who calls what
//
// A [Group] is a population of clients that share a configuration, as cores of package protocol:
// the driver starts them, brings what comes in, and keeps their deadlines. The owner does the rest:
//
//  1. [New] with a [Config] and an [Env]; [Group.Register] for each torrent that there is.
//  2. [Group.Assign] gives each client its peer id and its address, and [Group.DHT] its node id.
//  3. The driver starts the client. From now on, inside a turn of that client, [Group.Add] makes
//     it take part in a torrent, and [Group.Found] tells it of peers that somebody knows.
//  4. Names of trackers are looked up by the owner, who is asked by Env.Resolve and answers with
//     [Group.Resolved]; so are URLs, by Env.Fetch and [Group.Fetched].
//  5. [Group.Leave] says farewell to a torrent's trackers, which takes a question and an answer;
//     [Group.Left] says when it is over. The driver's Stop leaves without waiting.
//
// [Group.Swarm] and [Group.DHT] have the views of the parts, which the owner may look at at any
// time between turns. Calls that change something go through this package, since all parts share
// one deadline.
//
// # How peers are found
//
// Addresses from trackers, the DHT, and by the owner are given to the peer with their source;
// peer exchange is its own affair. Every torrent that is not private is announced in the DHT once
// the node knows anybody, again after [Config].Renew, and when it is complete; what such an
// announce finds on its way are peers. A leecher without connections asks again earlier. A
// magnet link's torrent is taken for public until its metadata says otherwise.
//
// Trackers are told started, completed and stopped, and are asked again when they say so.
//
// # What comes in
//
// A datagram that begins with d is a message of the DHT. All others belong to trackers, which are
// told apart by their addresses and transaction numbers; what belongs to nobody is counted.
package client
