package results

import (
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
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
	if run.kept == nil {
		if run.Audit == nil {
			return nil, nil
		}
		return run.Audit.Accounts, nil
	}
	rows, err := readRows[Account](run.kept, accountSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
}

func (run *Run) auditCostRows() ([]AuditCost, error) {
	if run.kept == nil {
		if run.Audit == nil {
			return nil, nil
		}
		return run.Audit.Costs, nil
	}
	rows, err := readRows[AuditCost](run.kept, auditCostSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
}

func (run *Run) balanceRows() ([]SwarmBalance, error) {
	if run.kept == nil {
		if run.Audit == nil {
			return nil, nil
		}
		return run.Audit.Balances, nil
	}
	rows, err := readRows[SwarmBalance](run.kept, balanceSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
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
	for _, t := range []struct {
		rows        int
		name, small string
		write, text func(io.Writer) error
	}{
		{n.Accounts, AccountsFile, AccountsTextFile, o.writeAccounts, o.writeAccountsText},
		{n.Costs, AuditCostsFile, AuditCostsTextFile, o.writeAuditCosts, o.writeAuditCostsText},
		{n.Balances, BalancesFile, BalancesTextFile, o.writeBalances, o.writeBalancesText},
	} {
		if t.rows == 0 {
			*obsolete = append(*obsolete, t.name, t.small)
			continue
		}
		if err := g.add(t.name, t.write); err != nil {
			return err
		}
		if err := addText(g, obsolete, t.small, t.rows, t.text); err != nil {
			return err
		}
	}
	return nil
}

func (o *Outcome) writeAccounts(w io.Writer) error {
	p := parquet.NewGenericWriter[Account](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).accountRows)
}

func (o *Outcome) writeAuditCosts(w io.Writer) error {
	p := parquet.NewGenericWriter[AuditCost](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).auditCostRows)
}

func (o *Outcome) writeBalances(w io.Writer) error {
	p := parquet.NewGenericWriter[SwarmBalance](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).balanceRows)
}

func (o *Outcome) writeAccountsText(w io.Writer) error {
	real := func(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
	return writeText(w, o.Runs, (*Run).accountRows, func(a *Account) []string {
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
	})
}

func (o *Outcome) writeAuditCostsText(w io.Writer) error {
	return writeText(w, o.Runs, (*Run).auditCostRows, func(c *AuditCost) []string {
		return []string{itoa(c.Cell), utoa(c.Seed), c.Method, utoa(c.Bytes), utoa(c.Messages),
			utoa(c.Payload), itoa(c.Users), itoa(c.Rounds)}
	})
}

func (o *Outcome) writeBalancesText(w io.Writer) error {
	return writeText(w, o.Runs, (*Run).balanceRows, func(b *SwarmBalance) []string {
		return []string{itoa(b.Cell), utoa(b.Seed), b.Torrent, itoa(b.At), utoa(b.Up),
			utoa(b.Down), utoa(b.TrueUp), utoa(b.TrueDown), strconv.FormatBool(b.Flagged)}
	})
}
