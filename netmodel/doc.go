// Package netmodel answers, for a driver of simulated time, what the network does with a message:
// how long it takes, whether it is lost, who is let in to whom, how long it waits for a line, what
// goes wrong for a while; and when the nodes of a group come and go.
//
// # Who calls what
//
// Set-up code fills a [Config], usually from [Defaults] and a scenario, and calls [New] once per
// run. The simulator then calls [Network.Path] once per message, with a sequence number that the
// sender increments for each message it sends to anybody or to that target (either will do, as
// long as no pair of nodes uses one number twice). [Network.MinDelay] is a bound that no answer
// ever undercuts: a parallel engine may use it as its lookahead.
//
// A Network is immutable after New. Any number of readers may share it, and a [Matrix] may be
// shared between networks. What a run changes is apart from it: [Network.NewGates] and
// [Network.NewLines] give it the state of NATs and of lines, and [Network.Weather] the faults, each
// nil if it is off. For a datagram the simulator asks, in this order,
//
//	when it is sent      Gates.Out     the external port; the sender's NAT remembers the target
//	                     Lines.Up      when it has left the sender's line, or dropped
//	                     Network.Path  delay and loss
//	                     Weather.Alter what the faults change
//	when it arrives      Lines.Down    when it has passed the target's line, or dropped
//	after that           Gates.In      whether the target's NAT lets it in
//
// All state belongs to one node and changes only when that node sends or when something arrives at
// it, with times in order. So the order in which different nodes are run changes no answer.
//
// # What is random, and when
//
// Every answer of Path and Alter is a pure function of (seed, source, target, sequence number), the
// time for faults, and the configuration. Nothing is stored for a pair, and the number of nodes
// enters no answer: a larger network holds the smaller one unchanged. Placement, access delay, pair
// delay, jitter, loss, class, line and every fault are drawn from separate streams, so that two
// runs which differ in one of them agree in all others.
//
//   - The delay of a pair is drawn once and for ever; only jitter differs between messages. A
//     model that draws each message's delay anew would reorder nearly every stream of messages,
//     and would make "the fastest of several peers" a lottery instead of a property.
//   - Jitter is uniform from 0 to [Config.Jitter], added on top. It may reorder messages.
//   - Loss is independent of everything else, the same for all messages.
//
// # Choosing a model
//
//   - [Constant]: one delay everywhere; for tests and for comparison with analysis.
//   - [Uniform], [LogNormal]: independent symmetric pairs. Distances have no geometry:
//     whether a detour is shorter than the direct way is left to chance.
//   - [Regions]: a published table of round-trip times between ten data centres, plus an access
//     delay of each end.
//   - [Measured]: a matrix of measured round-trip times, from a file, see [LoadMatrix]. Of the
//     triples of PlanetLab's hosts 18 % violate the triangle inequality: a detour is shorter.
//   - [Coordinates]: a plane and heights, with the median and the mean of the King measurement. No
//     triple violates the inequality; of independent pairs with the default spread 44 % do.
//
// # Reachability
//
// [Reach] gives the shares of six classes, from open to firewalled; [Network.Class] tells a node's.
// In RFC 4787's terms mapping is endpoint-independent (with the port preserved, one host to a NAT)
// or address- and port-dependent; filtering is endpoint-independent, address-dependent, or address-
// and port-dependent; the node's own datagrams refresh a mapping, and those from outside do not.
// There is no hairpinning: nobody shares a NAT. A node behind a NAT has the IP of its number, and
// what sees a symmetric NAT's port sees one that works for nobody else.
//
// # Access lines
//
// [Links] gives shares of lines with a rate up and a rate down, and the longest wait in the queue
// of each; beyond it datagrams are dropped at the tail. A datagram occupies the line of its sender,
// and then that of its target, for its bytes and 28 of headers ([DatagramHeaders]); the headers of
// what is below IP are not counted. Also what is then refused or finds nobody has used the lines.
// With Poisson arrivals each direction is an M/D/1 queue, and is tested to be.
//
// Streams use the same lines ([Lines.Share], [Lines.Load], [Lines.Unload]), with 40 bytes of
// headers for each 1,460 ([StreamWire]). There is one line for the bytes of both, but two queues: a
// datagram waits for datagrams only, and what it takes is taken from the streams. Bytes of streams
// are not dropped, and pass through both lines at the same time.
//
// # Faults
//
// A [Fault] is one thing wrong from one moment to another: its kind, whom it concerns, how strong
// it is. What is wrong all the time is a fault without end. The list may be shortened or shuffled
// without changing what the others do, since the random numbers of each are named by its kind and
// its Draw. Bursts and slow spells come from a Markov chain for each pair, or each line, of which
// nothing is stored: time is cut into slots, and a hash says in which slots the state changes.
//
// Two kinds befall nodes and not datagrams. The simulator asks [Weather.Frozen] before a node does
// anything or gets anything ([Pause]). Who plans the lives of nodes asks [Weather.Fault] and
// [Weather.Concerns], and cuts the sessions short ([Crash]). What [Corrupt] does is [Damage], which
// the simulator does to its copy of the datagram.
//
// # Churn
//
// A [Span] is a law of lengths of time, read by [ParseSpan] from a text such as
// "weibull(0.59, 41.9m)". A [Churn] has one for sessions and one for the times offline between
// them; set-up code fills it, or takes a [ChurnPreset] and sets what the study leaves open, calls
// [Churn.Check] once, has [NewLives] make the tables, which runs may share, and asks [Lives.Of]
// for each node. [Life.Next] then tells the node's events one after the other, for as long as
// somebody asks: a driver keeps one event of each node in its queue and asks for the next when
// that one is due.
//
// The law empirical is that of a file: [LoadObserved] reads measured lengths, or quantiles, and
// [Span.Of] joins the two. Nothing is fitted: of n lengths each has the probability 1/n. Instead of
// laws a churn may have a [Replay] of a [Trace], which [LoadTrace] reads: then each node does what
// one node of the trace did, in its order, with all correlations of the measurement.
//
//   - A life is a pure function of (seed, node) and of the churn; the number of nodes enters
//     nowhere. Two arms of a comparison with one seed share their churn to the nanosecond.
//   - [Steady], the default, is the state of a group that has been going on for ever. A session
//     found under way is likely a long one: its age and its remaining time have the density
//     (1-F(x))/mean each, and not that of a new session. With a fresh start of all
//     ([Together]) the measured laws need days to forget it, some of them weeks.
//   - Nodes that are [Churn.AlwaysOn] never leave. They are a share of all nodes, and so a greater
//     one of those that are online.
//   - A [Rhythm] has more nodes come at some times than at others: by a wave, and in bursts that
//     all nodes share whose waves have one period. A time offline is a draw of its law, and passes
//     at the rate of the moment; the hazard to return is that of the law times the rate. Nothing is
//     stored for it. The share online then goes up and down with the wave, about the mean that
//     [Churn.Online] gives, and "steady" means that the first day is like all others.
//   - Nodes are independent but for that, and so are consecutive sessions of a node. Measured ones
//     are so in BitTorrent, but correlated in Gnutella and Kad, which only a trace has.
//
// Heavy tails are what makes these laws special: in the Red Hat swarm one session of a hundred has
// 31 % of all online time. Tables have cells of one relative width down to a tail probability of
// 2^-41, so that a quantile is right to 1e-4 of its probability there too. The weight of each cell
// in the mean is an exact integer, and the steady start draws from these weights: it is exactly
// the equilibrium of the lengths that will be drawn. Their mean is within 2e-6 of the formula for
// all published fits; a law that would be off by more than 1e-3 is refused.
//
// # Integers
//
// No floating-point number occurs in this package: fused multiply-add and per-architecture
// versions of exp and log would make runs differ between machines. Distributions are inverse
// cumulative functions, tabulated at set-up in fixed point ([Table]); probabilities are decimal
// fixed-point numbers ([Probability]).
package netmodel
