// Package netmodel answers, for a driver of simulated time, what the network does with a message:
// how long it takes, and whether it is lost; and when the nodes of a group come and go.
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
// shared between networks.
//
// # What is random, and when
//
// Every answer is a pure function of (seed, source, target, sequence number) and of the
// configuration. Nothing is stored for a pair or for a node, and the number of nodes enters no
// answer: a larger network holds the smaller one unchanged. Placement, access delay, pair delay,
// jitter and loss are drawn from separate streams, so that two runs which differ in one of them
// agree in all others.
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
//   - [Measured]: a matrix of measured round-trip times, from a file, see [LoadMatrix].
//
// # Churn
//
// A [Span] is a law of lengths of time, read by [ParseSpan] from a text such as
// "weibull(0.59, 41.9m)". A [Churn] has one for sessions and one for the times offline between
// them; set-up code fills it, or takes a [ChurnPreset] and sets what the study leaves open, calls
// [Churn.Check] once, has [NewLives] make the tables, which runs may share, and asks [Lives.Of]
// for each node. [Life.Next] then tells the node's events
// one after the other, for as long as somebody asks: a driver keeps one event of each node in its
// queue and asks for the next when that one is due.
//
//   - A life is a pure function of (seed, node) and of the churn; the number of nodes enters
//     nowhere. Two arms of a comparison with one seed share their churn to the nanosecond.
//   - [Steady], the default, is the state of a group that has been going on for ever. A session
//     found under way is likely a long one: its age and its remaining time have the density
//     (1-F(x))/mean each, and not that of a new session. With a fresh start of all
//     ([Together]) the measured laws need days to forget it, some of them weeks.
//   - Nodes are independent, and so are consecutive sessions of a node. Measured ones are so in
//     BitTorrent, but correlated in Gnutella and Kad, which nothing here models. Nor does the
//     rate of arrivals follow the hour of the day, or come in bursts.
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
