// Package live drives a protocol core on a real UDP socket: what package sim is to a simulated
// network, live is to the real one. The core cannot tell the two apart.
//
// # Who calls what
//
// [Listen] opens the socket, so that the owner learns the address ([Node.Addr]) before anything
// runs. The owner prepares its group, which must have exactly one core, and hands it to
// [Node.Run]. From then on the group belongs to the goroutine inside Run: it starts the core,
// reads datagrams, keeps the core's deadline, and carries out what each turn put into the outbox,
// in order. Everyone else reaches the core through [Node.Do], which runs a function as a turn of
// its own, between the others. Run ends when its context does: the core gets its Stop turn, what
// that turn sent is sent, the core is dropped and the socket closed. [Node.Close] is the crash: no
// Stop turn. [Node.Stats] may be read by anyone at any time.
//
// # Who owns which bytes
//
// One receive buffer and one outbox serve all turns; a datagram is valid during its turn only.
// Nothing is allocated for a datagram, received or sent.
//
// # Time and chance
//
// Now counts from the start of Run on the monotonic clock, so that a changed wall clock changes
// nothing. A deadline that has passed already is kept after a millisecond, in which the socket is
// read: a core that asks for too much cannot make itself deaf. The random stream is seeded by the
// operating system, anew for each Node.
//
// # What the network may do
//
// A socket has one address family. A datagram to the other one, one that the system refuses to
// send (no route, a firewall, an earlier one that bounced), one that is longer than [MaxDatagram],
// and a read that fails are counted and forgotten, as a lost datagram would be. Run gives up only
// when reading fails a thousand times in a row.
package live
