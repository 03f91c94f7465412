package findings

// Whole returns the run with all rows that metrics are made of, in memory.
func (run *Run) Whole() (*Run, error) {
	if run.kept == nil {
		return run, nil
	}
	whole := *run
	var err error
	if whole.Lookups, err = run.LookupRows(); err != nil {
		return nil, err
	}
	if whole.Series, err = run.SeriesRows(); err != nil {
		return nil, err
	}
	if whole.Buckets, err = run.BucketRows(); err != nil {
		return nil, err
	}
	if whole.Records, err = run.RecordRows(); err != nil {
		return nil, err
	}
	if whole.Swarm, err = run.swarmOf(); err != nil {
		return nil, err
	}
	if whole.Audit, err = run.auditOf(); err != nil {
		return nil, err
	}
	if whole.Claims, err = run.ClaimsOf(); err != nil {
		return nil, err
	}
	whole.kept = nil
	return &whole, nil
}

// swarmOf reads what the run found of swarms back, or returns nil if there were none.
func (run *Run) swarmOf() (*Swarm, error) {
	n := run.Counts()
	if n.Peers == 0 && n.Transfers == 0 && n.Samples == 0 && n.Messages == 0 {
		return nil, nil
	}
	s := &Swarm{Messages: n.Messages}
	var err error
	if s.Peers, err = run.PeerRows(); err != nil {
		return nil, err
	}
	if s.Transfers, err = run.TransferRows(); err != nil {
		return nil, err
	}
	s.Samples, err = run.SwarmRows()
	return s, err
}

// light is the audit without its rows, or nil.
func (a *Audit) light() *Audit {
	if a == nil {
		return nil
	}
	return &Audit{Interval: a.Interval}
}

// auditOf reads what the run found of accounting back, or returns nil if there was nothing.
func (run *Run) auditOf() (*Audit, error) {
	if run.Audit == nil {
		return nil, nil
	}
	a := run.Audit.light()
	var err error
	if a.Accounts, err = run.AccountRows(); err != nil {
		return nil, err
	}
	if a.Costs, err = run.AuditCostRows(); err != nil {
		return nil, err
	}
	a.Balances, err = run.BalanceRows()
	return a, err
}

// ClaimsOf returns what the run found of a ledger, from memory or from where it is kept, or nil if
// there is none.
func (run *Run) ClaimsOf() (*Claims, error) {
	if run.kept == nil {
		return run.Claims, nil
	}
	if n := run.Counts(); n.Credits == 0 && n.Verdicts == 0 && n.Audits == 0 {
		return nil, nil
	}
	c := &Claims{}
	err := run.kept.Read(ClaimRows, c)
	for n := range c.Credits {
		c.Credits[n].Cell = int32(run.Cell)
	}
	for n := range c.Verdicts {
		c.Verdicts[n].Cell = int32(run.Cell)
	}
	for n := range c.Audits {
		c.Audits[n].Cell = int32(run.Cell)
	}
	return c, err
}
