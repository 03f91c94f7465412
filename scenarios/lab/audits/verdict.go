package audits

import (
	"math"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/accuracy"
)

// By what the auditors judge.
const (
	// A swarm is out of balance, or a group of M4, if claims differ by so many bytes and by such a
	// share, in parts per million.
	balanceSlack = 4 << 20
	balanceShare = 150_000
	// fakeShare is from which part on of what a user claims to have uploaded M3 calls it invented:
	// half of what who claims 1.5 times the truth invents (Toy prediction of E4).
	fakeShare = 1.0 / 6
	// M5 accuses whose claims of uploads are not plausible for so many times, and for half of them:
	// the last bytes to somebody who has just completed look as if they went to nobody.
	rulesLeast = 3
	// M4 accuses who was suspected in so many rounds, and in such a share of its own.
	pairingRounds = 2
	pairingShare  = 500_000
	// M7 excuses what is under way when a receiver closes, and what is transferred between the
	// reports of the two ends, until the end; it accuses who has so many partners and disputes with
	// such a share of them. So does M10.
	reportSlack    = 192 << 10
	reportShare    = 250_000
	finalShare     = 50_000
	reportPartners = 3
	reportDisputed = 500_000
	// M1 against M6 excuses so many bytes, and such a share.
	contrastSlack = 4 << 20
	contrastShare = 200_000
)

// verdicts are what one method thinks of each user.
type verdicts struct{ users []verdict }

type verdict struct {
	score   float64
	scored  bool
	accused protocol.Time // first; -1: never
}

func newVerdicts(users int) verdicts {
	v := verdicts{make([]verdict, users)}
	for u := range v.users {
		v.users[u].accused = -1
	}
	return v
}

func (v *verdicts) score(u audit.User, score float64) {
	v.users[u].score, v.users[u].scored = score, true
}

func (v *verdicts) accuse(u audit.User, at protocol.Time) {
	if v.users[u].accused < 0 {
		v.users[u].accused = at
	}
}

// oddity counts a user's claims of uploads, and those of them that are not plausible.
type oddity struct{ claims, odd int }

// judgeClaim is M5.
func (b *Books) judgeClaim(c *audit.Claim) {
	o := &b.odd[c.User]
	o.claims++
	if b.rules.Check(c).Worst() >= audit.Medium {
		o.odd++
	}
	b.m5.score(c.User, float64(o.odd)/float64(o.claims))
	if o.odd >= rulesLeast && 2*o.odd >= o.claims {
		b.m5.accuse(c.User, c.At)
	}
}

// solution is M3's latest.
type solution struct {
	is    *accuracy.Attribution // nil: there is none yet
	given []accuracy.Observation
}

// judgeShares is M3 with the windows so far. Nobody is accused before there are twice as many
// observations as users who claim something, for then honest noise passes for fraud.
func (b *Books) judgeShares(now protocol.Time) {
	given := accuracy.Observations(b.sheet)
	is, err := accuracy.Attribute(b.cfg.Users, given, true)
	if err != nil {
		return
	}
	b.solved = solution{is, given}
	claimed := 0
	for _, fake := range is.Fake {
		if !math.IsNaN(fake) {
			claimed++
		}
	}
	for u, fake := range is.Fake {
		if math.IsNaN(fake) {
			continue
		}
		b.m3.score(audit.User(u), fake)
		if fake > fakeShare && len(given) >= 2*claimed {
			b.m3.accuse(audit.User(u), now)
		}
	}
}

// judgeGroups is a round of M4.
func (b *Books) judgeGroups(now protocol.Time) {
	b.pairing.Judge()
	for u := range b.m4.users {
		w := b.pairing.Weight(audit.User(u))
		if w.Rounds == 0 {
			continue
		}
		b.m4.score(audit.User(u), float64(w.Suspected)/float64(w.Rounds))
		if w.Suspect(pairingRounds, pairingShare) {
			b.m4.accuse(audit.User(u), now)
		}
	}
	b.pairing.Deal(&b.rand)
}

// judgeContrast is M1 against M6: in each torrent, claims against what was seen.
func (b *Books) judgeContrast(now protocol.Time) {
	if !b.Observers.any() {
		return
	}
	for n := range b.cfg.Torrents {
		seen := b.Observers.byUser(n)
		claims := b.claims(n)
		_, all := audit.Contrast{Slack: contrastSlack, Share: contrastShare}.Check(claims, seen)
		for _, v := range all {
			b.cross.score(v.User, max(b.cross.users[v.User].score, count(v)))
			if count(v) > 0 {
				b.cross.accuse(v.User, now)
			}
		}
	}
}

// count is how many contradictions a verdict has.
func count(v audit.Verdict) (n float64) {
	for _, is := range [...]bool{v.DownShort, v.DownLong, v.UpLong} {
		if is {
			n++
		}
	}
	return n
}

// claims is M1 of one torrent, by user.
func (b *Books) claims(n int) []audit.Volume {
	list := make([]audit.Volume, b.cfg.Users)
	for _, a := range b.ledger.Accounts() {
		if u, ok := b.cfg.Owner(a.PeerID); ok && a.InfoHash == b.cfg.Torrents[n].InfoHash {
			list[u].Up += a.Credited.Uploaded
			list[u].Down += a.Credited.Downloaded
		}
	}
	return list
}
