package ledgers

import (
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
)

// period is what the audits at the end of a round came to.
type period struct {
	caught  int32 // cheats, for the first time
	accused int32 // honest users, for the first time
	audits  uint64
	bytes   uint64 // of the reports that auditors fetched
	reports uint64 // that users had made
}

const (
	// bookShare is by how much the reports of two ends may differ, in parts per million of the
	// greater: the clients of both may have vanished before they could tell the last.
	bookShare = 100_000
	// guiltyShare is with which share of its partners, in parts per million, a user disputes who
	// is guilty, and guiltyPartners how many there must be.
	guiltyShare, guiltyPartners = 500_000, 2
)

// audit has users look into each other's books of the round.
func (w *World) audit() {
	if w.scenario.Ledger.Rounds.Audits == 0 {
		return
	}
	book := audit.NewCrossBook(audit.BookConfig{PairsMax: uint32(len(w.users)),
		Pace: audit.Pace{Burst: 1 << 60}})
	p := period{}
	for _, g := range w.swarms {
		p.reports += w.report(book, g)
	}
	e := audit.Examination{Standings: book.Standings(0, bookShare), Partners: guiltyPartners,
		Share: guiltyShare}
	now, before := uint32(w.round), w.audits.Bytes
	made := w.audits.Counted
	r := protocol.NewRand(w.seed, purposeAudits, uint64(w.round))
	w.audits.Period(&r, func(_, target audit.User) (bool, uint64) { return e.Judge(target) })
	p.bytes, p.audits = w.audits.Bytes-before, w.audits.Counted-made
	for u := range w.users {
		switch {
		case w.audits.Caught(audit.User(u)) != now:
		case w.cheats[u]:
			p.caught++
		default:
			p.accused++
		}
	}
	w.periods = append(w.periods, p)
}

// report has the users of a swarm report about each other what they last told the tracker, a cheat
// more than there was, and returns how many reports there are.
func (w *World) report(book *audit.CrossBook, g group) (count uint64) {
	swarm := w.sessions[g.first : g.first+g.size]
	hash := infoHash(w.seed, g.torrent)
	at := protocol.Time(w.round) * protocol.Time(w.scenario.Ledger.Rounds.Length)
	others := uint64(g.size - 1)
	for n := range swarm {
		s := &swarm[n]
		told, ok := w.ledgers[0].Account(hash, s.peerID)
		if !ok {
			continue // the tracker never heard of it
		}
		r := audit.Report{InfoHash: hash, Epoch: 1, Number: 1,
			Sent: told.Reported.Uploaded / others}
		for m := range swarm {
			if m == n {
				continue
			}
			of := &swarm[m]
			r.Received = part(of.up/others, told.Reported.Downloaded, max(s.down, 1))
			if f := book.Enter(at, audit.User(s.user), audit.User(of.user), &r); f != audit.OK {
				panic("ledgers: a report is refused: " + f.String())
			}
			count++
		}
	}
	return count
}
