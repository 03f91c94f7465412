// Package oracle holds the analytic models that the simulator is held against. Nothing in it
// runs a protocol, and nothing but a comparison depends on it. It is for reporting: it computes in
// floating point, and results may differ between architectures in the last digits.
//
// There are three independent oracles for a lookup in a Kademlia network.
//
//   - [Model] computes the distribution of the number of hops from equations.
//   - [BitsPerHop] gives the slope of the mean number of hops over the logarithm of the size.
//   - [Overlay] with [Search] follows lookups through a whole network with ideal tables, node by
//     node. It also counts the rounds and messages until a lookup may stop.
//
// And there are three of a BitTorrent swarm: [Fluid], the model of Qiu and Srikant, of swarms in
// which peers come and go; [Crowd], the least time in which a crowd that came at once can have a
// file; and [InPieces], the same of a file that is passed on in pieces.
//
// Use: fill in a Model and call [Model.CDF] and [Mean]; or draw an Overlay once, and [Search.Run]
// many lookups in it. Take several overlays with different seeds: lookups in one network are not
// quite independent.
//
// # What a hop is
//
// H_contact of the literature: the length of the path from the initiator to the target, 1 if the
// initiator had the target in its table. With synchronous rounds it is one more than the number
// of rounds of queries after which the target was seen.
//
// # Assumptions
//
// n nodes with uniform identities; tables that are full and fresh, each bucket a uniform sample of
// the nodes that belong there; no loss; rounds of alpha queries, each answered with the beta
// closest contacts. Staleness is the one failure that is modelled.
//
// # The hop-count model
//
// Roos, Salah, Strufe, "Comprehending Kademlia Routing" (arXiv 1307.7000, 2013) and "Determining
// the Hop Count in Kademlia-type Systems" (ICCCN 2015). With the bit distance
// d(x,t) = b - (leading bits that x and t share):
//
//  1. Few nodes are closer to the target than log2(n) bits can tell, so b = 160 is replaced by
//     the smallest b' with P[Bin(n, 2^-(b'+1) - 2^-161) > k] <= epsilon, k being the smallest
//     bucket. The results hardly depend on epsilon below 0.1.
//  2. The initiator is at distance d with probability 2^-(b'-d+1), and at 0 with the rest.
//  3. At distance d a node uses its bucket of depth b'-d, with k_d entries, which resolves l more
//     bits: 1, or in eMule Kad 4 at d = b', then 3 (75 %) or 4 (25 %), and d for d <= 3.
//  4. That bucket holds the target with probability s(d) = E[min(1, k_d/(m+1))] for
//     m ~ Bin(n-2, 2^-(l+b'-d)) others that could be in it; s(0) = 1.
//  5. An entry of the bucket is at distance x or less with probability 2^-(d-l-x), independent of
//     the others. An answer is the best beta of k_d entries.
//  6. The first round is the best alpha of the initiator's bucket. A round x1 <= ... <= xa fails
//     with probability prod (1 - s(xi)), and the next is then the best alpha of all answers,
//     which are taken to be distinct.
//  7. P[H <= 1] = sum I(d) s(d), and P[H <= i] follows by running the chain.
//
// Step 6 is the authors' upper variant. Their lower variant discounts contacts that several
// answers have in common; it is left out, because the upper one already agrees with their
// published code to 0.001 in the CDF for alpha 3, beta 2, and to the sampling error with whole
// networks. Two things the model does not know: entries are drawn without replacement, and the
// contacts that were already seen are not in the smaller regions searched later. For
// alpha = beta = 1 it is pessimistic: its mean exceeds that of whole networks by 0.01 to 0.02
// hops.
//
// With a stale share f a queried node is silent with probability f, so that it hands out the
// target with probability (1-f)s(x) only. The places that silent nodes leave empty in the next
// round are taken by contacts as far away as the farthest of the last round, as in the authors'
// failure model. Theirs draws the answers of a failed round regardless of why it failed; here a
// node that failed because it is silent gives none.
//
// # The computation
//
// A state is a sorted vector of alpha distances. Of one answer only the best min(alpha, beta)
// matter; they are enumerated level by level, and the answers of a round are merged pairwise,
// with the merge of the first nodes of a state shared between all states that begin so. A round
// with a contact at distance 0 always succeeds and is one single state. Up to alpha = 3 nothing
// is left out. Larger rounds are sampled, with the protocol's own random streams.
//
// # Bits per hop
//
// Stutzbach, Rejaie, "Improving Lookup Performance over a Widely-Deployed DHT" (INFOCOM 2006):
// a hop gains D = E[l] + m(k) bits with m(k) = sum over j >= 1 of 1 - (1 - 2^-j)^k, so that the
// mean number of hops of a single path grows by log2(10)/D for each factor of ten in n.
package oracle
