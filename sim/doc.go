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
// Config.Checkpoint the same is taken at the end of every simulated second, with a syndrome from
// which [FirstDifference] names the second in which two runs parted, and the node, if it was one.
// It names where the difference first showed, which for a datagram is its receiver.
//
// # Cost
//
// 160 bytes a node, 24 bytes an event, a block of 64-byte units a datagram in flight; no
// allocation once buffers have grown. A terrain adds 33 bytes a node for gates, 32 for lines and
// 16 for faults; a node behind a NAT has a table of 128 bytes for eight endpoints that it sent to
// within the timeout, of 256 for a dozen, of 512 for two dozen, and so on. Without floating point,
// clocks, goroutines and maps: runs are the same on every machine.
package sim
