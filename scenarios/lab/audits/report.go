package audits

import (
	"math"

	"swarmlab/protocol/audit"
	"swarmlab/scenarios/accuracy"
	"swarmlab/scenarios/findings"
)

// Truth is what the network knows of a user.
type Truth struct {
	Group, Cheat     string
	Sent             uint64 // payload given to its line
	Up, Down         uint64 // payload delivered
	WireUp, WireDown uint64 // and overhead
	Verified         uint64 // bytes of verified pieces that it got
	VerifiedUp       uint64 // its share of what others verified
	Began            int64  // to cheat, in ns; -1: it never did
}

// Report makes rows of what all auditors have found, of the users whose truths are given, and holds
// them against the invariants.
func (b *Books) Report(truths []Truth, costs Costs, facts Facts) (*findings.Audit, error) {
	byMethod := map[string][]findings.Account{}
	out := &findings.Audit{Interval: int64(b.cfg.Interval), Balances: b.balances()}
	if b.statements != nil {
		b.statements.judge(b.now, true)
		b.statements.judgeFlows()
	}
	for _, m := range b.methods() {
		rows := make([]findings.Account, b.cfg.Users)
		for u := range rows {
			t := &truths[u]
			rows[u] = findings.Account{Seed: b.cfg.Seed, Method: m.name, User: uint32(u),
				Group: t.Group, Cheat: t.Cheat, Up: t.Up, Down: t.Down, WireUp: t.WireUp,
				WireDown: t.WireDown, Verified: t.Verified, VerifiedUp: t.VerifiedUp,
				Began: t.Began, AccusedAt: -1}
		}
		m.estimate(rows)
		if m.judged != nil {
			m.judged.enter(rows)
		}
		byMethod[m.name] = rows
		out.Accounts = append(out.Accounts, rows...)
		out.Costs = append(out.Costs, b.cost(m.name, truths, costs))
	}
	return out, b.check(truths, &facts, byMethod)
}

// method is a method as it is reported.
type method struct {
	name     string
	estimate func(rows []findings.Account)
	judged   *verdicts // nil: it accuses nobody
}

func (b *Books) methods() []method {
	list := []method{{"M1", b.selfReport, nil}, {"M2", unknown, nil},
		{"M3", b.attribution, &b.m3}}
	if b.pairing != nil {
		list = append(list, method{"M4", unknown, &b.m4})
	}
	list = append(list, method{"M5", unknown, &b.m5}, method{"M5x2", unknown, &b.m5x2})
	if b.Observers.any() {
		list = append(list, method{"M6", b.observed, nil}, method{"M1xM6", b.contrasted, &b.cross})
	}
	if b.statements != nil {
		list = append(list, b.statements.methods()...)
	}
	if b.probing != nil || b.statements != nil && b.statements.audits != nil {
		list = append(list, method{"M10", b.audited, &b.m10})
	}
	return list
}

// unknown is the estimate of methods that accuse, and say nothing of volumes.
func unknown([]findings.Account) {}

func (v *verdicts) enter(rows []findings.Account) {
	for u := range rows {
		one := &v.users[u]
		rows[u].Score, rows[u].Scored = one.score, one.scored
		rows[u].Accused, rows[u].AccusedAt = one.accused >= 0, int64(one.accused)
	}
}

// sawUp enters an estimate of an upload, and sawDown one of a download.
func sawUp(r *findings.Account, estimate, low, high float64) {
	r.UpSeen, r.UpEstimate, r.UpLow, r.UpHigh = true, estimate, low, high
}

func sawDown(r *findings.Account, estimate, low, high float64) {
	r.DownSeen, r.DownEstimate, r.DownLow, r.DownHigh = true, estimate, low, high
}

// selfReport is M1: what the ledger credits, of all that ever announced.
func (b *Books) selfReport(rows []findings.Account) {
	for _, a := range b.ledger.Accounts() {
		u, ok := b.cfg.Owner(a.PeerID)
		if !ok {
			continue
		}
		r := &rows[u]
		up := r.UpEstimate + float64(a.Credited.Uploaded)
		down := r.DownEstimate + float64(a.Credited.Downloaded)
		sawUp(r, up, up, up)
		sawDown(r, down, down, down)
	}
}

// attribution is M3: what is left of a claim without what is invented of it, within two standard
// errors.
func (b *Books) attribution(rows []findings.Account) {
	if b.solved.is == nil {
		return
	}
	claimed := make([]float64, len(rows))
	for _, s := range b.sheet.Shares() {
		claimed[s.User] += float64(s.Up)
	}
	for u, fake := range b.solved.is.Fake {
		if math.IsNaN(fake) {
			continue
		}
		left := func(fake float64) float64 { return claimed[u] * (1 - min(max(fake, 0), 1)) }
		doubt := 2 * b.solved.is.Doubt[u]
		sawUp(&rows[u], left(fake), left(fake+doubt), left(fake-doubt))
	}
}

// observed is M6: pieces gained while they were watched, and a guess of whence they came.
func (b *Books) observed(rows []findings.Account) {
	for n := range b.cfg.Torrents {
		for _, s := range b.Observers.sights(n) {
			u, ok := b.cfg.Owner(s.PeerID)
			if !ok {
				continue
			}
			r := &rows[u]
			sawDown(r, r.DownEstimate+float64(s.Gained), r.DownLow+float64(s.Low),
				r.DownHigh+float64(s.SessionHigh-s.Held))
			sawUp(r, r.UpEstimate+float64(s.Split), r.UpLow+float64(s.Sole),
				r.UpHigh+float64(s.Any))
		}
	}
}

// contrasted is M1 against M6: the ledger's numbers of those who were seen, downloads at least what
// was seen and uploads at most what others can have got.
func (b *Books) contrasted(rows []findings.Account) {
	seen := make([]findings.Account, len(rows))
	b.observed(seen)
	b.selfReport(rows)
	for u := range rows {
		r, s := &rows[u], &seen[u]
		if !s.DownSeen {
			r.UpSeen, r.DownSeen = false, false
			continue
		}
		down := min(max(r.DownEstimate, s.DownLow), s.DownHigh)
		up := min(r.UpEstimate, s.UpHigh)
		sawDown(r, down, s.DownLow, s.DownHigh)
		sawUp(r, up, 0, s.UpHigh)
	}
}

// balances is M2, by window and torrent.
func (b *Books) balances() (rows []findings.SwarmBalance) {
	index := map[[2]uint32]*audit.Cell{}
	for k := range b.sheet.Cells() {
		c := &b.sheet.Cells()[k]
		index[[2]uint32{c.Window, uint32(b.torrentOf(b.heard[c.Torrent]))}] = c
	}
	before := make([]audit.Volume, len(b.cfg.Torrents))
	for k, w := range b.windows {
		for n, t := range b.cfg.Torrents {
			row := findings.SwarmBalance{Seed: b.cfg.Seed, Torrent: t.Name, At: int64(w.end),
				TrueUp: w.true[n].Up - before[n].Up, TrueDown: w.true[n].Down - before[n].Down}
			if c := index[[2]uint32{uint32(k), uint32(n)}]; c != nil {
				row.Up, row.Down = c.Up, c.Down
				row.Flagged = c.Flagged(balanceSlack, balanceShare)
			}
			rows = append(rows, row)
		}
		before = w.true
	}
	return rows
}

// Costs is what crossed the network for the auditors alone.
type Costs struct {
	Payload   uint64 // bytes delivered in the run
	Observers uint64 // bytes from and to those who observe
	Signed    uint64 // receipts that peers gave each other
}

func (b *Books) cost(name string, truths []Truth, c Costs) findings.AuditCost {
	row := findings.AuditCost{Seed: b.cfg.Seed, Method: name, Payload: c.Payload,
		Users: int32(len(truths))}
	switch name {
	case "M4":
		row.Rounds = int32(len(b.windows))
	case "M6", "M1xM6":
		row.Bytes = c.Observers
	case "M7", "M8", "M9":
		row.Bytes, row.Messages = b.statements.cost(name, c.Signed)
	case "M10":
		row.Bytes, row.Messages = b.costAudits()
	}
	return row
}

// residual is how far M3's attribution and its residuals are from the sum of the balances, which
// they must add up to.
func (s *solution) residual() (off, of float64) {
	if s.is == nil {
		return 0, 0
	}
	return residualOf(s.is, s.given)
}

func residualOf(is *accuracy.Attribution, given []accuracy.Observation) (off, of float64) {
	for k, o := range given {
		explained := is.Residuals[k]
		for n, u := range o.Users {
			if !math.IsNaN(is.Fake[u]) {
				explained += is.Fake[u] * o.Up[n]
			}
			of += o.Up[n]
		}
		off += math.Abs(explained - o.Balance)
	}
	return off, of
}
