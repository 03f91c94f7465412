package findings

import "swarmlab/sim"

// Kind is one kind of rows, which is read back alone.
type Kind int

// The kinds, in the order in which they are stored.
const (
	LookupRows Kind = iota
	SeriesRows
	CheckpointRows
	BucketRows
	RecordRows
	PeerRows
	TransferRows
	SwarmRows
	AccountRows
	AuditCostRows
	BalanceRows
	ClaimRows // the Claims of a run
	Kinds     // how many there are
)

// Kept is where the rows of a run are that is not in memory.
type Kept interface {
	// Read puts the rows of a kind into what points to a slice of them, or to Claims.
	Read(kind Kind, rows any) error
	Counts() Counts
}

// Counts is how many rows a run has of those kinds that are also written as text, and how many
// messages its peers exchanged.
type Counts struct {
	Lookups, Series, Buckets, Records int
	Peers, Transfers, Samples         int
	Messages                          uint64
	Accounts, Costs, Balances         int
	Credits, Verdicts, Audits         int
}

// Add adds up.
func (c *Counts) Add(n Counts) {
	c.Lookups, c.Series = c.Lookups+n.Lookups, c.Series+n.Series
	c.Buckets, c.Records = c.Buckets+n.Buckets, c.Records+n.Records
	c.Peers, c.Transfers, c.Samples = c.Peers+n.Peers, c.Transfers+n.Transfers, c.Samples+n.Samples
	c.Messages += n.Messages
	c.Accounts, c.Costs, c.Balances = c.Accounts+n.Accounts, c.Costs+n.Costs, c.Balances+n.Balances
	c.Credits, c.Verdicts, c.Audits = c.Credits+n.Credits, c.Verdicts+n.Verdicts, c.Audits+n.Audits
}

// Rows returns all rows by their kinds, of a run that is in memory.
func (run *Run) Rows() []any {
	s, a, c := run.Swarm, run.Audit, run.Claims
	if s == nil {
		s = &Swarm{}
	}
	if a == nil {
		a = &Audit{}
	}
	if c == nil {
		c = &Claims{}
	}
	return []any{run.Lookups, run.Series, run.Checkpoints, run.Buckets, run.Records,
		s.Peers, s.Transfers, s.Samples, a.Accounts, a.Costs, a.Balances, *c}
}

// Light returns the run without its rows: what is kept in memory of one whose rows are elsewhere,
// once Keep has said where.
func (run *Run) Light() *Run {
	light := *run
	light.Lookups, light.Series, light.Checkpoints = nil, nil, nil
	light.Buckets, light.Records, light.Swarm, light.Claims = nil, nil, nil, nil
	light.Audit = run.Audit.light()
	return &light
}

// Keep says where the rows of a light run are.
func (run *Run) Keep(k Kept) { run.kept = k }

// Counts returns how many rows the run has, here or where they are kept.
func (run *Run) Counts() Counts {
	if run.kept != nil {
		return run.kept.Counts()
	}
	n := Counts{Lookups: len(run.Lookups), Series: len(run.Series), Buckets: len(run.Buckets),
		Records: len(run.Records)}
	if s := run.Swarm; s != nil {
		n.Peers, n.Transfers, n.Samples = len(s.Peers), len(s.Transfers), len(s.Samples)
		n.Messages = s.Messages
	}
	if a := run.Audit; a != nil {
		n.Accounts, n.Costs, n.Balances = len(a.Accounts), len(a.Costs), len(a.Balances)
	}
	if c := run.Claims; c != nil {
		n.Credits, n.Verdicts, n.Audits = len(c.Credits), len(c.Verdicts), len(c.Audits)
	}
	return n
}

// rowsOf returns one kind of rows of a run: those in memory, or those that are kept, where the cell
// is the one in whose run they were found.
func rowsOf[Row any](
	run *Run, inMemory []Row, kind Kind, cell func(*Row) *int32,
) (rows []Row, err error) {
	if run.kept == nil {
		return inMemory, nil
	}
	err = run.kept.Read(kind, &rows)
	for n := range rows {
		*cell(&rows[n]) = int32(run.Cell)
	}
	return rows, err
}

// LookupRows returns the run's lookups, from memory or from where they are kept. So do the other
// methods with theirs. An error says what has become of the rows, and how to mend it.
func (run *Run) LookupRows() ([]Lookup, error) {
	return rowsOf(run, run.Lookups, LookupRows, func(l *Lookup) *int32 { return &l.Cell })
}

// SeriesRows returns the samples of nodes.
func (run *Run) SeriesRows() ([]Sample, error) {
	return rowsOf(run, run.Series, SeriesRows, func(s *Sample) *int32 { return &s.Cell })
}

// BucketRows returns the samples of tables.
func (run *Run) BucketRows() ([]Bucket, error) {
	return rowsOf(run, run.Buckets, BucketRows, func(b *Bucket) *int32 { return &b.Cell })
}

// RecordRows returns what became of announced records.
func (run *Run) RecordRows() ([]Record, error) {
	return rowsOf(run, run.Records, RecordRows, func(r *Record) *int32 { return &r.Cell })
}

// CheckpointRows returns the fingerprints by the second.
func (run *Run) CheckpointRows() (rows []sim.Checkpoint, err error) {
	if run.kept == nil {
		return run.Checkpoints, nil
	}
	return rows, run.kept.Read(CheckpointRows, &rows)
}

// PeerRows returns the peers in torrents.
func (run *Run) PeerRows() ([]Peer, error) {
	var rows []Peer
	if run.Swarm != nil {
		rows = run.Swarm.Peers
	}
	return rowsOf(run, rows, PeerRows, func(p *Peer) *int32 { return &p.Cell })
}

// TransferRows returns the network's books of payload.
func (run *Run) TransferRows() ([]Transfer, error) {
	var rows []Transfer
	if run.Swarm != nil {
		rows = run.Swarm.Transfers
	}
	return rowsOf(run, rows, TransferRows, func(t *Transfer) *int32 { return &t.Cell })
}

// SwarmRows returns the samples of torrents.
func (run *Run) SwarmRows() ([]SwarmSample, error) {
	var rows []SwarmSample
	if run.Swarm != nil {
		rows = run.Swarm.Samples
	}
	return rowsOf(run, rows, SwarmRows, func(s *SwarmSample) *int32 { return &s.Cell })
}

// AccountRows returns the books of all methods.
func (run *Run) AccountRows() ([]Account, error) {
	var rows []Account
	if run.Audit != nil {
		rows = run.Audit.Accounts
	}
	return rowsOf(run, rows, AccountRows, func(a *Account) *int32 { return &a.Cell })
}

// AuditCostRows returns what the methods cost.
func (run *Run) AuditCostRows() ([]AuditCost, error) {
	var rows []AuditCost
	if run.Audit != nil {
		rows = run.Audit.Costs
	}
	return rowsOf(run, rows, AuditCostRows, func(a *AuditCost) *int32 { return &a.Cell })
}

// BalanceRows returns what was claimed of torrents.
func (run *Run) BalanceRows() ([]SwarmBalance, error) {
	var rows []SwarmBalance
	if run.Audit != nil {
		rows = run.Audit.Balances
	}
	return rowsOf(run, rows, BalanceRows, func(s *SwarmBalance) *int32 { return &s.Cell })
}
