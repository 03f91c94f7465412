package audits

import (
	"math/bits"
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/findings"
)

// What the office believes of a pair of users in a torrent.
const (
	paceMost  = 125_000_000 // bytes a second: a line of 1 Gbit/s
	burstMost = 64 << 20
	pairsMost = 1 << 16 // that the statements of one user can begin
	// Datagrams that are heard of a host: more than all of a user's partners make it send.
	hostRate, hostBurst = 1000, 1 << 15
)

// statements is what users state of each other: M7 to M10.
type statements struct {
	books   *Books
	office  *audit.Office
	anchors []audit.User
	audits  *audit.Audits // nil: users do not look into each other's books (M10)
	m7      verdicts
	m9      verdicts
}

// datagramHeaders is the bytes of IP and UDP in front of a datagram.
const datagramHeaders = 28

// Office makes books of statements, whose datagrams the owner brings to the core that is returned.
// Keys says who owns a key; the anchors are trusted (M9); each user makes some audits of others in
// each window (M10), or none.
func (b *Books) Office(keys func(audit.Key) (audit.User, bool), anchors []audit.User, each uint32,
) (*audit.Office, error) {
	s := &statements{books: b, anchors: anchors, m7: newVerdicts(b.cfg.Users),
		m9: newVerdicts(b.cfg.Users)}
	s.office = audit.NewOffice(audit.OfficeConfig{Book: audit.BookConfig{Users: keys,
		Pace: audit.Pace{BytesPerSec: paceMost, Burst: burstMost}, PairsMax: pairsMost},
		HostRate: hostRate, HostBurst: hostBurst})
	b.statements = s
	if each == 0 {
		return s.office, nil
	}
	var err error
	s.audits, err = audit.NewAudits(audit.AuditsConfig{Users: uint32(b.cfg.Users), Each: each})
	return s.office, err
}

// judge looks at what was stated so far. While users still transfer, reports of the two ends differ
// by what was transferred between them.
func (s *statements) judge(now protocol.Time, final bool) {
	slack, share := uint64(reportSlack), uint64(reportShare)
	if final {
		share = finalShare
	}
	standings := s.office.CrossBook().Standings(slack, share)
	for u, one := range standings {
		if partners := one.Partners + one.Silent + one.Lone; partners > 0 {
			s.m7.score(audit.User(u), float64(one.Disputed+one.Silent)/float64(partners))
		}
		if !one.Suspect(reportPartners, reportDisputed) {
			s.m7.users[u].rows = 0
			continue
		}
		if s.m7.users[u].rows++; s.m7.users[u].rows > 1 || final {
			s.m7.accuse(audit.User(u), now)
		}
	}
	if s.audits != nil && !final {
		s.audit(now, standings)
	}
}

// audit is a period of M10.
func (s *statements) audit(now protocol.Time, standings []audit.Standing) {
	e := audit.Examination{Standings: standings, Partners: reportPartners, Share: reportDisputed}
	s.audits.Period(&s.books.rand, func(_, target audit.User) (bool, uint64) {
		guilty, bytes := e.Judge(target)
		return guilty && s.m7.users[target].rows > 1, bytes
	})
	for u := range s.books.m10.users {
		if s.audits.Caught(audit.User(u)) > 0 {
			s.books.m10.accuse(audit.User(u), now)
		}
	}
}

// judgeFlows scores by M9, at the end, which part of one's credit cannot have reached the anchors.
// It accuses nobody: who served those that gave nothing on is no cheat.
func (s *statements) judgeFlows() {
	credited, bounded := s.office.Bank().Volumes(), s.bounded()
	for u := range credited {
		up, reached := credited[u].Up, bounded[u].Up
		if up == 0 {
			continue
		}
		s.m9.score(audit.User(u), 1-float64(reached)/float64(up))
	}
}

func (s *statements) bounded() []audit.Volume {
	bank := s.office.Bank()
	g := audit.NewGraph(uint32(s.books.cfg.Users), bank.Flows(nil))
	return g.Bounded(bank.Volumes(), s.anchors)
}

// methods are M7 to M9, as they are reported.
func (s *statements) methods() []method {
	list := []method{{"M7", s.reported, &s.m7}}
	if len(s.office.Bank().Volumes()) > 0 {
		list = append(list, method{"M8", s.receipted, nil}, method{"M9", s.flowed, &s.m9})
	}
	return list
}

// reported is M7: the lesser of what both ends report.
func (s *statements) reported(rows []findings.Account) {
	least := s.office.CrossBook().Volumes(audit.Least)
	lone := s.office.CrossBook().Volumes(audit.Lone)
	enterVolumes(rows, least, least, lone)
}

// receipted is M8: what receivers have signed for.
func (s *statements) receipted(rows []findings.Account) {
	all := s.office.Bank().Volumes()
	enterVolumes(rows, all, all, all)
}

// flowed is M9: no more of it than can have come to the anchors.
func (s *statements) flowed(rows []findings.Account) {
	is := s.bounded()
	enterVolumes(rows, is, is, s.office.Bank().Volumes())
}

func enterVolumes(rows []findings.Account, is, low, high []audit.Volume) {
	for u := range is {
		sawUp(&rows[u], float64(is[u].Up), float64(low[u].Up), float64(high[u].Up))
		sawDown(&rows[u], float64(is[u].Down), float64(low[u].Down), float64(high[u].Down))
	}
}

// cost returns what a method of these took of the network, in bytes and messages.
func (s *statements) cost(name string, signed uint64) (bytes, messages uint64) {
	t := s.office.Tally()
	switch name {
	case "M7":
		return t.ReportBytes + t.Reports*datagramHeaders, t.Reports
	case "M8", "M9":
		return t.ReceiptBytes + t.Receipts*datagramHeaders +
			signed*(audit.ReceiptHeader+audit.ReceiptBody), t.Receipts + signed
	}
	return 0, 0
}

// Anchors draws those of some users whom the auditor trusts: a share of them, and one at least.
func (b *Books) Anchors(of []audit.User, share, whole uint64) []audit.User {
	deck := slices.Clone(of)
	hi, lo := bits.Mul64(uint64(len(deck)), min(share, whole))
	n, _ := bits.Div64(hi, lo, whole)
	n = min(max(n, 1), uint64(len(deck)))
	for k := range deck[:n] {
		j := k + b.rand.Intn(len(deck)-k)
		deck[k], deck[j] = deck[j], deck[k]
	}
	slices.Sort(deck[:n])
	return deck[:n]
}

// Closing is how long before the end of a run all peers take their leave, so that their last
// statements come to the office.
const Closing = 10 * time.Second
