package tracker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// step is an announce of one client, or something that happens to the tracker.
type step struct {
	event Event
	total uint64
	what  string // "expired", "lost" (the announce does not arrive), "crash" (of the tracker)
}

// The cases of the sheet, each with what a client really transferred and what each rule credits.
var creditCases = []struct {
	name   string
	down   bool // the totals are those of downloads
	steps  []step
	credit [rules]uint64
}{
	{"normal", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Update, 250, ""}, {Stopped, 310, ""}},
		[rules]uint64{310, 310, 310, 310}},
	{"crash and restart", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Update, 250, ""}, {Started, 0, ""},
			{Update, 40, ""}, {Stopped, 60, ""}},
		[rules]uint64{310, 310, 310, 60}},
	{"peer expired at tracker", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Update, 0, "expired"}, {Update, 180, ""},
			{Stopped, 200, ""}},
		[rules]uint64{120, 120, 300, 200}},
	{"stopped lost, counters kept", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Stopped, 150, "lost"}, {Started, 150, ""},
			{Stopped, 200, ""}},
		[rules]uint64{150, 200, 200, 200}},
	{"stopped lost, counters cleared", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Stopped, 150, "lost"}, {Started, 0, ""},
			{Stopped, 50, ""}},
		[rules]uint64{150, 150, 150, 50}},
	{"tracker restart, state lost", false,
		[]step{{Started, 0, ""}, {Update, 100, ""}, {Update, 0, "crash"}, {Update, 160, ""},
			{Update, 220, ""}, {Stopped, 240, ""}},
		[rules]uint64{180, 180, 340, 240}},
	{"downloaded decreases", true,
		[]step{{Started, 0, ""}, {Update, 65536, ""}, {Update, 32768, ""}, {Stopped, 98304, ""}},
		[rules]uint64{131072, 131072, 131072, 98304}},
}

func TestCreditOfAllRules(t *testing.T) {
	for _, c := range creditCases {
		var books Books
		var ledgers []*Ledger
		for r := range rules {
			ledgers = append(ledgers, NewLedger(r, 10))
			books = append(books, ledgers[r])
		}
		cfg := Defaults()
		cfg.Observer = books
		k := newTracker(t, cfg)
		rand := protocol.NewRand(1, 2, 3)
		var r Reply
		q := someRequest(1)
		now := protocol.Time(0)
		for _, s := range c.steps {
			now = now.Add(cfg.Interval)
			switch s.what {
			case "expired":
				now = now.Add(3 * cfg.Interval)
				continue
			case "crash":
				k.Reset()
				continue
			case "lost":
				continue
			}
			q.Event, q.Uploaded, q.Downloaded = s.event, s.total, 0
			if c.down {
				q.Uploaded, q.Downloaded = 0, s.total
			}
			k.Announce(now, &rand, &q, &r)
			require.Empty(t, r.Failure)
		}
		for rule, l := range ledgers {
			require.Len(t, l.Accounts(), 1)
			a, ok := l.Account(q.InfoHash, q.PeerID)
			require.True(t, ok)
			got := a.Credited.Uploaded
			if c.down {
				got = a.Credited.Downloaded
			}
			require.Equal(t, c.credit[rule], got, "%s, %v", c.name, Rule(rule))
			require.True(t, a.Stopped)
			require.Equal(t, q.Totals, a.Reported)
		}
	}
}

func TestLedgerSeesRestarts(t *testing.T) {
	l := NewLedger(Rebase, 1)
	cfg := Defaults()
	cfg.Observer = l
	k := newTracker(t, cfg)
	rand := protocol.NewRand(1, 2, 3)
	var r Reply
	q := someRequest(1)
	say := func(at time.Duration, e Event, up, down uint64) {
		q.Event, q.Uploaded, q.Downloaded = e, up, down
		k.Announce(protocol.Time(at), &rand, &q, &r)
	}
	restarts := func() [2]uint64 {
		a, _ := l.Account(q.InfoHash, q.PeerID)
		return [2]uint64{a.Restarts, a.Decreases}
	}
	say(0, Started, 0, 0)
	say(time.Minute, Update, 10, 10)
	require.Equal(t, [2]uint64{0, 0}, restarts())
	say(2*time.Minute, Update, 10, 5)
	require.Equal(t, [2]uint64{0, 1}, restarts(), "a piece failed its hash")
	say(3*time.Minute, Update, 9, 5)
	require.Equal(t, [2]uint64{1, 1}, restarts(), "what was uploaded went down")
	say(4*time.Minute, Started, 20, 20)
	require.Equal(t, [2]uint64{2, 1}, restarts(), "a new start")
	say(5*time.Minute, Stopped, 20, 20)
	say(6*time.Minute, Started, 0, 0)
	require.Equal(t, [2]uint64{3, 1}, restarts(), "it came back")
	other := someRequest(2)
	k.Announce(protocol.Time(7*time.Minute), &rand, &other, &r)
	require.EqualValues(t, 1, l.Turned(), "no room for a second account")
	require.Len(t, l.Accounts(), 1)
}
