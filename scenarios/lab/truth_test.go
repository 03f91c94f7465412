package lab

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

func TestClosestAgainstSorting(t *testing.T) {
	d := newIdentities(3, 500)
	space := newIDSpace(d, func(uint32) bool { return true })
	r := protocol.NewRand(1, 2, 3)
	for range 200 {
		target := krpc.RandomID(&r)
		odd := func(node uint32) bool { return node%2 == 1 }
		var all []uint32
		for i := range uint32(500) {
			if odd(i) {
				all = append(all, i)
			}
		}
		slices.SortFunc(all, func(a, b uint32) int {
			return d.id(a).Xor(target).Cmp(d.id(b).Xor(target))
		})
		var got []uint32
		for _, place := range space.closest(nil, target, 20, odd) {
			got = append(got, space.nodes[place])
		}
		require.Equal(t, all[:20], got)
	}
	require.Len(t, space.closest(nil, krpc.ID{}, 1000, func(uint32) bool { return true }), 500)
}

// TestMovedIDs holds the global view, after some nodes took other ids, against one that is sorted
// anew.
func TestMovedIDs(t *testing.T) {
	o, err := newOverlay(parse(t, mixed), 3, new(laws), nil)
	require.NoError(t, err)
	size := uint32(150)
	want := map[krpc.ID]uint32{}
	for node := range size {
		want[o.idOf(node)] = node
	}
	r := protocol.NewRand(1, 2, 3)
	for _, node := range []uint32{0, 17, 41, 149, 100, 17} { // one of them twice
		p, old := o.of(node), o.idOf(node)
		id := krpc.SecureID(sim.AddrOf(node), 1, &r)
		p.group.Assign(node-p.first, id)
		p.rebound(node-p.first, id)
		delete(want, old)
		want[id] = node
		require.Equal(t, id, o.idOf(node))
	}
	require.Len(t, want, int(size))
	require.Len(t, o.space.ids, int(size))
	require.True(t, slices.IsSortedFunc(o.space.ids, krpc.ID.Cmp))
	for place, id := range o.space.ids {
		require.Equal(t, want[id], o.space.nodes[place])
	}
	require.Panics(t, func() { o.space.move(17, o.ids.id(17), krpc.ID{}) }, "it is there no more")
}

func TestIdentities(t *testing.T) {
	for _, secure := range []netmodel.Probability{0, netmodel.Certain} {
		d := newIdentities(3, 50)
		d.bind(0, 50, secure)
		for i := range uint32(50) {
			id, addr := d.Contact(dht.Ref(i))
			require.Equal(t, d.id(i), id)
			require.Equal(t, id.Hi, d.Lead(dht.Ref(i)))
			require.Equal(t, sim.AddrOf(i), addr)
			require.Equal(t, dht.Ref(i), d.Ref(id, addr))
			require.Equal(t, secure != 0, krpc.ValidID(id, addr))
		}
		// An id at an address where it is not at home is a stranger, and is remembered as such.
		stranger := d.Ref(d.id(1), sim.AddrOf(2))
		require.GreaterOrEqual(t, stranger, dht.Ref(strangerBase))
		id, addr := d.Contact(stranger)
		require.Equal(t, d.id(1), id)
		require.Equal(t, sim.AddrOf(2), addr)
		require.Equal(t, id.Hi, d.Lead(stranger))
		require.Equal(t, stranger, d.Ref(id, addr))
		require.NotEqual(t, stranger, d.Ref(d.id(1), sim.AddrOf(50)), "behind the last node")
		// A symmetric NAT's port makes another reference to the same node.
		mapped := sim.AddrOf(1).WithPort(netmodel.IndexedPort(127))
		seen := d.Ref(d.id(1), mapped)
		require.Less(t, seen, dht.Ref(strangerBase))
		require.NotEqual(t, dht.Ref(1), seen)
		id, addr = d.Contact(seen)
		require.Equal(t, d.id(1), id)
		require.Equal(t, mapped, addr)
		require.Equal(t, id.Hi, d.Lead(seen))
	}
}

// TestBoundIdentities: a share of a group's ids is bound to addresses, and nobody else's changes.
func TestBoundIdentities(t *testing.T) {
	plain, some := newIdentities(3, 3000), newIdentities(3, 3000)
	some.bind(1000, 1000, netmodel.Certain/4)
	valid := 0
	for i := range uint32(3000) {
		if i < 1000 || i >= 2000 {
			require.Equal(t, plain.id(i), some.id(i))
		} else if krpc.ValidID(some.id(i), sim.AddrOf(i)) {
			valid++
		} else {
			require.Equal(t, plain.id(i), some.id(i))
		}
	}
	require.InDelta(t, 250, valid, 4*13.7, "binomial, within four standard deviations")
	all := newIdentities(3, 3000)
	all.bind(0, 3000, netmodel.Certain)
	for i := range uint32(3000) {
		if krpc.ValidID(some.id(i), sim.AddrOf(i)) {
			require.Equal(t, all.id(i), some.id(i), "the same id in every arm")
		}
	}
}

// TestWarmTables checks every contact of warm tables: it lies in its bucket, which holds as many
// as there are to hold, and over all nodes each is drawn about equally often.
func TestWarmTables(t *testing.T) {
	const size = 400
	s := open(t, "quickstart", "groups.nodes.size", "400", "groups.nodes.tables", "warm",
		"groups.nodes.dht.buckets", "[16, 4]")
	o, err := newOverlay(s, 5, new(laws), nil)
	require.NoError(t, err)
	p := o.populations[0]
	drawn := make([]int, size)
	for i := range uint32(size) {
		own, depth := o.ids.id(i), p.group.Depth(i)
		counts := make([]int, depth)
		p.group.EachContact(i, 0, func(b int, c dht.Contact, good bool) {
			require.True(t, good)
			require.Equal(t, b, min(own.SharedBits(c.ID), depth-1))
			node, ok := sim.NodeOf(c.Addr)
			require.True(t, ok)
			require.NotEqual(t, i, node)
			counts[b]++
			if b == 0 {
				drawn[node]++
			}
		})
		for b, n := range counts {
			require.Equal(t, min(p.cfg.Buckets[min(b, 1)], members(p, own, b, depth)), n)
		}
	}
	most := slices.Max(drawn)
	require.Less(t, most, 45, "each is drawn 16 times by half of the others, give or take")
}

// members counts the nodes that belong into bucket b of a table of that depth.
func members(p *population, own krpc.ID, b, depth int) int {
	n := 0
	for i := range p.size {
		if id := p.overlay.ids.id(i); id != own && min(own.SharedBits(id), depth-1) == b {
			n++
		}
	}
	return n
}

func TestSeedsStartedBefore(t *testing.T) {
	s := open(t, "quickstart", "groups.nodes.size", "100", "groups.nodes.join.bootstrap", "3")
	o, err := newOverlay(s, 5, new(laws), nil)
	require.NoError(t, err)
	p := o.populations[0]
	require.Equal(t, scenarios.TablesJoin, p.spec.Tables)
	for n, i := range o.lives.order {
		seeds := p.seeds(i, nil)
		require.Len(t, seeds, min(n, 3))
		for _, a := range seeds {
			node, _ := sim.NodeOf(a)
			require.Less(t, o.lives.begin(node), o.lives.begin(i))
		}
	}
}

// TestNoAllocations pins the cost of a message in a steady network.
func TestNoAllocations(t *testing.T) {
	s := newSteady(t, 2000)
	s.advance(20)
	before := s.world.Ledger().Sent.Datagrams
	perSecond := testing.AllocsPerRun(5, func() { s.advance(1) })
	sent := (s.world.Ledger().Sent.Datagrams - before) / 6
	require.Greater(t, sent, uint64(5000))
	require.Less(t, perSecond, 20.0, "%d messages a second", sent)
}

// TestStreamOf: streams without operations own none.
func TestStreamOf(t *testing.T) {
	w := &workload{streams: []stream{
		{index: 0, first: 0, count: 0}, {index: 1, first: 0, count: 3}, {index: 2, first: 3},
		{index: 3, first: 3, count: 2},
	}}
	var owners []uint32
	for op := range uint32(5) {
		owners = append(owners, w.streamOf(op).index)
	}
	require.Equal(t, []uint32{1, 1, 1, 3, 3}, owners)
}
