// Package protocol is the seam between a protocol and the world that drives it.
//
// A protocol core is a value. It never blocks, starts a goroutine, reads a clock, opens a socket
// or draws global randomness; it is called by its driver, package sim or package live, for one
// turn at a time: something arrived, or the clock reached the one deadline that the core asked
// for. The core changes its own state, records its effects in the turn's [Outbox], and returns.
// The driver then carries the effects out, in order.
//
// # Who calls what
//
// The driver calls [Group.Start] once for a core before anything else, then [Datagrams.Datagram]
// and [Group.Wake] in the order of time, and at the end either [Group.Stop] (a graceful leave:
// the core may still send) or, for a crash, nothing; [Group.Drop] follows in both cases and takes
// the core's memory back. A dropped core may be started again: it is then a new incarnation.
//
// Calls to the cores of one group are never concurrent.
//
// A group that is also [Streams] holds connections. A core dials with [Outbox.Dial], or is asked
// with Accept; it writes with [Outbox.Write], and closes with [Outbox.Close]. Of a turn's effects
// the datagrams are carried out first, in order, and then those on connections, in order.
//
// # Who owns which bytes
//
// The bytes handed to Datagram belong to the driver and are valid during the call only. The bytes
// handed to [Outbox.SendTo] are copied before it returns; so it is with Data and [Outbox.Write]. A
// [Turn] and everything in it is valid until the call returns.
//
// # Time
//
// Now is constant during a turn. A core has one deadline, set by [Outbox.WakeAt]; it keeps its own
// small table of purposes and answers with the earliest. A wake-up may come late, early or
// without need and must then be harmless.
package protocol
