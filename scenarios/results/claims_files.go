package results

import "strconv"

// The tables of a ledger; there are none of other scenarios.
const (
	CreditsFile      = "credits.parquet"
	CreditsTextFile  = "credits.csv" // only if there are few
	VerdictsFile     = "verdicts.parquet"
	VerdictsTextFile = "verdicts.csv" // only if there are few
	AuditsFile       = "audits.parquet"
	AuditsTextFile   = "audits.csv" // only if there are few
)

// claimsCounts is how many rows of each kind a run has.
type claimsCounts struct{ Credits, Verdicts, Audits int }

func (c *Claims) counts() claimsCounts {
	if c == nil {
		return claimsCounts{}
	}
	return claimsCounts{len(c.Credits), len(c.Verdicts), len(c.Audits)}
}

// stored is what a section holds.
func (c *Claims) stored() Claims {
	if c == nil {
		return Claims{}
	}
	return *c
}

// claims returns what the run found, from memory or from its file, or nil if there is no ledger.
func (run *Run) claims() (*Claims, error) {
	if run.kept == nil {
		return run.Claims, nil
	}
	if run.counts().Claims == (claimsCounts{}) {
		return nil, nil
	}
	c, err := readSection[Claims](run.kept, claimsSection)
	for n := range c.Credits {
		c.Credits[n].Cell = int32(run.Cell)
	}
	for n := range c.Verdicts {
		c.Verdicts[n].Cell = int32(run.Cell)
	}
	for n := range c.Audits {
		c.Audits[n].Cell = int32(run.Cell)
	}
	return &c, err
}

// claimRows returns one kind of rows of a run.
func claimRows[Row any](of func(*Claims) []Row) func(*Run) ([]Row, error) {
	return func(run *Run) ([]Row, error) {
		c, err := run.claims()
		if c == nil || err != nil {
			return nil, err
		}
		return of(c), nil
	}
}

// addClaims adds the tables, if there are any, and as text those that are short.
func (o *Outcome) addClaims(g *staging, obsolete *[]string) error {
	var n claimsCounts
	for _, run := range o.Runs {
		of := run.counts().Claims
		n.Credits, n.Verdicts = n.Credits+of.Credits, n.Verdicts+of.Verdicts
		n.Audits += of.Audits
	}
	credits := claimRows(func(c *Claims) []Credit { return c.Credits })
	if err := (&table[Credit]{CreditsFile, CreditsTextFile, credits,
		(*Credit).text}).add(o, g, obsolete, n.Credits); err != nil {
		return err
	}
	verdicts := claimRows(func(c *Claims) []Verdict { return c.Verdicts })
	if err := (&table[Verdict]{VerdictsFile, VerdictsTextFile, verdicts,
		(*Verdict).text}).add(o, g, obsolete, n.Verdicts); err != nil {
		return err
	}
	audits := claimRows(func(c *Claims) []AuditPeriod { return c.Audits })
	return (&table[AuditPeriod]{AuditsFile, AuditsTextFile, audits,
		(*AuditPeriod).text}).add(o, g, obsolete, n.Audits)
}

func (c *Credit) text() []string {
	row := []string{itoa(c.Cell), utoa(c.Seed), c.Group, c.Rule, strconv.FormatBool(c.Cheats)}
	for _, v := range []int64{c.Interval, int64(c.Users), c.Sessions, c.Ended, c.Abrupt} {
		row = append(row, itoa(v))
	}
	return append(row, utoa(c.Announces), utoa(c.True), utoa(c.Pending), utoa(c.Credited))
}

func (v *Verdict) text() []string {
	return []string{itoa(v.Cell), utoa(v.Seed), v.Method, itoa(v.Swarms), utoa(v.User),
		strconv.FormatBool(v.Cheat), strconv.FormatFloat(v.Score, 'g', 9, 64),
		strconv.FormatBool(v.Accused)}
}

func (p *AuditPeriod) text() []string {
	row := []string{itoa(p.Cell), utoa(p.Seed), itoa(p.Period), itoa(p.Length)}
	for _, v := range []int32{p.Users, p.Cheats, p.Caught, p.Accused} {
		row = append(row, itoa(v))
	}
	return append(row, utoa(p.Audits), utoa(p.Fetched), utoa(p.Reports), utoa(p.Reported))
}
