// Package swarms makes the worlds of scenarios with torrents: peers that are whole clients, each a
// swarm core with a client of the tracker and, where they are to find each other by it, a DHT node
// behind one address; and the tracker, which is the last node.
//
// [New] makes the world of one run from a scenario and a seed. Its owner hands [World.Cores],
// [World.Network] and the World itself, as the actor, to a sim.World, says [World.Schedule], and
// then runs it a second at a time with [World.Tick] after each, until [World.Ended]. [World.Report]
// writes what was found into a run.
//
// A peer comes once, and takes part in one torrent, or in several of a catalogue, each begun after
// the other; its parts have rows of their own. Only whitewashers come again, as somebody else for
// each torrent. When, and with which pieces, is drawn before the run from the seed and the
// node's number alone, so that two cells that differ in a setting share all that; what follows its
// completion (how long it lingers) is drawn from streams of the same kind. A peer that comes as a
// seed is none of the leechers, whatever it does.
//
// Of transfers the rows have the network's truth; what peers counted stands beside it. Both are
// kept when a peer leaves, for then its core forgets everything.
//
// With an audit there are accounts: each peer has one, or shares it, or has one for each torrent.
// Package audits is told what trackers, observers and the office can know; the last node is then
// the office, and if there is one, all peers take their leave shortly before the end. Every such
// run holds what was found against the network's two books, which agree; it fails if they do not.
package swarms
