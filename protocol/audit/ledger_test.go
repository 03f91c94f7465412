package audit

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios/oracle"
)

const minute = protocol.Time(time.Minute)

// peerID returns the peer id of a user, of a program that is known.
func peerID(u User) (id [20]byte) {
	copy(id[:], "-SL0001-")
	binary.BigEndian.PutUint32(id[16:], uint32(u))
	return id
}

func ownerOf(id [20]byte) (User, bool) {
	return User(binary.BigEndian.Uint32(id[16:])), id[15] == 0
}

// announce returns an announce of a user in a torrent.
func announce(u User, torrent byte, e tracker.Event, up, down, left uint64) tracker.Request {
	return tracker.Request{InfoHash: [20]byte{torrent}, PeerID: peerID(u), Event: e,
		Addr:   protocol.Addr4(10<<24+uint32(u), 6881),
		Totals: tracker.Totals{Uploaded: up, Downloaded: down, Left: left}}
}

// TestUndercount is E2: honest clients with the sessions of the Debian torrent upload at a constant
// rate and announce themselves to a real tracker every T; 70 % of them vanish without a word.
// What its ledger misses must agree with the closed form within 0.3 percentage points. Sessions are
// the quantiles of their distribution, so that its tail is there without luck.
func TestUndercount(t *testing.T) {
	const (
		sessions = 20_000
		perMin   = 6_000_000 // bytes
	)
	debian := oracle.Weibull{Shape: 0.38, Scale: 42.4}
	printed := map[int]float64{5: 0.9, 15: 2.3, 30: 4.1, 60: 7.1}
	for _, interval := range []int{5, 15, 30, 60} {
		cfg := tracker.Defaults()
		cfg.Interval = time.Duration(interval) * time.Minute
		cfg.MinInterval, cfg.Expiry = cfg.Interval/2, 2*cfg.Interval+time.Minute
		ledger := tracker.NewLedger(tracker.Rebase, sessions)
		cfg.Observer = ledger
		k, err := tracker.New(cfg)
		require.NoError(t, err)
		rand := protocol.NewRand(1, 2, uint64(interval))
		var truth []Volume
		var reply tracker.Reply
		now := protocol.Time(0)
		for u := range User(sessions) {
			minutes := debian.Quantile((float64(u) + 0.5) / sessions)
			say := func(e tracker.Event, at float64) {
				q := announce(u, 1, e, uint64(at*perMin), 0, 1)
				k.Announce(now+protocol.Time(at*float64(minute)), &rand, &q, &reply)
			}
			say(tracker.Started, 0)
			for at := float64(interval); at <= minutes; at += float64(interval) {
				say(tracker.Update, at)
			}
			if rand.Uint64n(10) >= 7 {
				say(tracker.Stopped, minutes)
			}
			*at(&truth, u) = Volume{Up: uint64(minutes * perMin)}
			now += protocol.Time(minutes*float64(minute)) + minute
		}
		credited, outside := SelfReport(ledger.Accounts(), ownerOf)
		require.Zero(t, outside)
		require.Len(t, credited, sessions)
		var told, all float64
		for u := range truth {
			require.LessOrEqual(t, credited[u].Up, truth[u].Up, "nobody is credited too much")
			told, all = told+float64(credited[u].Up), all+float64(truth[u].Up)
		}
		missed := 100 * (1 - told/all)
		formula := 100 * debian.Undercount(0.7, float64(interval))
		t.Logf("T=%d min: missed %.2f %%, formula %.2f %%, printed %.1f %%",
			interval, missed, formula, printed[interval])
		require.InDelta(t, formula, missed, 0.3)
		require.InDelta(t, printed[interval], missed, 0.3)
	}
}

// A liar's numbers stop at the greatest one and are his own.
func TestSelfReportOfLiars(t *testing.T) {
	accounts := []tracker.Account{
		{PeerID: peerID(1), Credited: tracker.Totals{Uploaded: math.MaxUint64, Downloaded: 3}},
		{PeerID: peerID(1), Credited: tracker.Totals{Uploaded: math.MaxUint64, Downloaded: 4}},
		{PeerID: peerID(0), Credited: tracker.Totals{Uploaded: 5, Downloaded: 6}},
		{PeerID: [20]byte{15: 1}, Credited: tracker.Totals{Uploaded: 7}},
	}
	users, outside := SelfReport(accounts, ownerOf)
	require.Equal(t, []Volume{{5, 6}, {math.MaxUint64, 7}}, users)
	require.Equal(t, Volume{Up: 7}, outside)
}
