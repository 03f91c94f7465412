package accounts

import (
	"math"
	"slices"

	"swarmlab/plots/stored"
)

const (
	accountsFile = "accounts.parquet"
	balancesFile = "balances.parquet"
)

// noAudit is why figures of accounting are skipped where there is none.
const noAudit = "the scenario has no audit"

type accountRow struct {
	Cell         int32   `parquet:"cell"`
	Seed         uint64  `parquet:"seed"`
	Method       string  `parquet:"method"`
	User         uint32  `parquet:"user"`
	Cheat        string  `parquet:"cheat"`
	Up           uint64  `parquet:"up"`
	Down         uint64  `parquet:"down"`
	UpSeen       bool    `parquet:"up_seen"`
	DownSeen     bool    `parquet:"down_seen"`
	UpEstimate   float64 `parquet:"up_estimate"`
	DownEstimate float64 `parquet:"down_estimate"`
	UpLow        float64 `parquet:"up_low"`
	UpHigh       float64 `parquet:"up_high"`
	DownLow      float64 `parquet:"down_low"`
	DownHigh     float64 `parquet:"down_high"`
}

// methodNames are the methods of accounting, in the order of the tables, each with a word or two.
func methodNames() [][2]string {
	return [][2]string{
		{"M1", "self-report"}, {"M2", "balance"}, {"M3", "least squares"}, {"M4", "pairing"},
		{"M5", "rules"}, {"M5x2", "rules, twice"}, {"M6", "observers"}, {"M1xM6", "contrast"},
		{"M7", "cross-reports"}, {"M8", "receipts"}, {"M9", "flow bound"}, {"M10", "audits"},
	}
}

// methodWord says in words what a method is.
func methodWord(method string) string {
	for _, m := range methodNames() {
		if m[0] == method {
			return m[1]
		}
	}
	return ""
}

// An entry is what one method says of one user: of uploads, or of downloads if it sees only those.
type entry struct {
	cell      stored.Cell
	seed      int // of the cell
	cheat     string
	user      uint32
	seen      bool
	truth     float64
	estimate  float64
	low, high float64
}

// off is the absolute relative error; +Inf where something is invented.
func (e *entry) off() float64 {
	switch d := math.Abs(e.estimate - e.truth); {
	case d == 0:
		return 0
	case e.truth == 0:
		return math.Inf(1)
	default:
		return d / e.truth
	}
}

// A ledger is the entries of one method.
type ledger struct {
	method  string
	side    string // up or down
	entries []entry
}

// heading names the method, and what it counts if that is downloads.
func (b *ledger) heading() string {
	text := b.method + " " + methodWord(b.method)
	if b.side == "down" {
		text += " (downloads)"
	}
	return text
}

// short is heading in fewer letters.
func (b *ledger) short() string {
	text := b.method + " " + methodWord(b.method)
	if b.side == "down" {
		text += " (down)"
	}
	return text
}

// panel is the name of a panel, which has room for few letters.
func (b *ledger) panel() string {
	if b.side == "down" {
		return b.method + " downloads"
	}
	return b.method + " " + methodWord(b.method)
}

// readLedgers reads the accounts of the methods that estimate bytes, in their order. Of M6 it takes
// the downloads: who uploaded is a guess.
func readLedgers(r *stored.Results) ([]ledger, error) {
	rows := map[string][]accountRow{}
	err := stored.Scan(r, accountsFile, func(row *accountRow) error {
		if _, _, err := r.Place(row.Cell, row.Seed); err != nil {
			return err
		}
		rows[row.Method] = append(rows[row.Method], *row)
		return nil
	})
	var all []ledger
	for _, m := range methodNames() {
		of := rows[m[0]]
		b := ledger{method: m[0], side: "up"}
		switch {
		case m[0] == "M1xM6": // the claims and pieces of which are those of others
			continue
		case m[0] != "M6" && slices.ContainsFunc(of, func(a accountRow) bool { return a.UpSeen }):
		case slices.ContainsFunc(of, func(a accountRow) bool { return a.DownSeen }):
			b.side = "down"
		default:
			continue
		}
		for i := range of {
			at, seed, err := r.Place(of[i].Cell, of[i].Seed)
			if err != nil {
				return nil, err
			}
			b.entries = append(b.entries, of[i].entry(b.side, r.Cells[at], seed))
		}
		all = append(all, b)
	}
	return all, err
}

func (a *accountRow) entry(side string, c stored.Cell, seed int) entry {
	e := entry{cell: c, seed: seed, cheat: a.Cheat, user: a.User}
	if side == "up" {
		e.seen, e.truth, e.estimate = a.UpSeen, float64(a.Up), a.UpEstimate
		e.low, e.high = a.UpLow, a.UpHigh
		return e
	}
	e.seen, e.truth, e.estimate = a.DownSeen, float64(a.Down), a.DownEstimate
	e.low, e.high = a.DownLow, a.DownHigh
	return e
}
