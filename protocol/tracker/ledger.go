package tracker

import (
	"math"

	"swarmlab/protocol"
)

// Rule says how a tracker makes credit of the totals that a client reports. None is exact: what
// was transferred before the first announce, after the last one, or while the tracker had
// forgotten the peer is lost, or counted twice.
type Rule uint8

// The rules.
const (
	// Rebase credits the difference to the last announce of the same peer. A peer that is not
	// known, a new start, and an upload or download that went down set a new base and credit
	// nothing. Private trackers with Ocelot do so.
	Rebase Rule = iota
	// Clamp credits the difference, whatever the event, and nothing where a total went down. A
	// peer that is not known sets the base.
	Clamp
	// ZeroBase is Clamp, but a peer that is not known is taken to have reported nothing before.
	ZeroBase
	// FinalOnly credits what is reported with the event stopped, and nothing else.
	FinalOnly
	rules
)

var ruleNames = [rules]string{"rebase", "clamp", "zero_base", "final_only"}

// String returns the name of the rule.
func (r Rule) String() string { return ruleNames[r] }

// Credit returns what an announce of now adds to an account; of Left it says nothing. Last is what
// the same peer reported before, or nil.
func (r Rule) Credit(e Event, last, now *Totals) Totals {
	switch {
	case r == FinalOnly && e == Stopped, r == ZeroBase && last == nil:
		last = &Totals{}
	case r == FinalOnly, last == nil, r == Rebase && restarted(e, last, now):
		return Totals{}
	case r == Rebase && now.Downloaded < last.Downloaded:
		return Totals{}
	}
	return Totals{
		Uploaded:   gain(last.Uploaded, now.Uploaded),
		Downloaded: gain(last.Downloaded, now.Downloaded),
		Corrupt:    gain(last.Corrupt, now.Corrupt),
		Redundant:  gain(last.Redundant, now.Redundant),
	}
}

// restarted reports whether a peer that is known began to count anew. What was uploaded never goes
// down otherwise; what was downloaded does, when a piece fails its hash.
func restarted(e Event, last, now *Totals) bool {
	return e == Started || now.Uploaded < last.Uploaded
}

func gain(last, now uint64) uint64 {
	if now < last {
		return 0
	}
	return now - last
}

// Account is what a ledger holds of one client in one torrent.
type Account struct {
	InfoHash  [20]byte
	PeerID    [20]byte
	Key       uint32 // of the last announce
	Reported  Totals // in the last announce
	Credited  Totals // by the rule, in all; Left means nothing
	First     protocol.Time
	Last      protocol.Time // of the last announce
	Announces uint64
	// Restarts is how often the client began to count anew: it announced a new start, or an upload
	// that had gone down, or came back after it had left or was forgotten.
	Restarts uint64
	// Decreases is how often its download went down, as it does when a piece fails its hash.
	Decreases uint64
	Stopped   bool // its last announce was its leave
}

// Ledger is an [Observer] that keeps an account for each client and torrent, by a rule. Clients
// are told apart by their peer ids: the ids of one client that announces itself from two addresses
// are the same, so is what it reports, and it is credited twice, as it is by real trackers.
type Ledger struct {
	rule     Rule
	most     int
	accounts []Account
	index    map[account]int
	turned   uint64
}

type account struct{ infoHash, peerID [20]byte }

// NewLedger returns a ledger of at most so many accounts. Who comes later is not written down.
func NewLedger(r Rule, most int) *Ledger {
	return &Ledger{rule: r, most: most, index: make(map[account]int)}
}

// Announced implements [Observer].
func (l *Ledger) Announced(now protocol.Time, q *Request, last *Totals) {
	x, ok := l.index[account{q.InfoHash, q.PeerID}]
	if !ok {
		if len(l.accounts) >= l.most {
			l.turned++
			return
		}
		x = len(l.accounts)
		l.index[account{q.InfoHash, q.PeerID}] = x
		l.accounts = append(l.accounts, Account{InfoHash: q.InfoHash, PeerID: q.PeerID, First: now})
	}
	a := &l.accounts[x]
	switch {
	case ok && last == nil, last != nil && restarted(q.Event, last, &q.Totals):
		a.Restarts++
	case last != nil && q.Downloaded < last.Downloaded:
		a.Decreases++
	}
	a.Credited.add(l.rule.Credit(q.Event, last, &q.Totals))
	a.Reported, a.Key, a.Last = q.Totals, q.Key, now
	a.Announces++
	a.Stopped = q.Event == Stopped
}

// add adds up credit. It stays at the greatest number: nobody's claims make an account smaller.
func (t *Totals) add(d Totals) {
	t.Uploaded = sum(t.Uploaded, d.Uploaded)
	t.Downloaded = sum(t.Downloaded, d.Downloaded)
	t.Corrupt = sum(t.Corrupt, d.Corrupt)
	t.Redundant = sum(t.Redundant, d.Redundant)
}

func sum(a, b uint64) uint64 {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxUint64
}

// Accounts returns all accounts in the order in which they were opened. They belong to the ledger.
func (l *Ledger) Accounts() []Account { return l.accounts }

// Account returns the account of a client in a torrent; ok is false if there is none.
func (l *Ledger) Account(infoHash, peerID [20]byte) (a Account, ok bool) {
	x, ok := l.index[account{infoHash, peerID}]
	if !ok {
		return Account{}, false
	}
	return l.accounts[x], true
}

// Turned returns how many announces were not written down for want of room.
func (l *Ledger) Turned() uint64 { return l.turned }

// Books are several observers that hear the same, for instance ledgers by different rules.
type Books []Observer

// Announced implements [Observer].
func (b Books) Announced(now protocol.Time, q *Request, last *Totals) {
	for _, o := range b {
		o.Announced(now, q, last)
	}
}
