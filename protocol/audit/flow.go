package audit

import (
	"cmp"
	"slices"
)

// Graph is M9: who gave how much to whom, as receipts or reports say, and how much of it can have
// come to a part of the network that is trusted. Whoever invents receipts among themselves gains
// nothing by it: what reaches others is bounded by what others acknowledge.
type Graph struct {
	users uint32
	arcs  []arc
	first []uint32 // of each node's arcs; nodes are the users, a source and a sink
	// scratch of one search
	room  []uint64 // left on each arc
	level []int32
	next  []uint32
	queue []uint32
}

// arc is a flow, or the way back of one.
type arc struct {
	from, to uint32
	back     uint32
	bytes    uint64
}

// capacityMax keeps the sum of a flow and the flow back below 64 bits.
const capacityMax = 1 << 62

// NewGraph returns the graph of users numbered from 0, so many, and of their flows. Flows of the
// same pair add up; those of a user to itself, or of users beyond, are left out.
func NewGraph(users uint32, flows []Flow) *Graph {
	g := &Graph{users: users}
	merged := slices.DeleteFunc(slices.Clone(flows), func(f Flow) bool {
		return f.From == f.To || uint32(f.From) >= users || uint32(f.To) >= users
	})
	slices.SortFunc(merged, func(a, b Flow) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for k, f := range merged {
		if last := len(g.arcs) - 2; k > 0 && f.From == merged[k-1].From && f.To == merged[k-1].To {
			g.arcs[last].bytes = min(sum(g.arcs[last].bytes, f.Bytes), capacityMax)
			continue
		}
		g.link(uint32(f.From), uint32(f.To), min(f.Bytes, capacityMax))
	}
	for u := range users { // whether they are part of a search is said for each
		g.link(g.source(), u, 0)
		g.link(u, g.sink(), 0)
	}
	g.index()
	return g
}

func (g *Graph) source() uint32 { return g.users }
func (g *Graph) sink() uint32   { return g.users + 1 }

func (g *Graph) link(from, to uint32, bytes uint64) {
	n := uint32(len(g.arcs))
	g.arcs = append(g.arcs, arc{from, to, n + 1, bytes}, arc{to, from, n, 0})
}

// index sorts the arcs by the node from which they go.
func (g *Graph) index() {
	order := make([]uint32, len(g.arcs))
	for k := range order {
		order[k] = uint32(k)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		return cmp.Compare(g.arcs[a].from, g.arcs[b].from)
	})
	place := make([]uint32, len(order))
	sorted := make([]arc, len(order))
	for k, x := range order {
		place[x], sorted[k] = uint32(k), g.arcs[x]
	}
	g.first = make([]uint32, g.users+3)
	for k := range sorted {
		sorted[k].back = place[sorted[k].back]
		g.first[sorted[k].from+1]++
	}
	for k := 1; k < len(g.first); k++ {
		g.first[k] += g.first[k-1]
	}
	g.arcs, g.room = sorted, make([]uint64, len(sorted))
	g.level, g.next = make([]int32, g.users+2), make([]uint32, g.users+2)
}

// Bound returns the most that users can together have brought to the anchors, who are trusted:
// the maximal flow, or the least cut. Users that are anchors themselves are left out of the source.
func (g *Graph) Bound(users, anchors []User) (bytes uint64) {
	for k := range g.arcs {
		g.room[k] = g.arcs[k].bytes
	}
	for _, u := range anchors {
		g.open(uint32(u), g.sink())
	}
	for _, u := range users {
		if !slices.Contains(anchors, u) {
			g.open(g.source(), uint32(u))
		}
	}
	for g.survey() {
		copy(g.next, g.first)
		for {
			n := g.push(g.source(), 1<<64-1)
			if n == 0 {
				break
			}
			bytes = sum(bytes, n)
		}
	}
	return bytes
}

// open lets anything through from one node to another.
func (g *Graph) open(from, to uint32) {
	for k := g.first[from]; k < g.first[from+1]; k++ {
		if g.arcs[k].to == to {
			g.room[k] = capacityMax
		}
	}
}

// survey finds how many steps each node is from the source (Dinic), and whether the sink is.
func (g *Graph) survey() bool {
	for k := range g.level {
		g.level[k] = -1
	}
	g.queue = append(g.queue[:0], g.source())
	g.level[g.source()] = 0
	for head := 0; head < len(g.queue); head++ {
		v := g.queue[head]
		for k := g.first[v]; k < g.first[v+1]; k++ {
			if to := g.arcs[k].to; g.room[k] > 0 && g.level[to] < 0 {
				g.level[to] = g.level[v] + 1
				g.queue = append(g.queue, to)
			}
		}
	}
	return g.level[g.sink()] >= 0
}

// push sends what it can, up to n, along one shortest way from a node to the sink.
func (g *Graph) push(v uint32, n uint64) uint64 {
	if v == g.sink() {
		return n
	}
	for ; g.next[v] < g.first[v+1]; g.next[v]++ {
		k := g.next[v]
		a := &g.arcs[k]
		if g.room[k] == 0 || g.level[a.to] != g.level[v]+1 {
			continue
		}
		if sent := g.push(a.to, min(n, g.room[k])); sent > 0 {
			g.room[k] -= sent
			g.room[a.back] += sent
			return sent
		}
	}
	return 0
}

// Standing returns what a user is worth to an observer, in bytes: what can have come from it by one
// intermediary at most, less what can have gone to it. One is enough to know most (One hop
// reputations, NSDI 2008), and so it is in BarterCast.
func (g *Graph) Standing(observer, u User) int64 {
	if observer == u {
		return 0
	}
	return signed(g.near(u, observer), g.near(observer, u))
}

// near is the maximal flow over ways of two steps at most: no two of them have an arc in common.
func (g *Graph) near(from, to User) (bytes uint64) {
	for k := g.first[from]; k < g.first[from+1]; k++ {
		a := &g.arcs[k]
		switch {
		case a.to >= g.users:
		case a.to == uint32(to):
			bytes = sum(bytes, a.bytes)
		default:
			bytes = sum(bytes, min(a.bytes, g.direct(a.to, uint32(to))))
		}
	}
	return bytes
}

func (g *Graph) direct(from, to uint32) (bytes uint64) {
	for k := g.first[from]; k < g.first[from+1]; k++ {
		if g.arcs[k].to == to {
			bytes = sum(bytes, g.arcs[k].bytes)
		}
	}
	return bytes
}

// Bounded returns the volumes of users with each one's upload cut to what it can have brought to
// the anchors. The uploads of anchors stay as they are.
func (g *Graph) Bounded(volumes []Volume, anchors []User) (users []Volume) {
	users = slices.Clone(volumes)
	for u := range users {
		if uint32(u) < g.users && !slices.Contains(anchors, User(u)) {
			users[u].Up = min(users[u].Up, g.Bound([]User{User(u)}, anchors))
		}
	}
	return users
}
