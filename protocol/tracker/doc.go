// Package tracker is BitTorrent's trackers from both ends, over HTTP (BEP 3, 7, 23, 24, 31, 48)
// and UDP (BEP 15, 41): the messages, a [Tracker] that knows the peers of torrents, and a [Client]
// that announces a torrent to its trackers. It opens no socket: UDP runs in any driver of package
// protocol, real or simulated, and package httptracker carries HTTP.
//
//	request.go   an announce, whatever way it comes
//	reply.go     the answer to it, and its body in HTTP; body.go writes that
//	query.go     the query of an announce's URL; url.go and escape.go its parts
//	scrape.go    scrapes by HTTP
//	packet.go    requests by UDP; answer.go the answers
//	tracker.go   who is there; swarm.go how it is kept, choose.go who is named
//	room.go      what is given up, and when; hosts.go how much of one host is heard
//	connection.go  the connection ids of UDP
//	group.go     trackers on UDP
//	ledger.go    what is made of the totals that clients report
//	client.go    a client; attempt.go what it asks, heard.go what it is answered
//
// # Messages
//
// Append functions write, Parse functions read and return a [Fault]. What they read is never
// copied unless it must be: slices point into the input. UDP takes no allocation, HTTP some for
// texts. Bodies are read by the scanner of package bencode alone, in one pass: it bounds depth,
// items and lengths, checks the form, and what is wanted of a body is so little that decoding it
// into structures by a second library would be more code, not less. The tests hold it against
// such a library.
//
// # The tracker
//
// Whoever receives a request first asks [Tracker.Flooded], then hands it to [Tracker.Announce] or
// [Tracker.Scrape]. One Tracker may serve several ports and both transports; the calls must not
// overlap. [Group] does all that for UDP. An announce is told to the [Observer] before it takes
// effect; [Ledger] is one.
//
// A peer is one address with one port: the host that asks, and the port that it names. What a
// request says about its own host is ignored. Another peer id at that place is another peer. Who
// is not heard of for [Config].Expiry is forgotten, a swarm with its last peer, and with it how
// often it was completed.
//
//   - started by a peer that is known is an update, and completed or an update by one that is not
//     is a start.
//   - A download is counted as completed if its peer was known as one that had not everything,
//     says so with the event, and has nothing left.
//   - Seeds and partial seeds (BEP 21) are not named to each other.
//   - stopped is answered like others, without peers.
//
// # What strangers can do
//
// The memory is bounded by [Config].Torrents and Peers; a swarm that is full gives up the peer
// that was silent longest. Requests of one host are limited. Nobody gets more bytes by UDP than
// were sent in his name, unless he has shown with a connection id that he receives them. But
// whoever has an address can announce any port of it, and any totals.
//
// # The client
//
// The owner calls [Client.Start] once, [Client.Wake] when the returned time has come,
// [Client.Datagram] for each packet from an address that may be a tracker's, [Client.Complete],
// [Client.More] and [Client.Pause] when that is so, and at the end [Client.Leave], and Wake and
// Datagram on, until [Client.Left]; or [Client.Last] if there is no time. With each call it gives
// its totals, which an announce in it reports. After Datagram and Fetched [Client.Peers] are those
// that were found. HTTP trackers take part if the owner fetches what [Client.Fetch] names.
//
// It asks one tracker at a time (BEP 12): the first that answers, in the order of its tiers, with
// the ones that answered in front. While others are left, one that is silent is asked twice, for
// 45 s; a single one for 7665 s, as BEP 15 says. Retransmissions keep their transaction id.
//
// The owner looks up the hosts of UDP trackers ([Client.Names], [Client.Resolved]), best before
// the start. It leaves itself out of the peers, and if the torrent is private (BEP 27), it drops
// those of the former tracker when [Status].URL changes. Who is in both address families has a
// client for each, with one key.
//
// # Departures
//
//   - Peers with a name instead of an address are left out (BEP 3 allows them).
//   - A tracker that says 0 or nothing as its interval is asked again after 30 min; nobody is
//     believed who says more than a day.
//   - retry in (BEP 31) is obeyed, which no other client does.
//   - An announce with port 0 is refused, as is an unknown event.
package tracker
