package audit

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// cut returns the least capacity of a cut between users and anchors, by trying all of them.
func cut(n int, flows []Flow, users, anchors []User) uint64 {
	best := uint64(math.MaxUint64)
	for side := range 1 << n { // who is on the side of the source
		apart := true
		for u := range n {
			here := side&(1<<u) != 0
			apart = apart && !(slices.Contains(anchors, User(u)) && here)
			if slices.Contains(users, User(u)) && !slices.Contains(anchors, User(u)) {
				apart = apart && here
			}
		}
		if !apart {
			continue
		}
		crossing := uint64(0)
		for _, f := range flows {
			if side&(1<<f.From) != 0 && side&(1<<f.To) == 0 {
				crossing += f.Bytes
			}
		}
		best = min(best, crossing)
	}
	return best
}

func drawFlows(t *rapid.T, n int) (flows []Flow) {
	user := rapid.IntRange(0, n-1)
	for range rapid.IntRange(0, 20).Draw(t, "flows") {
		flows = append(flows, Flow{User(user.Draw(t, "from")), User(user.Draw(t, "to")),
			rapid.Uint64Range(0, 20).Draw(t, "bytes")})
	}
	return flows
}

// The maximal flow against the least of all cuts.
func TestBoundIsTheLeastCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "users")
		flows := drawFlows(t, n)
		user := rapid.Custom(func(t *rapid.T) User {
			return User(rapid.IntRange(0, n-1).Draw(t, "user"))
		})
		users := rapid.SliceOfN(user, 1, 3).Draw(t, "from")
		anchors := rapid.SliceOfN(user, 1, 3).Draw(t, "anchors")
		g := NewGraph(uint32(n), flows)
		for range 2 { // a search leaves nothing behind
			require.Equal(t, cut(n, flows, users, anchors), g.Bound(users, anchors))
		}
	})
}

// The first way found, 0 1 3 6, must be taken back for the two that there are: 0 1 4 5 6 and
// 0 2 3 6.
func TestBoundTakesBack(t *testing.T) {
	flows := []Flow{{0, 1, 1}, {0, 2, 1}, {1, 3, 1}, {1, 4, 1}, {2, 3, 1}, {3, 6, 1}, {4, 5, 1},
		{5, 6, 1}}
	require.EqualValues(t, 2, cut(7, flows, []User{0}, []User{6}))
	require.EqualValues(t, 2, NewGraph(7, flows).Bound([]User{0}, []User{6}))
}

// A standing is the maximal flow of two steps, in both directions: that of a graph with a copy of
// each intermediary that can only pass on.
func TestStandingAgainstLayers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "users")
		flows := drawFlows(t, n)
		g := NewGraph(uint32(n), flows)
		near := func(from, to User) uint64 {
			var layers []Flow
			for _, f := range flows {
				switch {
				case f.From == f.To:
				case f.From == from && f.To == to:
					layers = append(layers, f)
				case f.From == from:
					layers = append(layers, Flow{from, f.To, f.Bytes})
				case f.To == to:
					layers = append(layers, Flow{f.From, to, f.Bytes})
				}
			}
			return cut(n, layers, []User{from}, []User{to})
		}
		for a := range User(n) {
			for b := range User(n) {
				want := int64(0)
				if a != b {
					want = int64(near(b, a)) - int64(near(a, b))
				}
				require.Equal(t, want, g.Standing(a, b))
				require.Equal(t, -want, g.Standing(b, a))
			}
		}
	})
}

// A ring that invents any flows among itself has no more, each and together, than it gave to
// others; and the honest keep what reached the anchors.
func TestRingsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const honest, ring = 4, 5
		var flows []Flow
		real := uint64(0)
		for u := range User(honest + ring) {
			for v := range User(honest) {
				if u == v {
					continue
				}
				n := rapid.Uint64Range(0, 1000).Draw(t, "real")
				flows = append(flows, Flow{u, v, n})
				if u >= honest {
					real += n
				}
			}
		}
		anchors := []User{0, 1, 2, 3}
		before := NewGraph(honest+ring, flows)
		var members []User
		for u := User(honest); u < honest+ring; u++ {
			members = append(members, u)
			for v := User(honest); v < honest+ring; v++ {
				invented := rapid.Uint64().Draw(t, "invented")
				flows = append(flows, Flow{u, v, invented})
			}
		}
		g := NewGraph(honest+ring, flows)
		require.Equal(t, real, g.Bound(members, anchors))
		for _, u := range members {
			require.LessOrEqual(t, g.Bound([]User{u}, anchors), real)
		}
		for _, u := range anchors {
			rest := anchors[u+1:]
			require.Equal(t, before.Bound([]User{u}, rest), g.Bound([]User{u}, rest))
		}
		volumes := make([]Volume, honest+ring)
		for u := range volumes {
			volumes[u].Up = math.MaxUint64
		}
		for u, v := range g.Bounded(volumes, anchors) {
			require.Equal(t, u < honest, v.Up == math.MaxUint64)
		}
	})
}

func TestGraphLeavesOutNonsense(t *testing.T) {
	g := NewGraph(2, []Flow{{0, 1, math.MaxUint64}, {0, 1, math.MaxUint64}, {1, 1, 5}, {0, 9, 5},
		{9, 1, 5}})
	require.EqualValues(t, capacityMax, g.Bound([]User{0}, []User{1}))
	require.Zero(t, g.Bound([]User{1}, []User{0}))
	require.Zero(t, g.Bound(nil, []User{0}))
	require.Zero(t, g.Bound([]User{0}, nil))
	require.EqualValues(t, capacityMax, g.Standing(1, 0))
	empty := NewGraph(0, nil)
	require.Zero(t, empty.Bound(nil, nil))
}

func BenchmarkBound(b *testing.B) {
	const users = 1000
	var flows []Flow
	for u := range User(users) {
		for k := range User(20) {
			flows = append(flows, Flow{u, (u*7 + k*k*13 + 1) % users, uint64(u+k) * 1000})
		}
	}
	g := NewGraph(users, flows)
	anchors := []User{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for k := 0; b.Loop(); k++ {
		g.Bound([]User{User(k % users)}, anchors)
	}
}
