package audits

import (
	"math"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/tracker"
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
	fakeShare   = 1.0 / 6
	fakeSure    = 4 // and so many standard errors: many users are judged at many windows
	fakeWindows = 2 // at so many windows in a row
	// M5, as published, accuses for a single claim that is not plausible. M5x2 does so after so
	// many of them, and a quarter of all.
	rulesLeast = 3
	// M4 accuses who was suspected in so many rounds, and in such a share of its own.
	pairingRounds = 2
	pairingShare  = 500_000
	// M7 excuses what is under way when a receiver closes, and what is transferred between the
	// reports of the two ends, until the end; it accuses who has so many partners and disputes with
	// such a share of them, at two windows in a row. So does M10.
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
	rows    int           // windows in a row at which it was suspect
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

// oddity counts a user's claims of uploads, those of them that are not plausible by the rules as
// published, and those that are not by ours.
type oddity struct{ claims, found, odd int }

// judgeClaim is M5: the rules exactly as they are published, and, as M5x2, with what it takes for
// them to spare the honest. By R2 as published, a claim is held against who is there when it is
// announced, though it was earned before: in a small swarm the one who got it has often completed
// since. So M5x2 believes R2 only of who announced in an empty swarm before, too; and it accuses
// nobody for a single claim.
func (b *Books) judgeClaim(c *audit.Claim) {
	at := place{c.User, c.Torrent}
	before := b.empty[at]
	b.empty[at] = c.Leechers == 0
	if b.probing != nil {
		without := *c
		without.Credit.Uploaded = b.probing.less(c.User, b.torrentOf(b.hears), c.Credit.Uploaded)
		c = &without
	}
	if c.Credit.Uploaded == 0 {
		return
	}
	o := &b.odd[c.User]
	o.claims++
	f := b.rules.Check(c)
	if f.Worst() > audit.Clean {
		o.found++
		b.m5.accuse(c.User, c.At)
	}
	b.m5.score(c.User, float64(o.found)/float64(o.claims))
	if max(f.Velocity, f.Stranger) >= audit.Medium || f.Empty >= audit.Medium && before {
		o.odd++
	}
	b.m5x2.score(c.User, float64(o.odd)/float64(o.claims))
	if o.odd >= rulesLeast && 4*o.odd >= o.claims {
		b.m5x2.accuse(c.User, c.At)
	}
}

// solution is M3's latest.
type solution struct {
	is    *accuracy.Attribution // nil: there is none yet
	given []accuracy.Observation
}

// judgeShares is M3 with the windows so far, each by what was claimed in it: in a window in which
// little was, the last bytes of an interval look like fraud. Nobody is accused before there are
// twice as many observations as users who claim something, and nobody of an invention that may as
// well be noise.
func (b *Books) judgeShares(now protocol.Time) {
	given := accuracy.Observations(b.sheet)
	is, err := accuracy.Attribute(b.cfg.Users, given, false)
	if err != nil {
		return
	}
	b.solved = solution{is, given}
	for u, fake := range is.Fake {
		if math.IsNaN(fake) {
			continue
		}
		b.m3.score(audit.User(u), fake/max(is.Doubt[u], 1e-9))
		b.m3.users[u].rows++
		if fake < max(fakeShare, fakeSure*is.Doubt[u]) || len(given) < 2*is.Users {
			b.m3.users[u].rows = 0
		}
		if b.m3.users[u].rows >= fakeWindows {
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

// judgeContrast is M1 against M6: in each torrent, claims against what was seen. What was seen may
// not have been claimed yet, so that claims are to cover what was seen a window ago.
func (b *Books) judgeContrast(now protocol.Time) {
	if !b.Observers.any() {
		return
	}
	check := audit.Contrast{Slack: contrastSlack, Share: contrastShare}
	for n := range b.cfg.Torrents {
		seen, claims := b.Observers.byUser(n), b.claims(n)
		_, late := check.Check(claims, b.seen[n])
		_, all := check.Check(claims, seen)
		for _, v := range late {
			b.contradict(v.User, now, v.DownShort)
		}
		for _, v := range all {
			b.contradict(v.User, now, v.DownLong, v.UpLong)
		}
		b.seen[n] = seen
	}
}

// contradict notes contradictions between what a user claims and what was seen.
func (b *Books) contradict(u audit.User, now protocol.Time, found ...bool) {
	score := b.cross.users[u].score
	for _, is := range found {
		if is {
			score++
			b.cross.accuse(u, now)
		}
	}
	b.cross.score(u, score)
}

// claims is M1 of one torrent, by user.
func (b *Books) claims(n int) []audit.Volume {
	var of []tracker.Account
	for _, a := range b.ledger.Accounts() {
		if a.InfoHash == b.cfg.Torrents[n].InfoHash {
			of = append(of, a)
		}
	}
	list, _ := audit.SelfReport(of, b.cfg.Owner)
	return append(list, make([]audit.Volume, b.cfg.Users-len(list))...)
}
