// Package audits is who looks at a simulated swarm: the auditors of package audit with what each of
// them legitimately sees, and what they conclude, beside the truth of those who do not ask them.
//
// The owner is a world of swarms. It makes [Books] of a [Config], which says whose account a peer
// id or a key is; lets the tracker tell [Books.Announced]; and calls [Books.Window] at the end of
// each window of time, at which the auditors judge. [Observers] are told by the cores of peers that
// observe. At the end [Books.Report] makes rows of what all have found: only there the truth about
// each user stands beside it, and [Books.Check] holds what was found against what must be so, in
// any run.
//
// What the auditors make of it: M1 is the ledger. M2 and M3 are the sheet of claims, which M3
// solves again at each window. M4 judges a round of groups in each window. M5 holds rules against
// each claim, exactly as they are published; M5x2 is the same rules broken twice, which accuses
// fewer who are honest. M6 is the observers, of whom the one that saw most of a peer's gains is
// believed, and M1 against M6 the contrast of both. M10 is audits of books by users, and challenges
// of peers by observers. All judge by the same few thresholds, which are the constants of
// verdict.go and probes.go.
package audits
