package audits

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios/findings"
)

const piece = 1 << 18

// world is two users of whom the first gives the second a torrent of ten pieces, which an observer
// sees.
type world struct {
	books  *Books
	truths []Truth
	facts  Facts
	got    func(until protocol.Time) uint64
}

func newWorld(t *testing.T) *world {
	cfg := Config{Seed: 1, Users: 2, Window: time.Minute, Interval: time.Minute,
		Owner: func(id [20]byte) (audit.User, bool) {
			return audit.User(id[19]), id[19] < 2
		},
		Torrents: []Torrent{{Name: "film",
			Geometry: swarm.Geometry{Total: 10 * piece, PieceLength: piece}}}}
	b, err := New(cfg)
	require.NoError(t, err)
	w := &world{books: b}
	w.truths = []Truth{
		{Cheat: findings.Honest, Sent: 10 * piece, Up: 10 * piece, WireUp: 11 * piece},
		{Cheat: findings.Honest, Down: 10 * piece, WireDown: 11 * piece, Verified: 10 * piece}}
	w.got = func(until protocol.Time) uint64 {
		return uint64(min(max(until/protocol.Time(time.Minute), 0), 10)) * piece
	}
	w.facts = Facts{Verified: func(id [20]byte, _ int, after, until protocol.Time) (uint64, bool) {
		return w.got(until) - w.got(min(after, until)), id[19] == 1
	}}
	w.run()
	return w
}

func idOf(u byte) (id [20]byte) {
	copy(id[:], "-SL0100-")
	id[19] = u
	return id
}

// run has both announce each minute, and the second one show a piece each minute.
func (w *world) run() {
	o := w.books.Observer()
	o.Met(0, 1, swarm.Remote{ID: idOf(1)})
	o.Field(0, 0, 1, make([]byte, 2))
	last := [2]tracker.Totals{}
	for n := range uint64(11) {
		now := protocol.Time(n) * protocol.Time(time.Minute)
		for u := range byte(2) {
			q := tracker.Request{PeerID: idOf(u), Totals: tracker.Totals{Left: 1}}
			if u == 0 {
				q.Uploaded = n * piece
			} else {
				q.Downloaded = n * piece
			}
			before := &last[u]
			if n == 0 {
				before = nil
			}
			w.books.Announced(now, &q, before)
			last[u] = q.Totals
		}
		if n > 0 {
			o.Have(now, 0, 1, uint32(n-1))
			o.Look(now)
			w.books.Window(now, []audit.Volume{{Up: n * piece, Down: n * piece}})
		}
	}
}

func (w *world) report() (*findings.Audit, error) {
	return w.books.Report(w.truths, Costs{}, w.facts)
}

func TestWhatIsTruePasses(t *testing.T) {
	out, err := newWorld(t).report()
	require.NoError(t, err)
	require.Len(t, out.Balances, 10)
	for n, row := range out.Balances {
		require.EqualValues(t, piece, row.TrueUp, "window %d", n)
	}
	methods := map[string]int{}
	for _, a := range out.Accounts {
		methods[a.Method]++
		switch a.Method {
		case "M1":
			require.EqualValues(t, a.Up, a.UpEstimate)
			require.EqualValues(t, a.Down, a.DownEstimate)
		case "M6":
			require.Equal(t, a.User == 1, a.DownSeen)
			require.EqualValues(t, a.Down, a.DownEstimate)
		}
		require.False(t, a.Accused)
	}
	require.Equal(t, map[string]int{"M1": 2, "M2": 2, "M3": 2, "M5": 2, "M5x2": 2, "M6": 2,
		"M1xM6": 2},
		methods)
}

// TestPlantedErrorsAreFound: each invariant fails a run that breaks it, and says who and how much.
func TestPlantedErrorsAreFound(t *testing.T) {
	honest := func(up, down float64) []findings.Account {
		return []findings.Account{{Cheat: findings.Honest, UpEstimate: up},
			{Cheat: findings.Honest, DownEstimate: down}}
	}
	for name, c := range map[string]struct {
		plant func(w *world)
		error string
	}{
		"a byte that nobody got": {func(w *world) { w.truths[1].Down-- },
			"users gave 2621440 bytes and got 2621439, and observers 0"},
		"a byte that nobody sent": {func(w *world) { w.truths[0].Up++ },
			"user 0: delivered 2621441 of the 2621440 bytes that it sent"},
		"a claim that the ledger missed": {func(w *world) {
			w.books.sheet.Claim(&audit.Claim{User: 1, Credit: tracker.Totals{Downloaded: 7}})
		}, "user 1: the ledger credits 0 up and 2621440 down, and the sheet of claims has 0 and " +
			"2621447"},
		"a residual that does not add up": {func(w *world) {
			w.books.solved.is.Residuals[3] += 1000
		}, "M3's fractions and residuals differ from the balances by 1000"},
		"a piece that was never verified": {func(w *world) {
			w.got = func(until protocol.Time) uint64 { return 2 * piece }
		}, "user 1: an observer saw it gain 2621440 bytes of torrent film"},
	} {
		w := newWorld(t)
		c.plant(w)
		_, err := w.report()
		require.ErrorContains(t, err, c.error, name)
	}
	w := newWorld(t)
	w.facts.Honest, w.facts.Closed, w.facts.Unsigned = true, true, []uint64{200, 0}
	w.facts.Given = make([]uint64, 2)
	full := float64(10 * piece)
	require.NoError(t, checkStated("M7", honest(full, full), w.truths, &w.facts))
	require.NoError(t, checkStated("M8", honest(full-200, full-200), w.truths, &w.facts))
	require.ErrorContains(t, checkStated("M7", honest(full-1, full), w.truths, &w.facts),
		"user 0: all are honest and nothing was lost, and M7 credits it 2621439 of 2621440 bytes")
	require.ErrorContains(t, checkStated("M7", honest(full, full-1), w.truths, &w.facts),
		"user 1: all are honest and nothing was lost, and M7 says 2621439 bytes down")
	require.ErrorContains(t, checkStated("M7", honest(full, full+1), w.truths, &w.facts),
		"user 1: all are honest and nothing was lost, and M7 says 2621441 bytes down")
	require.ErrorContains(t, checkStated("M8", honest(full-201, full), w.truths, &w.facts),
		"at most 200 may be missing")
	require.ErrorContains(t, checkStated("M8", honest(full+1, full), w.truths, &w.facts),
		"user 0: M8 credits it 2621441 bytes up, of 2621440 that it sent")
}

// TestAnchorsAreAShare: as many users are trusted as the share says, also of whole numbers so great
// that users times share do not fit into 64 bits.
func TestAnchorsAreAShare(t *testing.T) {
	b := newWorld(t).books
	of := make([]audit.User, 44)
	for u := range of {
		of[u] = audit.User(2 * u)
	}
	const whole = uint64(1_000_000_000_000_000_000)
	for percent, want := range map[uint64]int{1: 1, 10: 4, 25: 11, 50: 22, 75: 33, 100: 44} {
		got := b.Anchors(of, whole/100*percent, whole)
		require.Len(t, got, want, "%d %%", percent)
		require.Subset(t, of, got)
		require.True(t, slices.IsSorted(got))
		require.Len(t, slices.Compact(got), want, "each once")
	}
}
