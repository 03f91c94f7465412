package oracle

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func equals(n int, up, down float64) []Leecher {
	return slices.Repeat([]Leecher{{up, down}}, n)
}

func TestFastestHasThreeLimits(t *testing.T) {
	c := Crowd{Bytes: 100, Seeds: 2, Leechers: equals(10, 10, 20)}
	require.Equal(t, 50.0, c.Fastest(), "the seed's uplink")
	c.Seeds = 50
	require.InEpsilon(t, 10*100/150., c.Fastest(), 1e-12, "all uplinks")
	c.Others = 50
	require.InEpsilon(t, 10*100/200., c.Fastest(), 1e-12, "and those of others")
	c.Leechers[3].Down = 5
	require.Equal(t, 20.0, c.Fastest(), "the slowest downlink")
	c = Crowd{Bytes: 100, Leechers: equals(3, 0, 0)}
	require.Zero(t, c.Fastest(), "no limit at all")
	c.Leechers[0].Down = 1
	require.Equal(t, 100.0, c.Fastest())
}

// TestFastestIsReached drives a fluid by the schedule of the paper's proof, and finds the time in
// which everybody has the file by adding up small steps.
func TestFastestIsReached(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		c := Crowd{Bytes: 1000, Seeds: 1 + 20*r.Float64()}
		n := 1 + r.IntN(8)
		for range n {
			up := 1 + 10*r.Float64()
			c.Leechers = append(c.Leechers, Leecher{up, up * (1 + 3*r.Float64())})
		}
		require.InEpsilon(t, flood(c), c.Fastest(), 0.002)
	}
}

// flood gives every leecher the same fluid at the greatest rate that every constraint of a moment
// allows: a share comes from the seed at rate s_i and is passed on at once to all others.
func flood(c Crowd) float64 {
	n := float64(len(c.Leechers))
	all, slowest := c.Seeds, math.Inf(1)
	for _, l := range c.Leechers {
		all, slowest = all+l.Up, min(slowest, l.Down)
	}
	// Bisect for the greatest rate that a schedule gives to all: the seed splits the rate into
	// parts p_i <= u_i/(n-1) for leecher i to pass on, and sends the rest to everybody itself.
	feasible := func(rate float64) bool {
		if rate > slowest || rate > c.Seeds {
			return false
		}
		passed := 0.0
		for _, l := range c.Leechers {
			if n > 1 {
				passed += l.Up / (n - 1)
			}
		}
		passed = min(passed, rate)
		return passed+n*(rate-passed) <= c.Seeds
	}
	low, high := 0.0, all
	for range 60 {
		if mid := (low + high) / 2; feasible(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	done, took := 0.0, 0.0
	for step := c.Bytes / low / 5000; done < c.Bytes; took += step {
		done += low * step
	}
	return took
}

// TestInPiecesByBruteForce finds the least number of rounds in which small swarms can have all
// pieces, each peer sending at most one piece a round, by looking at all schedules.
func TestInPiecesByBruteForce(t *testing.T) {
	for _, c := range []struct{ leechers, pieces int }{
		{1, 1}, {2, 1}, {3, 1}, {4, 1}, {1, 2}, {2, 2}, {3, 2}, {1, 3}, {2, 3}, {3, 3},
	} {
		t.Run(fmt.Sprintf("%d leechers, %d pieces", c.leechers, c.pieces), func(t *testing.T) {
			rounds := InPieces(c.leechers, c.pieces) * float64(c.pieces)
			require.InDelta(t, float64(leastRounds(c.leechers, c.pieces)), rounds, 1e-9)
		})
	}
	// Of 500 leechers and 400 pieces it is 2 % above what a fluid takes.
	require.InDelta(t, 1.02, InPieces(500, 400), 1e-12)
	fluid := Crowd{Bytes: 1, Seeds: 1, Leechers: equals(500, 1, 0)}
	require.GreaterOrEqual(t, InPieces(500, 400), fluid.Fastest())
}

// leastRounds searches breadth first. A state has the pieces of each leecher, as bits, sorted:
// they are all alike.
func leastRounds(leechers, pieces int) int {
	whole := byte(1)<<pieces - 1
	states := map[string]bool{string(make([]byte, leechers)): true}
	done := string(slices.Repeat([]byte{whole}, leechers))
	for round := 0; ; round++ {
		if states[done] {
			return round
		}
		next := map[string]bool{}
		for s := range states {
			spread(append([]byte{whole}, s...), []byte(s), 0, next)
		}
		states = next
	}
}

// spread has sender i and those after it each send a piece, or none, and enters what may come of
// it. A peer may take any number of pieces a round.
func spread(before, after []byte, i int, next map[string]bool) {
	if i == len(before) {
		sorted := slices.Clone(after)
		slices.Sort(sorted)
		next[string(sorted)] = true
		return
	}
	spread(before, after, i+1, next)
	for to := range after {
		for gives := before[i] &^ after[to]; gives != 0; gives &= gives - 1 {
			after[to] |= gives & -gives
			spread(before, after, i+1, next)
			after[to] &^= gives & -gives
		}
	}
}
