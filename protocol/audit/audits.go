package audit

import (
	"errors"

	"swarmlab/protocol"
)

// AuditsConfig says who audits whom.
type AuditsConfig struct {
	Users uint32 // numbered from 0; at least 2
	Each  uint32 // audits that every user makes in a period, of users drawn at random
}

// Audits is M10: in every period, users look into each other's books at random (Ngan, Wallach,
// Druschel 2003). What an audit finds is for the owner to say.
type Audits struct {
	cfg     AuditsConfig
	period  uint32
	caught  []uint32 // the period, from 1, or 0
	Counted uint64   // audits that were made
	Bytes   uint64   // that they took
}

// NewAudits returns audits that have not begun. Errors name the field that is wrong.
func NewAudits(cfg AuditsConfig) (*Audits, error) {
	if cfg.Users < 2 {
		return nil, errors.New("audit: Users must be at least 2, for there is nobody to audit else")
	}
	return &Audits{cfg: cfg, caught: make([]uint32, cfg.Users)}, nil
}

// Period makes the audits of one period. Judge says for each whether the target is guilty, and how
// many bytes it took to know; an auditor that is itself dishonest may say what it likes.
func (a *Audits) Period(
	rand *protocol.Rand, judge func(auditor, target User) (guilty bool, bytes uint64),
) {
	a.period++
	for auditor := range a.cfg.Users {
		for range a.cfg.Each {
			target := uint32(rand.Uint64n(uint64(a.cfg.Users - 1)))
			if target >= auditor {
				target++
			}
			guilty, bytes := judge(User(auditor), User(target))
			a.Counted++
			a.Bytes = sum(a.Bytes, bytes)
			if guilty && a.caught[target] == 0 {
				a.caught[target] = a.period
			}
		}
	}
}

// Caught returns the period, from 1, in which a user was first found guilty, or 0.
func (a *Audits) Caught(u User) uint32 { return a.caught[u] }

// Examination judges by the books of both ends: the target must agree with its partners. It is
// what an auditor sees who fetches the target's reports and those of all that it names.
type Examination struct {
	Standings []Standing // by user
	Partners  uint32     // fewest that can convict
	Share     uint64     // of disputed partners above which a user is guilty, in parts per million
}

// Judge returns the verdict, and the bytes of the reports that were fetched.
func (e *Examination) Judge(target User) (guilty bool, bytes uint64) {
	if uint64(target) >= uint64(len(e.Standings)) {
		return false, 0
	}
	s := e.Standings[target]
	reports := 2*uint64(s.Partners) + uint64(s.Lone) + uint64(s.Silent)
	return s.Suspect(e.Partners, e.Share), reports * ReportSize
}
