package made

import (
	"time"

	"swarmlab/scenarios/findings"
)

// Ledger is what a small run of a ledger found.
func Ledger(seed uint64) *findings.Run {
	c := &findings.Claims{
		Credits: []findings.Credit{
			{Seed: seed, Group: "a", Rule: "rebase", Users: 9, Sessions: 20, Ended: 10, Abrupt: 7,
				True: 1100, Pending: 100, Credited: 900},
			{Seed: seed, Group: "a", Rule: "rebase", Cheats: true, Users: 1, Sessions: 2, Ended: 2,
				True: 100, Credited: 150},
			{Seed: seed, Group: "b", Rule: "rebase", Users: 9, Sessions: 20, Ended: 20, Abrupt: 4,
				True: 1000, Credited: 1000},
			{Seed: seed, Group: "a", Rule: "final_only", Users: 9, True: 1000, Credited: 300}},
		Audits: []findings.AuditPeriod{
			{Seed: seed, Period: 1, Length: 1e9, Users: 20, Cheats: 10, Caught: 6, Audits: 20,
				Fetched: 30, Reported: 20},
			{Seed: seed, Period: 2, Length: 1e9, Users: 20, Cheats: 10, Caught: 3, Accused: 1,
				Audits: 20, Fetched: 30, Reported: 20}}}
	for u, score := range []float64{5, 4, 3, 2, 1} { // the second cheat is behind an honest user
		c.Verdicts = append(c.Verdicts, findings.Verdict{Seed: seed, Method: findings.LeastSquares,
			Swarms: 40, User: uint32(u), Cheat: u == 0 || u == 2, Score: score, Accused: u < 2})
	}
	return &findings.Run{Seed: seed, Nodes: 20, Measured: time.Hour, Claims: c}
}
