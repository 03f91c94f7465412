package results

import "strconv"

// The tables of accounting; there are none of a scenario without an audit.
const (
	AccountsFile       = "accounts.parquet"
	AccountsTextFile   = "accounts.csv" // only if there are few
	AuditCostsFile     = "audit_costs.parquet"
	AuditCostsTextFile = "audit_costs.csv" // only if there are few
	BalancesFile       = "balances.parquet"
	BalancesTextFile   = "balances.csv" // only if there are few
)

// auditCounts is how many rows of each kind a run has.
type auditCounts struct{ Accounts, Costs, Balances int }

func (a *Audit) counts() auditCounts {
	if a == nil {
		return auditCounts{}
	}
	return auditCounts{len(a.Accounts), len(a.Costs), len(a.Balances)}
}

// rows returns what is stored, in the order of the sections.
func (a *Audit) rows() []any {
	if a == nil {
		a = &Audit{}
	}
	return []any{a.Accounts, a.Costs, a.Balances}
}

// light is the audit without its rows, or nil.
func (a *Audit) light() *Audit {
	if a == nil {
		return nil
	}
	return &Audit{Interval: a.Interval}
}

func (run *Run) accountRows() ([]Account, error) {
	var rows []Account
	if run.Audit != nil {
		rows = run.Audit.Accounts
	}
	return keptRows(run, rows, accountSection, func(a *Account) *int32 { return &a.Cell })
}

func (run *Run) auditCostRows() ([]AuditCost, error) {
	var rows []AuditCost
	if run.Audit != nil {
		rows = run.Audit.Costs
	}
	return keptRows(run, rows, auditCostSection, func(a *AuditCost) *int32 { return &a.Cell })
}

func (run *Run) balanceRows() ([]SwarmBalance, error) {
	var rows []SwarmBalance
	if run.Audit != nil {
		rows = run.Audit.Balances
	}
	return keptRows(run, rows, balanceSection, func(s *SwarmBalance) *int32 { return &s.Cell })
}

// auditOf reads what the run found of accounting back, or returns nil if there was nothing.
func (run *Run) auditOf() (*Audit, error) {
	if run.Audit == nil {
		return nil, nil
	}
	a := run.Audit.light()
	var err error
	if a.Accounts, err = run.accountRows(); err != nil {
		return nil, err
	}
	if a.Costs, err = run.auditCostRows(); err != nil {
		return nil, err
	}
	a.Balances, err = run.balanceRows()
	return a, err
}

// addAudit adds the tables, if there are any, and as text those that are short.
func (o *Outcome) addAudit(g *staging, obsolete *[]string) error {
	var n auditCounts
	for _, run := range o.Runs {
		of := run.counts().Audit
		n.Accounts, n.Costs = n.Accounts+of.Accounts, n.Costs+of.Costs
		n.Balances += of.Balances
	}
	if err := (&table[Account]{AccountsFile, AccountsTextFile,
		(*Run).accountRows, (*Account).text}).add(o, g, obsolete, n.Accounts); err != nil {
		return err
	}
	if err := (&table[AuditCost]{AuditCostsFile, AuditCostsTextFile,
		(*Run).auditCostRows, (*AuditCost).text}).add(o, g, obsolete, n.Costs); err != nil {
		return err
	}
	return (&table[SwarmBalance]{BalancesFile, BalancesTextFile,
		(*Run).balanceRows, (*SwarmBalance).text}).add(o, g, obsolete, n.Balances)
}

func (a *Account) text() []string {
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

func (c *AuditCost) text() []string {
	return []string{itoa(c.Cell), utoa(c.Seed), c.Method, utoa(c.Bytes), utoa(c.Messages),
		utoa(c.Payload), itoa(c.Users), itoa(c.Rounds)}
}

func (b *SwarmBalance) text() []string {
	return []string{itoa(b.Cell), utoa(b.Seed), b.Torrent, itoa(b.At), utoa(b.Up),
		utoa(b.Down), utoa(b.TrueUp), utoa(b.TrueDown), strconv.FormatBool(b.Flagged)}
}
