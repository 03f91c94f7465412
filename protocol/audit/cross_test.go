package audit

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
)

// With honest reports of both ends, all agreements say the truth, and nobody is in dispute.
func TestCrossReportsOfTheHonest(t *testing.T) {
	p := newPeople(4)
	rapid.Check(t, func(t *rapid.T) {
		b := NewCrossBook(p.book())
		var truth [4]Volume
		var sent [4][4]uint64
		for round := range uint32(rapid.IntRange(1, 3).Draw(t, "rounds")) {
			for u := range 4 {
				for v := range 4 {
					if u != v {
						n := rapid.Uint64Range(0, 9999).Draw(t, "bytes")
						sent[u][v] += n
						truth[u].Up, truth[v].Down = truth[u].Up+n, truth[v].Down+n
					}
				}
			}
			for u := range 4 {
				for v := range 4 {
					if u != v {
						require.Equal(t, OK, b.Take(0, p.report(User(u), User(v), 1, round+1,
							sent[u][v], sent[v][u])))
					}
				}
			}
		}
		for _, g := range []Agreement{Least, Mean, Lone} {
			require.Equal(t, truth[:], b.Volumes(g))
		}
		for _, s := range b.Standings(0, 0) {
			require.Equal(t, Standing{Partners: 3}, s)
			require.False(t, s.Suspect(1, 0))
		}
		require.Len(t, b.Flows(Least, nil), 12)
	})
}

// One who reports half as much again gains nothing by the least of both, and disputes with all;
// those about whom he lies dispute with him alone.
func TestCrossReportsOfALiar(t *testing.T) {
	p := newPeople(4)
	b := NewCrossBook(p.book())
	for u := range User(4) {
		for v := range User(4) {
			if u == v {
				continue
			}
			sent := uint64(1000)
			if u == 0 {
				sent = 1500
			}
			require.Equal(t, OK, b.Take(0, p.report(u, v, 1, 1, sent, 1000)))
		}
	}
	require.Equal(t, Volume{3000, 3000}, b.Volumes(Least)[0])
	require.Equal(t, Volume{3750, 3000}, b.Volumes(Mean)[0], "half of the lie")
	for u, s := range b.Standings(10, 50_000) {
		require.Equal(t, u == 0, s.Suspect(3, 500_000), "%+v", s)
		require.EqualValues(t, 3, s.Partners)
	}
	for _, s := range b.Standings(500, 50_000) {
		require.Zero(t, s.Disputed, "within the slack")
	}
}

// A ghost does not report: the least credits his partner nothing, the lone report does.
func TestCrossReportsMissing(t *testing.T) {
	p := newPeople(2)
	b := NewCrossBook(p.book())
	require.Equal(t, OK, b.Take(0, p.report(1, 0, 1, 1, 1000, 70)))
	require.Equal(t, []Volume{{}, {}}, b.Volumes(Least))
	require.Equal(t, []Volume{{Up: 70, Down: 1000}, {Up: 1000, Down: 70}}, b.Volumes(Lone))
	require.Equal(t, []Volume{{Up: 35, Down: 500}, {Up: 500, Down: 35}}, b.Volumes(Mean))
	require.Equal(t, []Standing{{Silent: 1}, {Lone: 1}}, b.Standings(0, 0))
}

func TestMeanKeepsLargeNumbers(t *testing.T) {
	require.EqualValues(t, uint64(math.MaxUint64),
		Mean.credited(math.MaxUint64, math.MaxUint64, true, true))
	require.EqualValues(t, 2, Mean.credited(1, 4, true, true))
}

// Forged, altered, cut off, replayed, reordered, going back and jumping reports.
func TestCrossReportsRefused(t *testing.T) {
	p := newPeople(3)
	b := NewCrossBook(p.book())
	good := p.report(0, 1, 1, 2, 500, 600)
	for k := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[k/8] ^= 1 << (k % 8)
		require.NotEqual(t, OK, b.Take(0, bad), "bit %d", k)
	}
	for n := range good {
		require.Equal(t, Short, b.Take(0, good[:n]))
	}
	require.Empty(t, b.Volumes(Lone))
	require.Equal(t, OK, b.Take(0, good))
	forged := Report{By: p.key(0), About: p.key(1), Epoch: 1, Number: 3, Sent: 9999}
	forged.InfoHash[0] = 7
	for _, x := range []struct {
		report []byte
		want   Fault
	}{
		{good, Stale},
		{p.report(0, 1, 1, 1, 400, 400), Stale},
		{p.report(0, 1, 0, 9, 400, 400), Stale},
		{p.report(0, 1, 1, 3, 499, 600), Backward},
		{p.report(0, 1, 1, 3, 500, 599), Backward},
		{p.report(0, 1, 1, 3, 500, math.MaxUint64), Jump},
		{p.report(0, 1, 1, 3, 1_000_501, 600), Jump},
		{p.report(0, 1, 2, 1, 1_000_001, 600), Jump},
		{p.report(0, 0, 1, 3, 500, 600), Self},
		{p.report(0, 3, 1, 3, 500, 600), Stranger},
		{p.report(3, 0, 1, 3, 500, 600), Stranger},
		{forged.Append(nil, p.private[1]), BadSignature},
		{append(bytes.Clone(good), 0), Long},
	} {
		require.Equal(t, x.want, b.Take(0, x.report))
	}
	require.Equal(t, []Volume{{500, 600}, {600, 500}}, b.Volumes(Lone), "nothing has moved")
	require.Equal(t, OK, b.Take(0, p.report(0, 1, 2, 1, 10, 20)), "its memory was lost")
	require.Equal(t, []Volume{{510, 620}, {620, 510}}, b.Volumes(Lone))
}

// Who reports about more torrents than he has room for takes the room of nobody else.
func TestCrossReportsHaveRoomByUser(t *testing.T) {
	p := newPeople(2)
	b := NewCrossBook(p.book())
	for k := range byte(25) {
		r := Report{InfoHash: [20]byte{k}, By: p.key(0), About: p.key(1), Number: 1, Sent: 1}
		require.Equal(t, k >= 20, b.Take(0, r.Append(nil, p.private[0])) == Full)
		r = Report{InfoHash: [20]byte{k}, By: p.key(1), About: p.key(0), Number: 1, Received: 1}
		require.Equal(t, OK, b.Take(0, r.Append(nil, p.private[1])))
	}
	require.EqualValues(t, 20, b.Volumes(Least)[0].Up)
}

// Nobody moves an account about whose owner he does not speak, whatever he says.
func TestCrossReportsTouchNobodyElse(t *testing.T) {
	p := newPeople(4)
	rapid.Check(t, func(t *rapid.T) {
		b := NewCrossBook(p.book())
		require.Equal(t, OK, b.Take(0, p.report(0, 1, 1, 1, 1000, 2000)))
		require.Equal(t, OK, b.Take(0, p.report(1, 0, 1, 1, 2000, 1000)))
		before := b.Volumes(Least)[:2]
		for range rapid.IntRange(1, 8).Draw(t, "reports") {
			by := User(rapid.IntRange(2, 3).Draw(t, "by"))
			about := User(rapid.IntRange(0, 3).Draw(t, "about"))
			b.Take(protocol.Time(rapid.Int64().Draw(t, "at")), p.report(by, about,
				rapid.Uint32().Draw(t, "epoch"), rapid.Uint32().Draw(t, "number"),
				rapid.Uint64().Draw(t, "sent"), rapid.Uint64().Draw(t, "received")))
		}
		require.Equal(t, before, b.Volumes(Least)[:2])
	})
}

func FuzzReports(f *testing.F) {
	p := newPeople(2)
	f.Add(uint32(1), uint32(1), uint64(5), uint64(6), uint32(1), uint32(2), uint64(7), uint64(8))
	f.Add(uint32(9), uint32(0), uint64(1)<<63, uint64(6), uint32(1), uint32(2), uint64(0),
		^uint64(0))
	f.Fuzz(func(t *testing.T, e1, n1 uint32, s1, r1 uint64, e2, n2 uint32, s2, r2 uint64) {
		cfg := p.book()
		cfg.Pace = Pace{BytesPerSec: 1 << 63, Burst: math.MaxUint64}
		b := NewCrossBook(cfg)
		one := b.Take(0, p.report(0, 1, e1, n1, s1, r1))
		two := b.Take(1, p.report(0, 1, e2, n2, s2, r2))
		require.Equal(t, one == OK, s1 < math.MaxUint64 && r1 < math.MaxUint64)
		if one != OK || two != OK {
			return
		}
		up := b.Volumes(Lone)[0].Up
		if e1 == e2 {
			require.Greater(t, n2, n1)
			require.Equal(t, s2, up)
			return
		}
		require.Greater(t, e2, e1)
		require.Equal(t, s1+s2, up)
		require.GreaterOrEqual(t, up, s1, "it did not wrap")
	})
}
