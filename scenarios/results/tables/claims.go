package tables

import (
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables of a ledger; there are none of other scenarios.
const (
	CreditsFile      = "credits.parquet"
	CreditsTextFile  = "credits.csv" // only if there are few
	VerdictsFile     = "verdicts.parquet"
	VerdictsTextFile = "verdicts.csv" // only if there are few
	AuditsFile       = "audits.parquet"
	AuditsTextFile   = "audits.csv" // only if there are few
)

// claimRows returns one kind of rows of a run.
func claimRows[Row any](of func(*findings.Claims) []Row) func(*findings.Run) ([]Row, error) {
	return func(run *findings.Run) ([]Row, error) {
		c, err := run.ClaimsOf()
		if c == nil || err != nil {
			return nil, err
		}
		return of(c), nil
	}
}

// addClaims adds the tables, if there are any, and as text those that are short.
func (o runsOf) addClaims(g *staging.Set, obsolete *[]string) error {
	n := o.counts()
	credits := claimRows(func(c *findings.Claims) []findings.Credit { return c.Credits })
	if err := (&table[findings.Credit]{CreditsFile, CreditsTextFile, credits,
		creditText}).add(o, g, obsolete, n.Credits); err != nil {
		return err
	}
	verdicts := claimRows(func(c *findings.Claims) []findings.Verdict { return c.Verdicts })
	if err := (&table[findings.Verdict]{VerdictsFile, VerdictsTextFile, verdicts,
		verdictText}).add(o, g, obsolete, n.Verdicts); err != nil {
		return err
	}
	audits := claimRows(func(c *findings.Claims) []findings.AuditPeriod { return c.Audits })
	return (&table[findings.AuditPeriod]{AuditsFile, AuditsTextFile, audits,
		periodText}).add(o, g, obsolete, n.Audits)
}

func creditText(c *findings.Credit) []string {
	row := []string{itoa(c.Cell), utoa(c.Seed), c.Group, c.Rule, strconv.FormatBool(c.Cheats)}
	for _, v := range []int64{c.Interval, int64(c.Users), c.Sessions, c.Ended, c.Abrupt} {
		row = append(row, itoa(v))
	}
	return append(row, utoa(c.Announces), utoa(c.True), utoa(c.Pending), utoa(c.Credited))
}

func verdictText(v *findings.Verdict) []string {
	return []string{itoa(v.Cell), utoa(v.Seed), v.Method, itoa(v.Swarms), utoa(v.User),
		strconv.FormatBool(v.Cheat), strconv.FormatFloat(v.Score, 'g', 9, 64),
		strconv.FormatBool(v.Accused)}
}

func periodText(p *findings.AuditPeriod) []string {
	row := []string{itoa(p.Cell), utoa(p.Seed), itoa(p.Period), itoa(p.Length)}
	for _, v := range []int32{p.Users, p.Cheats, p.Caught, p.Accused} {
		row = append(row, itoa(v))
	}
	return append(row, utoa(p.Audits), utoa(p.Fetched), utoa(p.Reports), utoa(p.Reported))
}
