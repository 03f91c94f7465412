// Package live drives a protocol core on real UDP sockets: what package sim is to a simulated
// network, live is to the real one. The core cannot tell the two apart.
//
// # Who calls what
//
// [Listen] opens the socket, or one of each address family, so that the owner learns the addresses
// ([Node.Addr], [Node.Addrs]) before anything runs. The owner prepares its group, which must have
// exactly one core, and hands it to [Node.Run]. From then on the group belongs to Run: it starts
// the core, reads datagrams, keeps the core's deadline, and carries out what each turn put into
// the outbox, in order. Turns never overlap. Everyone else reaches the core through [Node.Do],
// which runs a function as a turn of its own, between the others. Run ends when its context does:
// the core gets its Stop turn, what that turn sent is sent, the core is dropped and the sockets
// closed. [Node.Close] is the crash: no Stop turn. [Node.Stats] may be read by anyone at any time.
//
// # Who owns which bytes
//
// Each socket has one receive buffer, and one outbox serves all turns; a datagram is valid during
// its turn only. Nothing is allocated for a datagram, received or sent.
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
// reader of its own, and both take the same lock for a turn.
//
// # What the network may do
//
// A datagram to a family without a socket, one that the system refuses to send (no route, a
// firewall, an earlier one that bounced), one that is longer than [MaxDatagram], and a read that
// fails are counted and forgotten, as a lost datagram would be. Run gives up only when reading
// from a socket fails a thousand times in a row.
package live
