package findings

// Audit is what the methods of accounting concluded in a run, beside the network's truth.
type Audit struct {
	Accounts []Account      // by method, then user
	Costs    []AuditCost    // by method
	Balances []SwarmBalance // by time, then torrent
	Interval int64          // ns between the announces of a client

	values map[string]float64 // see Once
}

// Once returns what work makes of the audit, and keeps it: whatever asks again must ask for the
// same. Of no audit there is nothing.
func (a *Audit) Once(work func(*Audit) map[string]float64) map[string]float64 {
	if a == nil {
		return nil
	}
	if a.values == nil {
		a.values = work(a)
	}
	return a.values
}

// Account is one user in the books of one method: a row of accounts.parquet. Bytes are of the whole
// run and of all torrents. What the network counted is the truth; what the method says of it is
// Seen where it says anything.
type Account struct {
	Cell   int32  `parquet:"cell"`
	Seed   uint64 `parquet:"seed"`
	Method string `parquet:"method"`
	User   uint32 `parquet:"user"`
	Group  string `parquet:"group"`
	Cheat  string `parquet:"cheat"` // honest, or how the user cheats
	Up     uint64 `parquet:"up"`    // payload that the user delivered to others
	Down   uint64 `parquet:"down"`  // payload delivered to the user
	// WireUp and WireDown are the same with the peer protocol's overhead.
	WireUp   uint64 `parquet:"wire_up"`
	WireDown uint64 `parquet:"wire_down"`
	// Verified is the bytes of verified pieces that the user got. VerifiedUp is the payload that it
	// gave, less its share of what its receivers had no use for; 0 where that is not known.
	Verified     uint64  `parquet:"verified"`
	VerifiedUp   uint64  `parquet:"verified_up"`
	UpSeen       bool    `parquet:"up_seen"`
	DownSeen     bool    `parquet:"down_seen"`
	UpEstimate   float64 `parquet:"up_estimate"`
	DownEstimate float64 `parquet:"down_estimate"`
	UpLow        float64 `parquet:"up_low"` // bounds; equal to the estimate where there are none
	UpHigh       float64 `parquet:"up_high"`
	DownLow      float64 `parquet:"down_low"`
	DownHigh     float64 `parquet:"down_high"`
	Score        float64 `parquet:"score"`  // greater is more suspicious
	Scored       bool    `parquet:"scored"` // whether the method has a score for this user
	Accused      bool    `parquet:"accused"`
	Began        int64   `parquet:"began_ns"`   // to cheat; -1 if it never did
	AccusedAt    int64   `parquet:"accused_ns"` // first; -1 if it never was
}

// AuditCost is what a method cost in a run: a row of audit_costs.parquet.
type AuditCost struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Method   string `parquet:"method"`
	Bytes    uint64 `parquet:"bytes"` // that crossed the network for it alone
	Messages uint64 `parquet:"messages"`
	Payload  uint64 `parquet:"payload"` // that was delivered in the run
	Users    int32  `parquet:"users"`
	Rounds   int32  `parquet:"rounds"` // of methods that go by rounds; else 0
}

// SwarmBalance is what was claimed of one torrent in the window of time up to At, and what was
// true: M2, a row of balances.parquet.
type SwarmBalance struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Torrent  string `parquet:"torrent"`
	At       int64  `parquet:"at_ns"`
	Up       uint64 `parquet:"up"`
	Down     uint64 `parquet:"down"`
	TrueUp   uint64 `parquet:"true_up"`
	TrueDown uint64 `parquet:"true_down"`
	Flagged  bool   `parquet:"flagged"`
}

// Methods returns the names of the methods of accounting, in the order of the tables. M5 is the
// rules as they are published, and M5x2 what spares the honest.
func Methods() []string {
	return []string{"M1", "M2", "M3", "M4", "M5", "M5x2", "M6", "M1xM6", "M7", "M8", "M9", "M10"}
}

// Honest is the cheat of those who do not.
const Honest = "honest"

// Cheats returns the ways to cheat, in the order of the catalogue: A1 first.
func Cheats() []string {
	return []string{"multiplier", "constant", "fake-seed", "ghost", "under-report", "collusion",
		"sybil", "withholder", "framer", "fake-have", "shared", "whitewash", "adaptive"}
}
