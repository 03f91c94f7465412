package tables

import (
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables of accounting; there are none of a scenario without an audit.
const (
	AccountsFile       = "accounts.parquet"
	AccountsTextFile   = "accounts.csv" // only if there are few
	AuditCostsFile     = "audit_costs.parquet"
	AuditCostsTextFile = "audit_costs.csv" // only if there are few
	BalancesFile       = "balances.parquet"
	BalancesTextFile   = "balances.csv" // only if there are few
)

// addAudit adds the tables, if there are any, and as text those that are short.
func (o runsOf) addAudit(g *staging.Set, obsolete *[]string) error {
	n := o.counts()
	if err := (&table[findings.Account]{AccountsFile, AccountsTextFile,
		(*findings.Run).AccountRows, accountText}).add(o, g, obsolete, n.Accounts); err != nil {
		return err
	}
	if err := (&table[findings.AuditCost]{AuditCostsFile, AuditCostsTextFile,
		(*findings.Run).AuditCostRows, costText}).add(o, g, obsolete, n.Costs); err != nil {
		return err
	}
	return (&table[findings.SwarmBalance]{BalancesFile, BalancesTextFile,
		(*findings.Run).BalanceRows, balanceText}).add(o, g, obsolete, n.Balances)
}

func accountText(a *findings.Account) []string {
	real := func(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
	row := []string{itoa(a.Cell), utoa(a.Seed), a.Method, utoa(a.User), a.Group, a.Cheat}
	for _, v := range []uint64{a.Up, a.Down, a.WireUp, a.WireDown, a.Verified, a.VerifiedUp} {
		row = append(row, utoa(v))
	}
	row = append(row, strconv.FormatBool(a.UpSeen), strconv.FormatBool(a.DownSeen))
	for _, v := range []float64{a.UpEstimate, a.DownEstimate, a.UpLow, a.UpHigh, a.DownLow,
		a.DownHigh, a.Score} {
		row = append(row, real(v))
	}
	return append(row, strconv.FormatBool(a.Scored), strconv.FormatBool(a.Accused),
		itoa(a.Began), itoa(a.AccusedAt))
}

func costText(c *findings.AuditCost) []string {
	return []string{itoa(c.Cell), utoa(c.Seed), c.Method, utoa(c.Bytes), utoa(c.Messages),
		utoa(c.Payload), itoa(c.Users), itoa(c.Rounds)}
}

func balanceText(b *findings.SwarmBalance) []string {
	return []string{itoa(b.Cell), utoa(b.Seed), b.Torrent, itoa(b.At), utoa(b.Up),
		utoa(b.Down), utoa(b.TrueUp), utoa(b.TrueDown), strconv.FormatBool(b.Flagged)}
}
