package ledgers

import (
	"swarmlab/protocol/audit"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

// Report writes what was found into a run, after its end.
func (w *World) Report(run *findings.Run) error {
	c := &findings.Claims{Credits: w.credits()}
	var err error
	if c.Verdicts, err = w.verdicts(); err != nil {
		return err
	}
	c.Audits = w.auditRows()
	for n := range c.Credits {
		c.Credits[n].Cell = int32(run.Cell)
	}
	for n := range c.Verdicts {
		c.Verdicts[n].Cell = int32(run.Cell)
	}
	for n := range c.Audits {
		c.Audits[n].Cell = int32(run.Cell)
	}
	run.Claims = c
	return nil
}

// credits holds each ledger against the truth, by group, honest users and cheats apart.
func (w *World) credits() (rows []findings.Credit) {
	of := w.groupOf()
	for n, ledger := range w.ledgers {
		rule, first := tracker.Rule(n), len(rows)
		for i := range w.scenario.Groups {
			for _, cheats := range []bool{false, true} {
				rows = append(rows, findings.Credit{Seed: w.seed,
					Group: w.scenario.Groups[i].Name, Rule: rule.String(), Cheats: cheats,
					Interval: int64(w.scenario.Ledger.Interval)})
			}
		}
		for n := range w.sessions {
			s := &w.sessions[n]
			at := first + 2*of[s.user]
			if w.cheats[s.user] {
				at++
			}
			w.credit(&rows[at], s, rule, ledger)
		}
		for u := range w.users {
			at := first + 2*of[u]
			if w.cheats[u] {
				at++
			}
			rows[at].Users++
		}
	}
	kept := rows[:0]
	for _, row := range rows {
		if row.Users > 0 {
			kept = append(kept, row)
		}
	}
	return kept
}

// credit adds what a ledger says of a session.
func (w *World) credit(row *findings.Credit, s *session, rule tracker.Rule, l *tracker.Ledger) {
	row.Sessions++
	up, _ := s.totals(w.end)
	row.True += up
	account, known := l.Account(infoHash(w.seed, s.torrent), s.peerID)
	row.Credited += account.Credited.Uploaded
	row.Announces += account.Announces
	switch {
	case s.to.Add(scenarios.Settle) > w.end && rule == tracker.FinalOnly && !account.Stopped,
		s.to.Add(scenarios.Settle) > w.end && !known:
		row.Pending += up
	case s.to.Add(scenarios.Settle) > w.end:
		// A cheat's claims are of no help to know what it has not yet told.
		row.Pending += up - min(up, account.Reported.Uploaded)
	default:
		row.Ended++
		if !s.graceful {
			row.Abrupt++
		}
	}
}

// groupOf returns the groups of users.
func (w *World) groupOf() []int {
	var of []int
	for i := range w.scenario.Groups {
		for range w.scenario.Groups[i].Size {
			of = append(of, i)
		}
	}
	return of
}

// auditRows are those of M10.
func (w *World) auditRows() (rows []findings.AuditPeriod) {
	cheats := int32(0)
	for _, cheat := range w.cheats {
		if cheat {
			cheats++
		}
	}
	for n, p := range w.periods {
		rows = append(rows, findings.AuditPeriod{Seed: w.seed, Period: int32(n + 1),
			Users: int32(len(w.users)), Cheats: cheats, Caught: p.caught, Accused: p.accused,
			Audits: p.audits, Fetched: p.bytes, Reports: p.reports,
			Reported: p.reports * audit.ReportSize,
			Length:   int64(w.scenario.Ledger.Rounds.Length)})
	}
	return rows
}
