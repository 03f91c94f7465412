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
// # What is told of transfers
//
//	reporting.go  the totals that trackers are told: what each client program means by them
//	cheat.go      how they are changed by those who cheat
//	account.go    who is enrolled with an auditor, and what it remembers
//	notary.go     keys and receipts on connections (package swarm calls it)
//	statement.go  what is delivered to the auditor: reports and receipts
//
// [Config].Reporting chooses among programs. All numbers come from [swarm.Books], and the cheats
// change nothing but what is said: [Config].Cheat says which channel each of them lies on, in
// announces, reports, receipts or haves. Counters begin at 0 whenever a torrent is added, except
// that Transmission's go on in the same run if no tracker has answered its stop.
//
// Clients that the owner has enrolled ([Group.Enrol]) show their keys to each other in the
// extension handshake, as sl_key, and give each other receipts, as sl_receipt, each window of
// bytes: of all payload that comes in whole blocks, also of what turns out to be bad. For what is
// less than a window they sign when they want nothing more: when all is there, and before they
// close. So it is who goes while it serves that has an unsigned tail ([Group.Unsigned]). Each
// connection is an epoch of its own. At [AuditConfig].Settle, at the end of each connection, and
// when they stop, they send the auditor (an audit.Office) what has changed: a report of the pair's
// totals in this run, and the last receipt. Nothing is acknowledged; so all is said once more the
// next time. A crash loses what was not said, and receipts that were not delivered.
//
// A key is not proven by being shown. Who shows another one's cannot sign for it, so that receipts
// lie about nobody; but reports then name one who knows nothing of it. Two clients with one key
// that transfer with the same third one in a torrent, A11, are taken for one that comes again: of
// the two series of statements the auditor believes the one of the later epoch only.
//
// With [AuditConfig].Strict a sender stops to serve who owes it more than a window, what may be
// under way, and a quarter of what it has signed for, over all its connections. Who shows no key
// owes all that it gets, on each connection anew.
//
// # What comes in
//
// Statements of others are for their auditors: a client takes none by UDP. A receipt that is not
// right is counted by what is wrong with it, and changes nothing. Pairs are remembered when payload
// was transferred, at most 16384 in a run.
//
// A datagram that begins with d is a message of the DHT. All others belong to trackers, which are
// told apart by their addresses and transaction numbers; what belongs to nobody is counted.
package client
