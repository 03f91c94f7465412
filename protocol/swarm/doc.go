// Package swarm is one BitTorrent peer, as a population of sans-I/O cores: its connections, what it
// asks for and whom it serves, the extensions that clients speak, and its own books of what went
// where. A core takes part in any number of torrents. It speaks BEP 3 and, with those that do, BEP
// 6 (Fast), 9 (metadata), 10 (extensions), 11 (peer exchange), 16 (super-seeding), 21 (upload
// only), 40 (priorities), 54 (lt_donthave) and 55 (holepunch).
//
// # Who calls what
//
// A [Group] holds any number of cores that share one configuration: one in a real client, thousands
// in the simulator. A driver calls it through the seam of package protocol. The owner of the group
// (a client, or a scenario) does the rest:
//
//  1. [New] with a [Config], perhaps from a [Strategy], and an [Env]. [Group.Register] tells the
//     group of a torrent; cores of other groups that exchange bodies by reference must be told the
//     same Content. [Group.Assign] gives every core its peer id and address.
//  2. The driver starts the core. From now on, inside a turn of that core, [Group.Add] makes it
//     take part in a torrent: with all of it, a part of it, nothing, or only its infohash.
//  3. [Group.Wants] says how many more addresses a core would like to know; the owner asks trackers
//     and the DHT, and tells the core by [Group.Found]. The core knows neither; it learns of peers
//     by itself only from those that connect to it, and by peer exchange.
//  4. Blocks are written to the [Store] as they come, and the store says whether a piece is right.
//     The [Observer] hears of pieces and of completion.
//  5. [Group.Progress], [Group.EachConn], [Group.Tallies] and the other views may be called at any
//     time. [Group.AppendBitfield] is what to keep for the next run.
//  6. [Group.Leave] ends one torrent, Stop all of them.
//
// # The files
//
//	watcher.go    what an observer is told; probe.go how it challenges peers
//	config.go     what a study varies; strategy.go kinds of peers
//	group.go      the population and its calls; turn.go a turn, deadlines
//	torrent.go    what is known of a torrent, and one core's part in it; enter.go its beginning
//	              and end; view.go what others may see of it; tally.go, books.go
//	              its books
//	counters.go   what was dropped, and why
//	peers.go      the addresses that are known; dial.go connecting, limits
//	conn.go       one end of a connection, its timers; greet.go handshakes; message.go what comes
//	download.go   requests, blocks, pieces; upload.go the requests of others, choking
//	extend.go     the extension handshake, lt_donthave; pex.go, metadata.go, holepunch.go
//	notary.go     keys and receipts, for the owner
//	pool.go       queues of requests; foresee.go what memory a message will need
//
//	geometry.go   pieces and blocks; bits.go sets of pieces
//	picker*.go    what to ask for; availability.go and open.go what it knows for that; pipeline.go
//	              how much to ask for
//	choker*.go    whom to unchoke; tyrant.go by what it pays; rate.go how fast
//	superseed.go  which pieces a super-seed shows; pretend.go pieces that a cheat does not have
//
// # What comes in
//
// Nothing depends on how a stream is cut into chunks, nor on whether blocks come as bytes or by
// reference. Every message is checked against its form (package peerwire), then against the order
// in which it may come, then against the torrent, and then against what was asked for. What breaks
// the protocol ends the connection, for a [Drop] that is counted, and after three times the address
// is not dialed any more; an extended message that cannot be read is counted as a fault and passed
// over. Who alone sent all of a piece whose hash is wrong is banned; if there were several, each
// gets whole pieces alone from then on.
//
// # What follows the sheet of which client
//
//   - A handshake is answered after its 48 bytes. Of two connections between the same two peers the
//     one dialed by the greater peer id stays (libtorrent).
//   - A full torrent takes a newcomer of higher BEP 40 priority in the place of the connection of
//     the lowest; otherwise it closes. Addresses are dialed in that order too, but those that
//     failed least first, of these those never tried, and of these those that a tracker named, then
//     those of the DHT (libtorrent).
//   - An address is dialed again a minute after its last connection, and a minute later for each
//     failure, three of which are the end, until somebody else tells of it. Whom a tracker names
//     again is there, and as if never tried (mainline, which dials nobody else).
//   - Who has not answered after 15 seconds is given up (libtorrent). A leecher with fewer than
//     half of the connections that it seeks is lonely: its owner asks the trackers again, as early
//     as they allow (mainline, below 20 connections).
//   - Pieces allowed fast are given to one choked peer for each optimistic slot, and the others
//     are rejected; so are those of more than AllowedFast pieces (BEP 6 leaves both to the sender).
//   - Of every stream only as much is queued as it sends in half a second, so that a choke or a
//     cancel is still in time, and requests do not wait behind blocks.
//   - Requests are taken back when none was answered for RequestTimeout (Transmission); the peer
//     then gets one request at a time until it answers, and 32 at most from then on: there are
//     clients that stop for ever when too many wait.
//   - One that rejects without choking is left alone for a second.
//   - A seed closes connections with those that want nothing.
//   - Interested is sent only when the metadata is there; before, bitfields and haves are kept, and
//     looked at when the number of pieces is known.
//   - Pieces that were begun come before others, however rare these are (mainline). libtorrent asks
//     for the rarest first, until half as many again as it has peers are begun. It matters where a
//     slow seed is the only one to have some: half of what it sends is then of pieces that others
//     have, too.
//
// # Departures, on purpose
//
//   - With BEP 6, who does not say first what it has is disconnected; libtorrent is more lenient.
//   - The first message of peer exchange lists all connections.
//   - Who was banned may connect again under another address, for there is no other name.
//   - No uTP, no encryption, no hash requests (BEP 52): they belong below, or to other torrents.
//
// # Who owns which bytes
//
// What Data is given is read before it returns; a chunk handed to the [Store] is valid during the
// call. Metadata and bitfields handed in by [Group.Register] and [Group.Add] are kept or copied,
// and must not be changed.
//
// # Keys and receipts
//
// With a [Notary] peers that both show a key, as sl_key in the extension handshake, are known by
// it: the notary is told of every block in both directions and returns the receipts that are due,
// which go as sl_receipt, also for the rest when we want nothing more, and may have no block sent
// to a peer that does not sign. What they say is of no interest here; it is package audit's.
//
// # What is counted
//
// A [Tally] has payload, the data in piece messages, apart from all other bytes, its overhead. It
// counts what this end knows: Queued when a block is written, PayloadUp when it has left the line.
// What the other end never got is in neither end's reach; the network's ledger knows. Tallies are
// kept by the address that a peer listens on, also after its connections have ended, for as many
// peers as are remembered (MaxPeers); of those forgotten there is a sum.
//
// # Memory
//
// A connection end is about 700 bytes, and in the picker and the choker 40 and a bit a piece; its
// requests are 32 bytes each, from a pool of the group. A core's part in a torrent is about 1 KiB
// and a few bytes a piece, a remembered peer 56 bytes and, if it was ever connected, 144 for its
// tally. A request, its block and the have that follows allocate nothing (TestSteadyPath).
//
// What others can make grow has a bound: Reqq requests a connection; 1000 of ours without answer;
// 32 pieces allowed fast and 16 suggested; MaxPeers addresses; 1024 rumours; a bitfield of a MiB
// and metadata of 4 MiB while the torrent is not known.
package swarm
