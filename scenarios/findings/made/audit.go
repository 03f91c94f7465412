package made

import "swarmlab/scenarios/findings"

// Audit is a small audit: five users, of whom the last two multiply what they gave. The tracker
// believes them and accuses one of them late; the rules of M5 know no bytes and accuse an honest
// user; an observer sees the downloads of three, to a piece of 100 bytes, and the first users of
// all have nothing to observe.
func Audit() *findings.Audit {
	const minute = 60 * second
	a := &findings.Audit{Interval: 30 * minute}
	up := []uint64{0, 1000, 2000, 1000, 400}
	down := []uint64{1500, 1000, 500, 800, 600}
	for u := range up {
		row := findings.Account{Cell: 7, Seed: 1, User: uint32(u), Group: "nodes",
			Cheat: findings.Honest, Up: up[u], Down: down[u], WireUp: up[u] * 5 / 4,
			WireDown: down[u] * 5 / 4,
			Verified: down[u] - 100, Began: -1, AccusedAt: -1}
		if u > 2 {
			row.Cheat, row.Began = "multiplier", 10*minute
		}
		claim, rules, seen := row, row, row
		claim.Method, claim.UpSeen, claim.DownSeen = "M1", true, true
		claim.UpEstimate, claim.DownEstimate = float64(up[u]), float64(down[u])
		if u > 2 {
			claim.UpEstimate *= 1.5
		}
		claim.UpLow, claim.UpHigh = claim.UpEstimate, claim.UpEstimate
		claim.DownLow, claim.DownHigh = claim.DownEstimate, claim.DownEstimate
		claim.Score, claim.Scored = claim.UpEstimate, true
		if u == 3 {
			claim.Accused, claim.AccusedAt = true, 70*minute
		}
		rules.Method = "M5"
		if u == 1 {
			rules.Accused, rules.AccusedAt = true, minute
		}
		seen.Method = "M6"
		if u < 3 {
			seen.DownSeen, seen.DownEstimate = true, float64(down[u]-100)
			seen.DownLow, seen.DownHigh = float64(down[u]-200), float64(down[u])
		}
		a.Accounts = append(a.Accounts, claim, rules, seen)
	}
	a.Costs = []findings.AuditCost{
		{Cell: 7, Seed: 1, Method: "M1", Bytes: 880, Messages: 10, Payload: 4400, Users: 5},
		{Cell: 7, Seed: 1, Method: "M6", Bytes: 44, Messages: 4, Payload: 4400, Users: 5,
			Rounds: 2},
	}
	for n := range int64(3) {
		a.Balances = append(a.Balances, findings.SwarmBalance{Cell: 7, Seed: 1, Torrent: "film",
			At: n * 5 * minute, Up: 1700, Down: 1400, TrueUp: 1450, TrueDown: 1450,
			Flagged: n > 0})
	}
	return a
}
