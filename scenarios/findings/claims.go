package findings

// The methods whose verdicts a run of a ledger has, by their numbers in package audit.
const (
	SelfReport      = "M1"
	LeastSquares    = "M3"
	WeightedSquares = "M3w" // each swarm by its precision
	ControlledLists = "M4"
	Plausibility    = "M5"
)

// Claims is what a run of a ledger found: what users claimed, against what they transferred.
type Claims struct {
	Credits  []Credit      // by rule, then group, honest users first
	Verdicts []Verdict     // by look, then method, then user
	Audits   []AuditPeriod // by period
}

// Credit is what a ledger by one rule credited to the users of a group for what they uploaded, and
// the truth: a row of credits.parquet. True less Pending was to be credited.
type Credit struct {
	Cell      int32  `parquet:"cell"`
	Seed      uint64 `parquet:"seed"`
	Group     string `parquet:"group"`
	Rule      string `parquet:"rule"`
	Cheats    bool   `parquet:"cheats"` // of users that claim more than they uploaded
	Interval  int64  `parquet:"interval_ns"`
	Users     int32  `parquet:"users"`
	Sessions  int64  `parquet:"sessions"`
	Ended     int64  `parquet:"ended"`  // of them, before the run did
	Abrupt    int64  `parquet:"abrupt"` // of these, without a word
	Announces uint64 `parquet:"announces"`
	True      uint64 `parquet:"true_bytes"`
	Pending   uint64 `parquet:"pending_bytes"` // of sessions that the run's end cut, not yet told
	Credited  uint64 `parquet:"credited_bytes"`
}

// Verdict is what a method thinks of a user after so many swarms: a row of verdicts.parquet. A
// greater score is more suspicious; its unit is the method's.
type Verdict struct {
	Cell    int32   `parquet:"cell"`
	Seed    uint64  `parquet:"seed"`
	Method  string  `parquet:"method"`
	Swarms  int32   `parquet:"swarms"`
	User    uint32  `parquet:"user"`
	Cheat   bool    `parquet:"cheat"`
	Score   float64 `parquet:"score"`
	Accused bool    `parquet:"accused"`
}

// AuditPeriod is what the random audits of one period came to: a row of audits.parquet.
type AuditPeriod struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Period   int32  `parquet:"period"` // from 1
	Length   int64  `parquet:"length_ns"`
	Users    int32  `parquet:"users"`
	Cheats   int32  `parquet:"cheats"`  // of these
	Caught   int32  `parquet:"caught"`  // cheats found guilty for the first time
	Accused  int32  `parquet:"accused"` // honest users, likewise
	Audits   uint64 `parquet:"audits"`
	Fetched  uint64 `parquet:"fetched_bytes"` // reports that audits fetched
	Reports  uint64 `parquet:"reports"`       // that users made
	Reported uint64 `parquet:"reported_bytes"`
}
