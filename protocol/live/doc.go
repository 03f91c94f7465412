// Package live drives a protocol core on real UDP and TCP sockets: what package sim is to a
// simulated network, live is to the real one. The core cannot tell the two apart.
//
// # Who calls what
//
// [Listen] opens the socket, or one of each address family, so that the owner learns the addresses
// ([Node.Addr], [Node.Addrs]) before anything runs; [ListenStreams] also listens for connections,
// at the same addresses and ports. The owner prepares its group, which must have
// exactly one core, and hands it to [Node.Run]. From then on the group belongs to Run: it starts
// the core, reads datagrams and connections, keeps the core's deadline, and carries out what each
// turn put into the outbox, in order. Turns never overlap. Everyone else reaches the core through
// [Node.Do], which runs a function as a turn of its own, between the others. Run ends when its
// context does:
// the core gets its Stop turn, what that turn sent is sent, what waits on connections goes out for
// at most Streams.Drain and half a second, the core is dropped and the sockets closed. [Node.Close]
// is the crash: no Stop turn, and connections are reset. [Node.Stats] and [Node.StreamStats] may be
// read by anyone at any time.
//
// # Who owns which bytes
//
// Each socket has one receive buffer, and one outbox serves all turns; a datagram is valid during
// its turn only. Nothing is allocated for a datagram, received or sent.
//
// What a core writes on a connection is copied into its queue, of at most Streams.Queue; bodies
// stay by reference until the socket can take them, and Streams.Contents, such as the Store of
// package folder, reads them then, outside turns. A connection on which nothing moves has a buffer
// of 4 KiB and one goroutine. One that is fast borrows buffers of 256 KiB, of which there are 128
// in all, and gives them back within a second when it is so no more; otherwise it writes with
// 32 KiB.
//
// # Connections
//
// Each has a goroutine that reads, and one that writes while there is something to write. Both take
// the lock once for all that they moved at a time: a core gets Data in pieces of up to 256 KiB, and
// Sent when the socket took that much, at the latest each second. A connection leaves from the host
// at which the node listens. A connection that the core refuses was established already, as the
// other end sees it, and is reset at once. When the other end has closed its direction, the
// connection is Finished, and what still waited to go out is lost. After Close, what was written
// before goes out, then the end of the stream, and what comes is thrown away until the other end
// closes, too, or half a second is over.
//
// Streams.Up and Down limit what all connections together move; who has to wait for that is not
// reset, however long it takes.
//
// The core alone decides how long a silent connection may stay; the node decides how many there may
// be (Streams.Connections), how much may wait (Streams.Queue), and how long the other end may take
// nothing (Streams.Stall). Beyond these it is reset, as it is when Contents has an error.
//
// # Time and chance
//
// Now counts from the start of Run on the monotonic clock, so that a changed wall clock changes
// nothing. A deadline that has passed already is kept after a millisecond, in which the sockets
// are read: a core that asks for too much cannot make itself deaf. The random stream is seeded by
// the operating system, anew for each Node.
//
// # Two families
//
// IPv4 and IPv6 are two networks (BEP 32). A datagram leaves by the socket of its target's family,
// so that an answer comes from the address that was asked. The first socket's reader is the
// goroutine inside Run, which also keeps the deadline and runs commands; a second socket has a
// reader of its own, and all take the same lock for a turn.
//
// # What the network may do
//
// A datagram to a family without a socket, one that the system refuses to send (no route, a
// firewall, an earlier one that bounced), one that is longer than [MaxDatagram], and a read that
// fails are counted and forgotten, as a lost datagram would be. Run gives up only when reading
// from a socket fails a thousand times in a row.
package live
