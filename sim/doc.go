// Package sim runs protocol cores in virtual time: a discrete-event simulator that calls every
// core, carries its datagrams over a modelled network, keeps the true books, and proves with a
// fingerprint what it did. It does not know any protocol.
//
// # Who calls what
//
// [New] makes a [World] of groups of cores ([protocol.Datagrams]) and a [Network]; every node is
// down and the time is 0. The scenario then says what is to happen, with [World.StartAt],
// [World.StopAt], [World.CrashAt] and [World.ActAt], and [World.Run] lets it happen up to a time;
// both may be repeated. In a turn the world calls the core, or for actions the [Actor], with a
// [protocol.Turn]; when the call returns it carries out the effects in the outbox, in order.
// Afterwards [World.Ledger], [World.Account], [World.Tally] and [World.Fingerprint] tell the truth.
//
// A node's number in the world is Turn.Self and what an Actor gets; a group's methods get the
// index within the group. Groups follow each other: the first has the numbers from 0.
//
// A world belongs to one goroutine. While it runs, a core or an Actor may schedule only for the
// node whose turn it is and only later; the hook of [Config] may schedule for all. What Alive,
// Account and the like say of other nodes is for observers and must not flow into a protocol.
//
// # Who owns which bytes
//
// A datagram's bytes are copied from the outbox into the world's pool when the turn ends, and
// handed to the target from there: they are valid during the call only. The world keeps no
// pointer to anything a core owns.
//
// # The order of events
//
// Events are ordered by time, target, source, and a number that the source gives: in one place,
// for it is semantics. Sources are nodes (datagrams), then the clock (wake-ups), then the
// scenario. So what arrives together with a deadline has arrived in time, and who stops or starts
// at some moment does so after what reaches it at that moment.
//
// Nothing depends on the order in which events were created. There is no number that two nodes
// share, and the network answers from (source, target, number) alone. Nodes could therefore run
// on their own for as long as the shortest delay, many at a time, and the fingerprint would be
// the same; a test does so, one shard after the other.
//
// # Life and death
//
// Liveness is decided when a datagram arrives. A node that is down receives nothing. A started
// node is a new incarnation with a random stream of its own, and does not receive what was sent
// before it was started: that datagram is late. A stopped node has one last turn, in which it may
// send; a crashed one has none; both are then dropped. Starting a node that is up, and stopping,
// crashing or acting on one that is down, is skipped and counted.
//
// # Wake-ups
//
// A core is woken exactly at its deadline. A deadline that is not ahead comes one nanosecond
// later. Nothing is ever removed from the queue: a wake-up that finds no deadline due is ignored,
// does not reach the core and leaves no mark in the fingerprint. Of each node's wake-ups at most
// two are remembered.
//
// # Moves
//
// [World.Move] gives a node that is down another address. Each datagram carries where it was sent
// from and to; at delivery the target is asked whether it is still there, before its NAT and before
// liveness, and what is not delivered for that counts as unroutable. [World.AddrOf] and
// [World.HostOf] know where nodes are now, the functions of these names where they began. It takes
// a byte a node, in worlds that are told of it by Config.Moves, and nothing in others.
//
// # Terrain
//
// A [Network] that is a [Terrain] may have NATs and firewalls, access lines with queues, and
// faults at given times; netmodel says what they do. What is off costs nothing; if all is, the
// world does not know of it. On a terrain a datagram has two ports, of which a symmetric NAT
// changes the first: the target sees an address of which [HostOf] knows the node, and [NodeOf]
// does not, for it is not the one that all others know the node by. With lines a datagram is two
// events: it arrives at its target's line, and is delivered when the line is done with it.
//
// Whether a NAT lets a datagram in is decided at delivery, before liveness: a NAT outlives its
// host, and refuses for it. A copy that the network makes of a datagram has its number with the
// highest bit set. [World.FaultHits] counts, for each fault, the datagrams that it did something
// to.
//
// A pause freezes nodes that are up when it begins. Meanwhile what arrives is lost; wake-ups and
// actions are put off to its end, in their order; a stop is a crash, for the node has no last turn;
// and for observers it is not alive. A node that is started meanwhile is not frozen.
//
// # Streams
//
// Cores of a group that is [protocol.Streams], beside [protocol.Datagrams], have connections. The
// numbers that they give them index a table, and are below 65,536. To write on a number that is not
// in use, or to close it, is a broken invariant. In a turn the datagrams go out first; all that the
// core wrote on one connection then goes out together.
//
// Dialing takes a round trip. It is tried again after 3 s and 9 s, and fails as Unreachable after
// 21 s where nobody answers: the node is down or frozen, is at another address, cut off, or behind
// a NAT or firewall that others cannot dial into (netmodel's Gates.Listens). A node that is up and
// has nobody on that port, or whose group has no Streams, refuses. The acceptor sees the dialer's
// host, with another port for each connection: not one that others could dial.
//
// The unit is the segment: what waits on a connection, up to 17 KiB, but whole bodies, so at least
// a block with its header. It occupies the sender's line (with 40 bytes of headers for each 1,460),
// is on its way as a datagram would be, occupies the target's line as it comes, and is acknowledged
// when it has passed, or, if it is short, when there is a packet of that (after RFC 5681, 4.2);
// acknowledgements and what sets up a connection take no time on lines. Usually it is three events:
// the line is free, the segment arrives, it is acknowledged; or one, for a short one, of which the
// line takes a packet's worth at a time. Sent comes when the line is free, but what is shorter
// than a packet, without a body, is told with what follows it. Connections share the line by
// deficit round robin, with those first that have little to send (RFC 8290). There is a window,
// from ten packets to 1 MiB; it is halved when a segment met a queue as long as one in which
// datagrams are dropped, or had to be sent again.
//
// Segments arrive in order. What the network loses, or damages, is sent again after 200 ms and a
// round trip, then twice as long, and so on for 100 s; what comes later waits for it. The engine
// asks the network for all of these at once, so that they cost no events. The loss of a network
// counts once for a segment, not for each of its packets; the books know no second sending. If
// nothing gets through for 100 s, the connection is Reset. What comes to a frozen node comes when
// it thaws, if that is within 100 s; else the connection is lost to both.
//
// A crash resets all connections: the others hear of it after the way. One that sends to a node
// that was restarted is reset, and to one that is down, after 100 s. A stop ends those on which all
// was given to the line, in good order, and resets the others.
//
// Bodies are carried by reference, or with Config.FullBytes as bytes that Config.Contents makes
// when they go to the line. Data is called at the same times with the same lengths, once for each
// body with all that was written before it; the fingerprint has the reference of the body in both
// cases.
//
// [World.Transfers] is the truth: for each ordered pair and content the payload bytes sent (given
// to the line), delivered (handed to the core), lost, and in flight, and the same for all else that
// was written ([Overhead]). [World.Audit] checks every row. [World.Traffic] has sums by node and
// [World.StreamTally] counts connections. None of it is in the books of datagrams.
//
// # Books
//
// The network writes an [Account] for every node. Sent + copied = delivered + lost + undelivered +
// filtered + dropped + in flight holds at any time, for datagrams and for bytes, and [World.Audit]
// checks it against a walk of the queue: for every node, and in the sums. Bytes are those of
// payloads; headers take time on a line and are not in the books.
//
// # Fingerprints and checkpoints
//
// Each node has three hashes: of its events, of the bytes it received, of its outcomes
// ([World.Outcome]). Folded in the order of the nodes they are the [Fingerprint]. With
// Config.Checkpoint the same is taken at the end of every simulated second, or of every
// Config.Stride of them, with a syndrome from which [FirstDifference] names the second in which two
// runs parted, and the node, if it was one. It names where the difference first showed, which for a
// datagram is its receiver.
//
// # Cost
//
// 160 bytes a node, 24 bytes an event, a block of 64-byte units a datagram in flight; no
// allocation once buffers have grown. A terrain adds 33 bytes a node for gates, 32 for lines and
// 16 for faults; a node behind a NAT has a table of 128 bytes for eight endpoints that it sent to
// within the timeout, of 256 for a dozen, of 512 for two dozen, and so on. Streams add 104 bytes a
// node, 128 and 4 for each end of a connection, 40 a packet under way, and 64 for each write that
// waits or is under way, with a block of 64-byte units if it has more than 32 bytes besides a body;
// the ledger has 48 bytes, and about as many to find them, for each ordered pair that has
// transferred something. From 2,048 ends on, cores that are a [protocol.StreamForeseer] are asked
// to read beforehand what the next events need. Without floating point, clocks, goroutines and
// maps: runs are the same on every machine.
package sim
