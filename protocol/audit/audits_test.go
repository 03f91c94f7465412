package audit

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/scenarios/oracle"
)

// Who cheats escapes a period with the probability of the closed form, and t periods with its
// power: near e^-t if everybody makes one audit.
func TestEscape(t *testing.T) {
	for _, n := range []uint32{3, 10, 200} {
		for _, each := range []uint32{1, 2} {
			rand := protocol.NewRand(1, uint64(n), uint64(each))
			runs := 40_000 / int(n)
			escaped := [4]int{}
			for range runs {
				a, err := NewAudits(AuditsConfig{Users: n, Each: each})
				require.NoError(t, err)
				for range 3 {
					a.Period(&rand, func(auditor, target User) (bool, uint64) {
						if auditor == target {
							t.Fatal("nobody audits himself")
						}
						return target%2 == 0, 100 // half of them cheat
					})
				}
				require.EqualValues(t, 3*n*each, a.Counted)
				require.EqualValues(t, 300*n*each, a.Bytes)
				for u := range User(n) {
					c := a.Caught(u)
					require.True(t, u%2 == 0 || c == 0, "the honest")
					for period := uint32(1); period <= 3 && u%2 == 0; period++ {
						if c == 0 || c > period {
							escaped[period]++
						}
					}
				}
			}
			cheats := float64(runs) * float64((n+1)/2)
			period := oracle.Escape(int(n), float64((n-1)*each))
			for k := 1; k <= 3; k++ {
				want := math.Pow(period, float64(k))
				sd := math.Sqrt(want * (1 - want) / cheats)
				require.InDelta(t, want, float64(escaped[k])/cheats, 4*sd+1e-9,
					"%d users, %d each, %d periods", n, each, k)
			}
			if n == 200 && each == 1 {
				require.InDelta(t, math.Exp(-1), float64(escaped[1])/cheats, 0.02)
				require.InDelta(t, 0.95, 1-float64(escaped[3])/cheats, 0.01, "in three periods")
			}
		}
	}
	_, err := NewAudits(AuditsConfig{Users: 1, Each: 1})
	require.ErrorContains(t, err, "Users must be at least 2")
}

// An auditor who looks into both ends' books finds the liar, and nobody else.
func TestExamination(t *testing.T) {
	p := newPeople(5)
	b := NewCrossBook(p.book())
	for u := range User(4) {
		for v := range User(4) {
			if u != v {
				sent := uint64(1000)
				if u == 2 {
					sent = 1100
				}
				require.Equal(t, OK, b.Take(0, p.report(u, v, 1, 1, sent, 1000)))
			}
		}
	}
	e := Examination{Standings: b.Standings(0, 20_000), Partners: 2, Share: 500_000}
	for u := range User(4) {
		guilty, bytes := e.Judge(u)
		require.Equal(t, u == 2, guilty)
		require.EqualValues(t, 2*3*ReportSize, bytes)
	}
	guilty, bytes := e.Judge(9)
	require.False(t, guilty)
	require.Zero(t, bytes)
}

// Who has invented a share of his pieces escapes k challenges with (1-f)^k.
func TestChallengesFindInventedPieces(t *testing.T) {
	p, err := NewProbes(ProbesConfig{Pieces: 20, PieceLength: 40_000, Last: 1, Block: 16384})
	require.NoError(t, err)
	rand := protocol.NewRand(4, 5, 6)
	claimed := []byte{0xff, 0xff, 0} // 16 pieces, of which a quarter is invented
	const users = 8000
	escaped := [4]float64{}
	for u := range User(users) {
		for k := range 4 {
			c, ok := p.Draw(&rand, claimed)
			require.True(t, ok)
			require.Less(t, c.Piece, uint32(16))
			answer := Served
			if c.Piece >= 12 {
				answer = Silent
			}
			p.Note(u, answer)
			if !p.Probed(u).Guilty(1) {
				escaped[k]++
			}
		}
	}
	for k, n := range escaped {
		require.InDelta(t, math.Pow(0.75, float64(k+1)), n/users, 0.025)
	}
	require.Equal(t, Probed{}, p.Probed(users), "who was never asked")
	require.False(t, Probed{Choked: 9}.Guilty(1), "to choke proves nothing")
	require.True(t, Probed{Wrong: 1, Silent: 1}.Guilty(2))
	require.True(t, Probed{Denied: 2, Choked: 1}.Guilty(2))
	require.EqualValues(t, 7, Probed{Served: 4, Wrong: 1, Denied: 2, Choked: 9}.Asked())
}

// Challenges lie in the torrent, on the bounds of blocks, in pieces that are claimed.
func TestChallengesAreInTheTorrent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := ProbesConfig{Pieces: rapid.Uint32Range(1, 40).Draw(t, "pieces"),
			PieceLength: rapid.Uint32Range(1, 1<<32-1).Draw(t, "length"),
			Block:       rapid.Uint32Range(1, 1<<32-1).Draw(t, "block")}
		cfg.Last = rapid.Uint32Range(1, cfg.PieceLength).Draw(t, "last")
		p, err := NewProbes(cfg)
		require.NoError(t, err)
		field := rapid.SliceOfN(rapid.Byte(), 0, 6).Draw(t, "field")
		rand := protocol.NewRand(1, 2, rapid.Uint64().Draw(t, "seed"))
		c, ok := p.Draw(&rand, field)
		if !ok {
			return
		}
		length := cfg.PieceLength
		if c.Piece == cfg.Pieces-1 {
			length = cfg.Last
		}
		require.NotZero(t, field[c.Piece/8]&(0x80>>(c.Piece%8)))
		require.Less(t, c.Piece, cfg.Pieces)
		require.Positive(t, c.Size)
		require.LessOrEqual(t, uint64(c.Begin)+uint64(c.Size), uint64(length))
		require.Zero(t, c.Begin%cfg.Block)
	})
	_, err := NewProbes(ProbesConfig{Pieces: 1, PieceLength: 1, Last: 2, Block: 1})
	require.ErrorContains(t, err, "audit: probes need")
	p, err := NewProbes(ProbesConfig{Pieces: 9, PieceLength: 1, Last: 1, Block: 1})
	require.NoError(t, err)
	_, ok := p.Draw(new(protocol.Rand), []byte{0, 0})
	require.False(t, ok, "it has nothing")
	_, ok = p.Draw(new(protocol.Rand), []byte{0xff})
	require.False(t, ok, "it is too short")
}

// The cross-check of M1 and M6.
func TestContrast(t *testing.T) {
	seen := []Estimate{
		{User: 0, Gained: 1000, Low: 900, SessionHigh: 1000},
		{User: 1, Gained: 500, Low: 400, SessionHigh: 600},
		{User: 2, SessionHigh: 0}, // says it seeds
		{User: 9, Gained: 5, SessionHigh: 5},
	}
	c := Contrast{Slack: 10, Share: 20_000}
	s, verdicts := c.Check([]Volume{{Up: 0, Down: 1000}, {Up: 400, Down: 500}, {Up: 1100}}, seen)
	require.Equal(t, Swarm{Claimed: Volume{1500, 1500}, Seen: 1505}, s)
	require.Equal(t, []Verdict{{User: 0}, {User: 1}, {User: 2}}, verdicts, "the honest")
	s, verdicts = c.Check([]Volume{{Down: 600}, {Up: 1200, Down: 900}, {Up: 9000}}, seen)
	require.EqualValues(t, 10_200-1605, s.Unmatched)
	require.Equal(t, []Verdict{{User: 0, DownShort: true}, {User: 1, DownLong: true, UpLong: true},
		{User: 2, UpLong: true}}, verdicts)
	s, verdicts = c.Check([]Volume{{Up: math.MaxUint64}, {Up: math.MaxUint64}}, seen[:1])
	require.EqualValues(t, uint64(math.MaxUint64)-1000, s.Unmatched)
	require.Equal(t, []Verdict{{User: 0, DownShort: true, UpLong: true}}, verdicts)
}
