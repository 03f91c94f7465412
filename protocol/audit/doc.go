// Package audit holds the methods that say who transferred what in BitTorrent swarms: from what
// clients claim, from what can be seen, and from what peers state about each other. Each works on
// what its auditor can legitimately see; none knows the network's own ledger, against which their
// errors are measured elsewhere.
//
//	claims.go    M1: a tracker's announces become claims, by the rules of real ledgers
//	balance.go   M1: sums by user; M2: balance of swarms; the material of M3
//	pairing.go   M4: controlled peer lists
//	rules.go     M5: plausibility; clients.go known programs
//	watch.go     M6: who gains which pieces; estimate.go bounds, and whence they may have come
//	contrast.go  M1 against M6
//	report.go    M7: what both ends report, signed; cross.go their book
//	receipt.go   M8: signed receipts between two peers; bank.go where they are deposited
//	office.go    M7 and M8: where statements are delivered by UDP
//	flow.go      M9: how much can have reached those who are trusted
//	audits.go    M10: random audits of books; probes.go challenges of peers
//	signed.go    keys, epochs and the pace of counters; shelf.go the room that books have
//	fault.go     what is not believed, and why
//
// M3, attribution by least squares, is in package scenarios/accuracy with the measures of error: it
// is linear algebra, which needs floats, which this package must not have, since what it computes
// may be part of a run and must be the same on all machines.
//
// # Who calls what
//
// The owner is a tracker, an observer, a peer or a simulation. It numbers users from 0 and says who
// a peer id or a key belongs to. A [Desk] hears a tracker's announces, as its observer, and calls
// the owner for each [Claim], who hands it to a [Sheet], [Rules] or a [Pairing]. A [Watch] is told
// of bitfields and haves; its users are the peers of one torrent. Peers hold an [Issuer] or a
// [Collector] for each connection, and bring the proofs to a [Bank]; or they report to a
// [CrossBook]; an [Office] is both, for those who come by UDP. Everything may be called in any
// order of users, but in the order of time.
//
// # The methods
//
// M1, self-report ([Desk], [SelfReport]). Sees announces. Assumes that clients tell the truth.
// Loses what was transferred before the first and after the last announce, and what the rule takes
// for a restart; under churn that is what oracle.Weibull.Undercount says. Anybody who lies defeats
// it, A1, A2, A3, A5, A6, A7, A13, and it does not know who does not announce, A4.
//
// M2, balance ([Sheet]). Sees M1, by torrent and time. Assumes that what one uploads another one
// downloads and announces. It says that something is wrong, and not who. A symmetric pair or ring
// that invents downloads with the uploads defeats it, A6 and A7; ghosts, A4, hide as much as they
// download; who adds less than honest noise, A13, is not seen.
//
// M3, attribution (accuracy.Attribute). Sees M2's windows with each user's part. Assumes that a
// user invents a constant fraction of what it reports, and that users meet in changing company in
// at least twice as many windows as there are users. Who is in all swarms at all times, as seeds
// are, does not change company: windows tell such users apart badly however many there are, which
// the standard errors of the fractions say. Constant rates, A2, fit badly; rings are not seen;
// ghosts shift blame to those who served them.
//
// M4, controlled peer lists ([Pairing]). Sees claims in groups that the tracker has made. Assumes
// that peers know only those whom the tracker names: DHT, peer exchange and local discovery defeat
// it, and make groups leak. An honest partner of a cheat is suspected for that round. A cheat is
// missed in rounds in which others of its group are faster. Pairs that collude are found only when
// they are dealt apart, and then only if they go on; and of a pair of whom each invents both sides
// alike, as A6 does in package client, nothing is seen in any group.
//
// M5, rules ([Rules]). Sees one claim at a time. Finds what nobody can upload: too fast, to nobody,
// by no known program. Assumes that leechers announce themselves: who serves a ghost in a swarm
// without others is accused by R2. So are many who are honest, where swarms are small: R2 holds a
// claim against who is there when it is announced, but it was earned since the announce before, and
// whoever got it has often completed or left meanwhile. To ask for two such claims in a row, of
// which the second was earned when nobody was there, departs from what is published; it is for the
// owner. All but A3 know how to stay below.
//
// M6, passive observation ([Watch]). Sees bitfields and haves of the peers that it reaches. Assumes
// that they are true. The estimate is what pieces were gained while it looked; the error is one
// piece for each that may be begun at a time, and head and tail that were not observed. Bytes
// received in vain are not in it. It does not see who uploaded: the even split among those who had
// the piece is a guess, whose width is [Sources.Gap]. Fake haves and bitfields, A10, defeat it, as
// far as they outrun the peer's download: of a piece that it comes to have the fake have was early,
// and in the sum that is true;
// super-seeds that show what they have piece by piece look like leechers; haves that are suppressed
// hide downloads until the peer comes back with another bitfield; who cannot be reached is not
// seen. Clients send haves right after their bitfields, of pieces that they had before: those of
// lazy bitfields, and, as Transmission 3.00 does, those that were waiting. Within
// [WatchConfig].Settle they are part of what the peer had. Transmission and aria2 keep haves back
// for up to ten seconds, which lengthens the tail.
//
// M1 against M6 ([Contrast]). Flags who claims less downloaded than it was seen to get, or more
// uploaded than all others can have got, which is A3 at once, and others when they overdo it.
//
// M7, cross-reports ([CrossBook]). Sees signed reports of both ends. Assumes that the two ends do
// not collude. The least of both is credited, so that a lone liar gains nothing; who does not
// report, A4, or less, A5 and A8, takes from its partner. Who disputes with many is suspected: k
// that collude can frame one, A9, if they are most of its partners, among whom one who meets it in
// several torrents counts as often. A6 and A7 are credited whatever they agree on, at no more than
// the pace that is believed.
//
// M8, receipts ([Issuer], [Collector], [Bank]). Sees totals signed by receivers. Nobody can frame
// another one, nor claim what nobody acknowledges. What is not acknowledged is lost to the sender,
// at most the window and what is under way if it then stops. If receivers sign for the rest when
// they want nothing more, as package client's do, that is who goes while it serves. Who withholds,
// A8, gains up to that from everybody whom it meets; those who collude sign for each other what
// they like.
//
// M9, flow bound ([Graph]). Sees receipts or reports of all, and trusts some users, the anchors.
// What anybody is credited cannot exceed what can have reached the anchors, directly or on the way
// of others' flows; for a group that invents flows among itself the bound is what it really gave to
// others. It takes from the honest who serve those that give nothing on: seeds lose what anchors
// and their sources did not receive, so that it takes many anchors where few peers give most. Each
// of a ring gets the bound of the whole ring; ask for them together. The bound is the maximal flow
// over ways of any length to all anchors together. BarterCast's is subjective: the flow to one
// observer, over ways of two steps, less the flow back, which is [Graph.Standing].
//
// M10, audits ([Audits], [Probes]). An audit fetches the books about one user, a challenge a block.
// Buys a probability per period: oracle.Escape says with which a user is not audited. Needs
// somebody honest among the partners, and an anchor against rings. Challenges find who invents
// pieces, not who invents bytes, and only peers that unchoke the auditor: a reject or silence of
// one that does speaks against it, and to be choked proves nothing. They cost a block each, and a
// place among those who are unchoked.
//
// # Bad input
//
// Whatever comes from others is taken or refused for a [Fault], which is counted in the Counts of
// whoever got it, and then changes no account; a [Watch] also keeps of a piece in which it does not
// believe that it was announced. Sums of numbers that others choose stop at the greatest number.
// Nobody can use up the room of others, for room is given by user, except in a Watch, whose peers
// are connections; nor change what is credited to users of whom he says nothing, except that fake
// haves change the guess whence pieces came. In a pair's statements ([Issuer], [Report]) numbers
// rise within an epoch, so that what is replayed or overtaken is [Stale]; totals begin at 0 in a
// new epoch, which a client that has lost its memory begins, and which costs only itself.
//
// Two things are not kept out. Announces are not signed: in whose name one announces is for
// [DeskConfig].Owner to find out, and a tracker.Ledger goes by peer ids alone, under which anybody
// can speak for anybody who has shown his, as with public trackers. And a receiver can itself
// present a receipt of a later epoch, or with a greater number, for less than it has got: those
// that the sender holds are then stale. It takes back nothing that was credited; the sender loses
// what it has not yet presented, which is why proofs are to be presented often.
//
// # Departures from the sources
//
//   - R1 takes at least a second for the time between announces, and leaves first ones alone.
//   - R3's list of programs is that of BEP 20, and this program's own code.
//   - Audits are drawn by every user for itself, from all others.
//
// # Memory
//
// Maps and slices that grow with users, peers, pairs and windows, up to the bounds of the
// configurations. Peers that are watched cost two bits a piece.
package audit
