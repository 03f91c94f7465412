package accuracy

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/tracker"
)

// town is a small swarm without a network: users who send each other bytes in rounds, and all that
// they then say to whom.
type town struct {
	private []ed25519.PrivateKey
	users   map[audit.Key]audit.User
	rand    protocol.Rand
	round   int
	truth   []audit.Volume
	sent    [][]uint64
	said    []tracker.Totals // what each announced last
	desk    *audit.Desk
	sheet   *audit.Sheet
	cross   *audit.CrossBook
	bank    *audit.Bank
	claims  []audit.Volume
}

// ways is how users lie.
type ways struct {
	times    func(u int) float64 // of their uploads, in announces and reports
	pair     uint64              // invented by users 0 and 1 for each other in each round
	withheld int                 // a user who signs and reports nothing, or -1
}

const (
	townUsers  = 20
	townRounds = 60
)

func newTown(t *testing.T) *town {
	w := &town{users: map[audit.Key]audit.User{}, rand: protocol.NewRand(1, 2, 3),
		truth: make([]audit.Volume, townUsers), said: make([]tracker.Totals, townUsers),
		claims: make([]audit.Volume, townUsers), sheet: audit.NewSheet(time.Hour, 1e6)}
	for u := range townUsers {
		key := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), byte(u)))
		w.private = append(w.private, key)
		w.users[audit.KeyOf(key)] = audit.User(u)
		w.sent = append(w.sent, make([]uint64, townUsers))
	}
	book := audit.BookConfig{PairsMax: townUsers, Pace: audit.Pace{BytesPerSec: 1e9},
		Users: func(k audit.Key) (audit.User, bool) { u, ok := w.users[k]; return u, ok }}
	w.cross, w.bank = audit.NewCrossBook(book), audit.NewBank(book)
	var err error
	w.desk, err = audit.NewDesk(audit.DeskConfig{Rule: tracker.Rebase, Expiry: 2 * time.Hour,
		CreditMax: 1 << 48, PeersMax: 1,
		Owner: func(q *tracker.Request) (audit.User, bool) { return audit.User(q.PeerID[0]), true },
		Claim: func(c *audit.Claim) {
			w.claims[c.User].Up += c.Credit.Uploaded
			w.claims[c.User].Down += c.Credit.Downloaded
			w.sheet.Claim(c)
		}})
	require.NoError(t, err)
	return w
}

// live lets an hour pass in which everybody sends something to three others and announces itself.
func (w *town) live(lie ways) {
	w.round++
	for u := range townUsers {
		for range 3 {
			v := (u + 1 + w.rand.Intn(townUsers-1)) % townUsers
			n := 1_000_000 + w.rand.Uint64n(5_000_000)
			w.sent[u][v] += n
			w.truth[u].Up, w.truth[v].Down = w.truth[u].Up+n, w.truth[v].Down+n
		}
	}
	for u := range townUsers {
		now := tracker.Totals{Uploaded: uint64(float64(w.truth[u].Up) * lie.times(u)),
			Downloaded: w.truth[u].Down, Left: 1}
		if u < 2 {
			now.Uploaded += lie.pair * uint64(w.round)
			now.Downloaded += lie.pair * uint64(w.round)
		}
		q := tracker.Request{PeerID: [20]byte{byte(u)}, Totals: now}
		w.desk.Announced(protocol.Time(w.round)*protocol.Time(time.Hour), &q, &w.said[u])
		w.said[u] = now
	}
}

// tell lets everybody report to the book, and sign receipts that are brought to the bank.
func (w *town) tell(t *testing.T, lie ways) {
	now := protocol.Time(w.round) * protocol.Time(time.Hour)
	for u := range townUsers {
		for v := range townUsers {
			if u == v || u == lie.withheld {
				continue
			}
			minted := uint64(0)
			if u < 2 && v < 2 {
				minted = lie.pair * uint64(w.round)
			}
			r := audit.Report{By: audit.KeyOf(w.private[u]), About: audit.KeyOf(w.private[v]),
				Number: 1, Sent: uint64(float64(w.sent[u][v])*lie.times(u)) + minted,
				Received: w.sent[v][u] + minted}
			require.Equal(t, audit.OK, w.cross.Take(now, r.Append(nil, w.private[u])))
			s := audit.Receipt{Number: 1, Bytes: w.sent[v][u] + minted,
				Terms: audit.Terms{By: r.By, For: r.About}}
			require.Equal(t, audit.OK, w.bank.Deposit(now, s.Append(nil, w.private[u])))
		}
	}
}

func run(t *testing.T, lie ways) *town {
	w := newTown(t)
	for range townRounds {
		w.live(lie)
	}
	w.tell(t, lie)
	return w
}

// up measures uploads.
func (w *town) up(estimates []audit.Volume) Errors {
	var truth []float64
	var seen []Estimate
	for u := range w.truth {
		n := float64(estimates[u].Up)
		truth = append(truth, float64(w.truth[u].Up))
		seen = append(seen, Estimate{true, n, n, n})
	}
	return Measure(truth, seen)
}

func honest(int) float64 { return 1 }

// flagged counts cells that are out of balance by 2 %.
func (w *town) flagged() (n int) {
	for _, c := range w.sheet.Cells() {
		if c.Flagged(1000, 20_000) {
			n++
		}
	}
	return n
}

// With honest users and no loss, all methods say the truth (E8).
func TestHonestTown(t *testing.T) {
	w := run(t, ways{times: honest, withheld: -1})
	require.Equal(t, w.truth, w.claims)
	require.Equal(t, w.truth, w.cross.Volumes(audit.Least))
	require.Equal(t, w.truth, w.bank.Volumes())
	var all audit.Volume
	for _, v := range w.truth {
		all.Up, all.Down = all.Up+v.Up, all.Down+v.Down
	}
	require.Equal(t, all.Up, all.Down)
	require.Zero(t, w.flagged())
	a, err := Attribute(townUsers, Observations(w.sheet), true)
	require.NoError(t, err)
	require.Equal(t, townUsers, a.Rank)
	for _, f := range a.Fake {
		require.InDelta(t, 0, f, 1e-9)
	}
}

// Two who report 1.5 times the truth: the tracker believes them, its balance shows it, least
// squares name them, and what their partners say corrects them.
func TestTownWithMultipliers(t *testing.T) {
	cheats := make([]bool, townUsers)
	cheats[4], cheats[11] = true, true
	w := run(t, ways{withheld: -1, times: func(u int) float64 {
		if cheats[u] {
			return 1.5
		}
		return 1
	}})
	for u := range w.truth {
		off := float64(w.claims[u].Up)/float64(w.truth[u].Up) - 1
		require.InDelta(t, map[bool]float64{true: 0.5}[cheats[u]], off, 1e-6)
	}
	require.Greater(t, w.flagged(), townRounds*9/10)
	a, err := Attribute(townUsers, Observations(w.sheet), true)
	require.NoError(t, err)
	require.Equal(t, 1.0, AUC(cheats, a.Fake))
	require.InDelta(t, 1.0/3, a.Fake[4], 1e-6)
	require.Equal(t, w.truth, w.cross.Volumes(audit.Least))
	require.Equal(t, w.truth, w.bank.Volumes())
	for u, s := range w.cross.Standings(1000, 40_000) {
		require.Equal(t, cheats[u], s.Suspect(3, 500_000))
	}
}

// Two who invent for each other: only the bound of what they gave to others holds them.
func TestTownWithCollusion(t *testing.T) {
	const minted = 1 << 32
	w := run(t, ways{times: honest, pair: minted, withheld: -1})
	require.Zero(t, w.flagged(), "symmetric")
	for _, credited := range [][]audit.Volume{w.claims, w.cross.Volumes(audit.Least),
		w.bank.Volumes()} {
		for u := range w.truth {
			want := w.truth[u].Up
			if u < 2 {
				want += townRounds * minted
			}
			require.Equal(t, want, credited[u].Up)
		}
	}
	var anchors []audit.User
	for u := audit.User(2); u < townUsers; u++ {
		anchors = append(anchors, u)
	}
	g := audit.NewGraph(townUsers, w.bank.Flows(nil))
	given := w.truth[0].Up + w.truth[1].Up - w.sent[0][1] - w.sent[1][0]
	require.Equal(t, given, g.Bound([]audit.User{0, 1}, anchors))
	bounded := g.Bounded(w.bank.Volumes(), anchors)
	require.Equal(t, []uint64{given, given}, []uint64{bounded[0].Up, bounded[1].Up})
	require.Equal(t, w.truth[2:], bounded[2:])
	require.Less(t, w.up(bounded).Bias, 0.11, "each of 2 in 20 has the bound of both")
	require.Greater(t, w.up(w.claims).Bias, 10.0)
}

// One who withholds takes from his partners what they gave him, and no more.
func TestTownWithWithholding(t *testing.T) {
	w := run(t, ways{times: honest, withheld: 7})
	receipts, least := w.bank.Volumes(), w.cross.Volumes(audit.Least)
	for u := range w.truth {
		want := w.truth[u].Up - w.sent[u][7]
		require.Equal(t, want, receipts[u].Up)
		if u != 7 {
			require.Equal(t, want, least[u].Up)
		}
	}
	require.Zero(t, least[7], "nor is he believed")
	require.Equal(t, w.truth, w.cross.Volumes(audit.Lone), "unless the other one suffices")
	require.Less(t, w.up(receipts).SignedMedian, 0.0)
}
