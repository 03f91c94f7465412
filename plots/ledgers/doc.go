// Package ledgers has the figures of a tracker's ledger, which knows users by what they announce.
//
//	undercount    what the ledger misses, by the announce interval
//	detection     recall and precision of accusations, by the number of swarms observed
//	roc           accusations at every threshold
//	audits        how soon targeted audits catch a cheat
//
// Each figure is one function of the stored results and the look.
package ledgers
