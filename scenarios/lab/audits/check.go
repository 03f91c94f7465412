package audits

import (
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/findings"
)

// Facts are what invariants hold in, and what they are held against. Auditors do not know them.
type Facts struct {
	Honest bool // nobody cheats
	// Closed says that all peers took their leave in good order before the end, and that all
	// they stated came to the office.
	Closed bool
	// Unsigned is by user what its clients wrote on connections that have ended and got no receipt
	// for, as they count it.
	Unsigned []uint64
	// Probed is the payload that users gave to observers who challenged them, and Given that of
	// each user: nobody reports it nor signs for it.
	Probed uint64
	Given  []uint64
	// Verified returns the bytes of pieces that a peer got verified after one time and until
	// another one. ok is false for peers that do not show these as they get them.
	Verified func(peerID [20]byte, torrent int, after, until protocol.Time) (n uint64, ok bool)
}

// check holds what was found against what must be so in any run (TARGETS E8, E5): the payload that
// users gave is what users got; the claims that M2 and M3 work on are those that M1 credits;
// fractions and residuals of M3 add up to the balances; nobody honest is credited more by its
// partners than it transferred, and all of it if all are honest and nothing was lost; and an
// observer errs by one piece.
func (b *Books) check(truths []Truth, facts *Facts, rows map[string][]findings.Account) error {
	if err := checkTransfers(truths, facts.Probed); err != nil {
		return err
	}
	if err := b.checkClaims(rows["M1"]); err != nil {
		return err
	}
	if off, of := b.solved.residual(); off > 1e-6*max(of, 1) {
		return fmt.Errorf("audit: M3's fractions and residuals differ from the balances by %.0f "+
			"of %.0f bytes", off, of)
	}
	for _, m := range [...]string{"M7", "M8"} {
		if err := checkStated(m, rows[m], truths, facts); err != nil {
			return err
		}
	}
	return b.checkSights(facts)
}

func checkTransfers(truths []Truth, probed uint64) error {
	var up, down uint64
	for u := range truths {
		t := &truths[u]
		up += t.Up
		down += t.Down
		if t.Up > t.Sent || t.WireUp < t.Up || t.WireDown < t.Down {
			return fmt.Errorf("audit: user %d: delivered %d of the %d bytes that it sent, with "+
				"%d of overhead; received %d, with %d", u, t.Up, t.Sent, t.WireUp-t.Up, t.Down,
				t.WireDown-t.Down)
		}
	}
	if up != down+probed {
		return fmt.Errorf("audit: users gave %d bytes and got %d, and observers %d", up, down,
			probed)
	}
	return nil
}

// checkClaims holds the sheet against the ledger: both hear the same announces.
func (b *Books) checkClaims(rows []findings.Account) error {
	if b.desk.Counts.Refused() > 0 || b.sheet.Counts.Refused() > 0 {
		return nil // what the sheet does not believe, the ledger credits
	}
	claimed := make([]audit.Volume, b.cfg.Users)
	for _, s := range b.sheet.Shares() {
		claimed[s.User].Up += s.Up
		claimed[s.User].Down += s.Down
	}
	for u, v := range claimed {
		r := &rows[u]
		if float64(v.Up) != r.UpEstimate || float64(v.Down) != r.DownEstimate {
			return fmt.Errorf("audit: user %d: the ledger credits %.0f up and %.0f down, and the "+
				"sheet of claims has %d and %d", u, r.UpEstimate, r.DownEstimate, v.Up, v.Down)
		}
	}
	return nil
}

// checkStated holds what users state of each other against the truth. Who is honest is never
// credited more than it gave. Where all are honest and nothing was lost, reports are exact: both
// ends count what was handed over, also a block behind the message for which its receiver closes.
// Receipts miss at most what senders know to be unsigned.
func checkStated(method string, rows []findings.Account, truths []Truth, facts *Facts) error {
	for u := range rows {
		r, t := &rows[u], &truths[u]
		if r.Cheat != findings.Honest {
			continue
		}
		if r.UpEstimate > float64(t.Sent) || method == "M8" && r.UpEstimate > float64(t.Up) {
			return fmt.Errorf("audit: user %d: %s credits it %.0f bytes up, of %d that it sent "+
				"and %d that came", u, method, r.UpEstimate, t.Sent, t.Up)
		}
		if !facts.Honest || !facts.Closed {
			continue
		}
		tail := facts.Given[u]
		if method == "M8" {
			tail += facts.Unsigned[u]
		}
		if up := uint64(r.UpEstimate); t.Up-min(up, t.Up) > tail {
			return fmt.Errorf("audit: user %d: all are honest and nothing was lost, and %s "+
				"credits it %d of %d bytes up; at most %d may be missing", u, method, up, t.Up,
				tail)
		}
		if down := r.DownEstimate; method == "M7" && down != float64(t.Down) {
			return fmt.Errorf("audit: user %d: all are honest and nothing was lost, and M7 says "+
				"%.0f bytes down, of %d", u, down, t.Down)
		}
	}
	return nil
}

// lag is how old news of pieces may be that come to an observer.
const lag = protocol.Time(30 * time.Second)

// checkSights is the bound of E5: what an observer saw a peer gain is what that got verified
// meanwhile, to a piece, and to what it got while the news were under way.
func (b *Books) checkSights(facts *Facts) error {
	for n, t := range b.cfg.Torrents {
		for _, s := range b.Observers.sights(n) {
			piece := uint64(t.Geometry.PieceLength)
			most, ok := facts.Verified(s.PeerID, n, s.First-lag, s.Last+lag)
			least, _ := facts.Verified(s.PeerID, n, s.First+lag, s.Last-lag)
			if !ok || s.Gained <= most+piece && s.Gained+s.Doubted+piece >= least {
				continue
			}
			u, _ := b.cfg.Owner(s.PeerID)
			return fmt.Errorf("audit: user %d: an observer saw it gain %d bytes of torrent %s "+
				"from %d to %d ns, in which it got %d to %d verified", u, s.Gained, t.Name,
				int64(s.First), int64(s.Last), least, most)
		}
	}
	return nil
}
