// Package netmodel answers, for a driver of simulated time, what the network does with a message:
// how long it takes, and whether it is lost.
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
// # Integers
//
// No floating-point number occurs in this package: fused multiply-add and per-architecture
// versions of exp and log would make runs differ between machines. Distributions are inverse
// cumulative functions, tabulated at set-up in fixed point ([Table]); probabilities are decimal
// fixed-point numbers ([Probability]).
package netmodel
