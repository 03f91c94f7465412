package audit

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

func deskConfig(claim func(*Claim)) DeskConfig {
	return DeskConfig{Rule: tracker.Rebase, Claim: claim, Expiry: time.Hour, CreditMax: 1 << 48,
		PeersMax: 10, Owner: func(q *tracker.Request) (User, bool) { return ownerOf(q.PeerID) }}
}

func TestDeskConfig(t *testing.T) {
	for _, spoil := range []func(*DeskConfig){
		func(c *DeskConfig) { c.Owner = nil },
		func(c *DeskConfig) { c.Claim = nil },
		func(c *DeskConfig) { c.Expiry = 0 },
		func(c *DeskConfig) { c.CreditMax = 0 },
		func(c *DeskConfig) { c.PeersMax = 0 },
	} {
		c := deskConfig(func(*Claim) {})
		spoil(&c)
		_, err := NewDesk(c)
		require.ErrorContains(t, err, "audit: a desk")
	}
}

// twin counts leechers from the whole history, anew for each claim.
type twin struct {
	at      protocol.Time
	user    User
	torrent byte
	event   tracker.Event
	left    uint64
}

func leechers(past []twin, now protocol.Time, u User, torrent byte, expiry time.Duration) uint32 {
	n := uint32(0)
	for other := range User(8) {
		last := -1
		for k, h := range past {
			if h.user == other && h.torrent == torrent {
				last = k
			}
		}
		if last < 0 || other == u {
			continue
		}
		h := past[last]
		if h.event != tracker.Stopped && h.left > 0 && h.at.Add(expiry) > now {
			n++
		}
	}
	return n
}

// The desk against its twin, and the sheet against sums over all claims.
func TestDeskAndSheetAgainstTwins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var claims []Claim
		sheet := NewSheet(30*time.Minute, 1000)
		d, err := NewDesk(deskConfig(func(c *Claim) {
			claims = append(claims, *c)
			require.Equal(t, OK, sheet.Claim(c))
		}))
		require.NoError(t, err)
		var past []twin
		now := protocol.Time(0)
		last := map[[2]byte]*tracker.Totals{}
		for range rapid.IntRange(1, 60).Draw(t, "announces") {
			now += protocol.Time(rapid.IntRange(0, 50).Draw(t, "minutes")) * minute
			h := twin{at: now, user: User(rapid.IntRange(0, 7).Draw(t, "user")),
				torrent: byte(rapid.IntRange(1, 2).Draw(t, "torrent")),
				event:   tracker.Event(rapid.IntRange(0, 3).Draw(t, "event")),
				left:    uint64(rapid.IntRange(0, 1).Draw(t, "left"))}
			q := announce(h.user, h.torrent, h.event, uint64(rapid.IntRange(0, 99).Draw(t, "up")),
				uint64(rapid.IntRange(0, 99).Draw(t, "down")), h.left)
			key := [2]byte{byte(h.user), h.torrent}
			n := len(claims)
			d.Announced(now, &q, last[key])
			require.Len(t, claims, n+1)
			c := claims[n]
			require.Equal(t, leechers(past, now, h.user, h.torrent, time.Hour), c.Leechers)
			want := tracker.Rebase.Credit(h.event, last[key], &q.Totals)
			want.Left = h.left
			require.Equal(t, want, c.Credit)
			require.Equal(t, h.user, c.User)
			since, first := now, true
			for _, before := range past {
				if before.user == h.user && before.torrent == h.torrent {
					since, first = before.at, false
				}
			}
			require.Equal(t, since, c.Since)
			require.Equal(t, first, c.First)
			require.Equal(t, now.Sub(since), c.Over())
			past, last[key] = append(past, h), &q.Totals
		}
		checkSheet(t, sheet, claims)
	})
}

func checkSheet(t *rapid.T, sheet *Sheet, claims []Claim) {
	shares := make([]Volume, len(sheet.Cells()))
	for _, s := range sheet.Shares() {
		shares[s.Cell].add(s.Volume)
	}
	for x, cell := range sheet.Cells() {
		var up, down uint64
		for _, c := range claims {
			if c.Torrent == cell.Torrent && uint32(c.At/(30*minute)) == cell.Window {
				up, down = up+c.Credit.Uploaded, down+c.Credit.Downloaded
			}
		}
		require.Equal(t, Volume{up, down}, Volume{cell.Up, cell.Down})
		require.Equal(t, Volume{up, down}, shares[x], "the users' shares make up the cell")
		require.Equal(t, int64(up)-int64(down), cell.Balance())
	}
}

// Counters that jump, wrap and go back, strangers, and one who uses up his room.
func TestDeskBoundsLiars(t *testing.T) {
	sums := map[User]Volume{}
	d, err := NewDesk(deskConfig(func(c *Claim) {
		v := sums[c.User]
		v.add(Volume{c.Credit.Uploaded, c.Credit.Downloaded})
		sums[c.User] = v
	}))
	require.NoError(t, err)
	var last *tracker.Totals
	for k, up := range []uint64{0, 100, math.MaxUint64, 0, 50, 20, math.MaxUint64, 30} {
		q := announce(1, 1, tracker.Update, up, 0, 1)
		d.Announced(protocol.Time(k)*minute, &q, last)
		last = &q.Totals
	}
	require.Equal(t, Volume{Up: 150}, sums[1], "0 to 100 and 0 to 50")
	require.EqualValues(t, 2, d.Counts[Jump])
	stranger := announce(1, 1, tracker.Update, 9, 9, 9)
	stranger.PeerID[15] = 1
	d.Announced(10*minute, &stranger, &tracker.Totals{})
	require.EqualValues(t, 1, d.Counts[Stranger])
	for k := range byte(20) {
		q := announce(1, 10+k, tracker.Update, 0, 0, 0)
		d.Announced(11*minute, &q, nil)
	}
	require.EqualValues(t, 11, d.Counts[Full], "10 of which one was taken")
	require.Equal(t, 10, d.Torrents())
	q := announce(2, 99, tracker.Update, 70, 0, 0)
	d.Announced(12*minute, &q, &tracker.Totals{})
	require.Equal(t, Volume{Up: 70}, sums[2], "others have room of their own")
	require.EqualValues(t, 14, d.Counts.Refused())
}

func TestSheetIsBounded(t *testing.T) {
	s := NewSheet(time.Minute, 2)
	huge := Claim{Credit: tracker.Totals{Uploaded: math.MaxUint64}}
	for torrent := range uint32(3) {
		huge.Torrent = torrent
		for range 2 {
			require.Equal(t, torrent == 2, s.Claim(&huge) == Full)
		}
	}
	huge.User, huge.Torrent = 1, 2
	require.Equal(t, OK, s.Claim(&huge), "others have room of their own")
	require.Len(t, s.Cells(), 3)
	require.Len(t, s.Shares(), 3)
	require.EqualValues(t, uint64(math.MaxUint64), s.Cells()[0].Up, "it does not wrap")
	require.EqualValues(t, math.MaxInt64, s.Cells()[0].Balance())
	require.EqualValues(t, 2, s.Counts[Full])
}

// A flood of announces takes no memory.
func TestDeskIsBounded(t *testing.T) {
	d, err := NewDesk(deskConfig(func(*Claim) {}))
	require.NoError(t, err)
	q := announce(1, 1, tracker.Update, 5, 5, 5)
	last := q.Totals
	now := protocol.Time(0)
	flood := func() {
		now++
		d.Announced(now, &q, &last)
	}
	flood()
	require.Zero(t, testing.AllocsPerRun(1000, flood))
	require.Len(t, d.peers, 1)
	require.Greater(t, d.Counts[OK], uint64(1000))
}

// One swarm, balanced but for a cheat: the cell is flagged, and corrupt data is not a cheat.
func TestBalanceFlags(t *testing.T) {
	honest := Cell{Up: 1000, Down: 960}
	require.False(t, honest.Flagged(10, 50_000), "4 % is noise")
	require.True(t, honest.Flagged(10, 30_000))
	require.False(t, honest.Flagged(40, 30_000), "too few bytes")
	corrupt := Cell{Up: 1500, Down: 1000, Corrupt: 500}
	require.Zero(t, corrupt.Balance())
	require.False(t, corrupt.Flagged(10, 50_000))
	cheat := Cell{Up: 1500, Down: 1000}
	require.EqualValues(t, 500, cheat.Balance())
	require.True(t, cheat.Flagged(10, 50_000))
	ghost := Cell{Up: 1000, Down: 1500}
	require.EqualValues(t, -500, ghost.Balance())
	require.True(t, ghost.Flagged(10, 50_000))
}

func TestRules(t *testing.T) {
	r := Rules{BytesPerSec: PublishedCap}
	claim := func(up uint64, seconds int, leechers uint32, id string) *Claim {
		c := &Claim{At: protocol.Time(seconds) * protocol.Time(time.Second), Leechers: leechers,
			Credit: tracker.Totals{Uploaded: up}}
		copy(c.PeerID[:], id+"------------------")
		return c
	}
	for _, x := range []struct {
		mega    uint64
		seconds int
		want    Severity
	}{{80, 1, Clean}, {81, 1, Low}, {160, 1, Low}, {161, 1, Medium}, {400, 1, Medium},
		{401, 1, High}, {80, 0, Clean}, {81, 0, Low}, {144_000, 1800, Clean},
		{144_001, 1800, Low}} {
		c := claim(x.mega*1_000_000, x.seconds, 1, "-TR4000-")
		require.Equal(t, Finding{Velocity: x.want}, r.Check(c), "%+v", x)
	}
	c := claim(math.MaxUint64, 1800, 1, "-TR4000-")
	require.Equal(t, High, r.Check(c).Velocity)
	fast := Rules{BytesPerSec: math.MaxUint64}
	c.At = math.MaxInt64
	require.Equal(t, Clean, fast.Check(c).Velocity, "products beyond 64 and 128 bits")
	first := claim(1<<40, 1, 1, "-TR4000-")
	first.First = true
	require.Equal(t, Clean, r.Check(first).Worst(), "nobody knows since when")
	require.Equal(t, Finding{Empty: High}, r.Check(claim(1, 9, 0, "-TR4000-")))
	require.Equal(t, Finding{Stranger: Medium}, r.Check(claim(1, 9, 1, "-??4000-")))
	require.Equal(t, Finding{}, r.Check(claim(0, 9, 0, "-??4000-")), "who uploads nothing")
	r.Agent = func(*Claim) bool { return true }
	require.Equal(t, Finding{}, r.Check(claim(1, 9, 1, "-??4000-")))
}

func TestKnownClients(t *testing.T) {
	for id, known := range map[string]bool{
		"-TR4060-": true, "-qB5000-": true, "-lt0F00-": true, "-UT2210-": true, "-SL0100-": true,
		"S58B-----": true, "M7-9-2--": true, "A310----": true, "-??1234-": false,
		"- A1234-": false, "-A 1234-": false, "TR4060--": false, "\x00\x00\x00\x00": false,
		"-TR40600": false,
	} {
		var b [20]byte
		copy(b[:], id)
		require.Equal(t, known, KnownClient(b), id)
	}
}
