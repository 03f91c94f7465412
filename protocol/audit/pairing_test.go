package audit

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func TestPairingConfig(t *testing.T) {
	for _, c := range []PairingConfig{{Users: 5, Size: 1}, {Users: 2, Size: 3}} {
		_, err := NewPairing(c)
		require.ErrorContains(t, err, "audit: a pairing")
	}
}

// Everybody is in one group, and may know its members and nobody else.
func TestPairingDealsEverybody(t *testing.T) {
	rand := protocol.NewRand(1, 2, 3)
	for users := uint32(2); users < 20; users++ {
		for size := uint32(2); size <= min(users, 5); size++ {
			p, err := NewPairing(PairingConfig{Users: users, Size: size})
			require.NoError(t, err)
			for range 5 {
				p.Deal(&rand)
				for a := range users {
					mates := uint32(0)
					for b := range users {
						require.Equal(t, p.Permits(User(a), User(b)), p.Permits(User(b), User(a)))
						if p.Permits(User(a), User(b)) {
							mates++
						}
					}
					require.GreaterOrEqual(t, mates, size-1)
					require.LessOrEqual(t, mates, 2*size-2)
				}
			}
		}
	}
}

// exchange lets users of each pair exchange data and claim it, cheats half as much again.
func exchange(p *Pairing, rand *protocol.Rand, users uint32, cheat func(User) bool) {
	p.Deal(rand)
	for a := range User(users) {
		for b := range a {
			if !p.Permits(a, b) {
				continue
			}
			for _, way := range [][2]User{{a, b}, {b, a}} {
				n := 1000 + rand.Uint64n(1000)
				up := n
				if cheat(way[0]) {
					up += n / 2
				}
				p.Claim(way[0], Volume{Up: up})
				p.Claim(way[1], Volume{Down: n})
			}
		}
	}
	p.Judge()
}

// Cheats are found in a number of rounds that grows with the logarithm of the users: after that
// many, all of them are suspected more often than any honest user, and no honest one is.
func TestPairingFindsCheats(t *testing.T) {
	for _, users := range []uint32{16, 64, 256, 1024} {
		rand := protocol.NewRand(7, 7, uint64(users))
		p, err := NewPairing(PairingConfig{Users: users, Size: 2, Slack: 1, Share: 20_000})
		require.NoError(t, err)
		cheat := func(u User) bool { return u%10 == 3 }
		rounds := 4 * bits.Len32(users)
		for range rounds {
			exchange(p, &rand, users, cheat)
		}
		var honest, cheats []float64
		for u := range User(users) {
			w := p.Weight(u)
			require.EqualValues(t, rounds, w.Rounds)
			share := float64(w.Suspected) / float64(w.Rounds)
			if cheat(u) {
				cheats = append(cheats, share)
			} else {
				honest = append(honest, share)
			}
			require.Equal(t, cheat(u), w.Suspect(5, 500_000), "%d of %d: %+v", u, users, w)
		}
		require.Greater(t, slices.Min(cheats), slices.Max(honest))
		require.Zero(t, p.Leaky)
		require.EqualValues(t, uint64(rounds)*uint64(users/2), p.Groups)
	}
}

// False suspicions of an honest user vanish as rounds go by; those of a cheat do not.
func TestPairingClears(t *testing.T) {
	const users = 100
	rand := protocol.NewRand(7, 8, 9)
	p, err := NewPairing(PairingConfig{Users: users, Size: 2, Slack: 1, Share: 20_000})
	require.NoError(t, err)
	cheat := func(u User) bool { return u < 10 }
	suspected := func() (n int) {
		for u := User(10); u < users; u++ {
			if p.Weight(u).Suspect(1, 300_000) {
				n++
			}
		}
		return n
	}
	var after []int
	for round := range 65 {
		exchange(p, &rand, users, cheat)
		if round == 0 || round == 8 || round == 64 {
			after = append(after, suspected())
		}
	}
	require.Greater(t, after[0], 0, "partners of cheats in the first round")
	require.LessOrEqual(t, after[1], after[0])
	require.Zero(t, after[2])
}

// Nobody is accused of what came from outside, nor all of the honest; a pair that invents both
// sides is balanced when it is dealt together, and found when it is dealt apart.
func TestPairingLimits(t *testing.T) {
	p, err := NewPairing(PairingConfig{Users: 2, Size: 2, Slack: 10, Share: 20_000})
	require.NoError(t, err)
	rand := protocol.NewRand(1, 1, 1)
	p.Deal(&rand)
	require.Equal(t, OK, p.Claim(0, Volume{Up: 100, Down: 1000}))
	require.Equal(t, OK, p.Claim(1, Volume{Up: 100, Down: 100}))
	require.Equal(t, Stranger, p.Claim(2, Volume{Up: 1 << 60}))
	p.Judge()
	require.EqualValues(t, 1, p.Leaky)
	require.Equal(t, Weight{Rounds: 1}, p.Weight(0))
	p.Deal(&rand)
	p.Claim(0, Volume{Up: 1 << 40})
	p.Claim(1, Volume{Down: 1 << 40})
	p.Judge()
	require.Equal(t, Weight{Rounds: 2, Cleared: 1}, p.Weight(0), "they collude")
	p.Deal(&rand)
	p.Claim(0, Volume{Up: 1500, Down: 100})
	p.Claim(1, Volume{Up: 100, Down: 1000})
	p.Judge()
	require.Equal(t, Weight{Rounds: 3, Cleared: 1, Suspected: 1}, p.Weight(0))
	require.Equal(t, Weight{Rounds: 2}, p.Weight(1), "the slower one")
	require.False(t, Weight{}.Suspect(0, 0), "of whom nothing is known")
}
