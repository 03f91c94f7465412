package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestClients has 70 nodes of each client, and of all of them mixed, join one after another. Then
// every node is found from every kind of node. A fifth leaves without a word, and time shows how
// long the others keep them, and keep naming them to others. There are no lookups meanwhile: what
// is seen is the upkeep.
func TestClients(t *testing.T) {
	const size = 70
	for _, c := range []struct {
		name    string
		clients []string
		wait    time.Duration
		kept    int // at most, per thousand contacts in the tables after that time, of those gone
		named   int // and of those in replies
	}{
		// A contact fails twice before it is bad, and only lookups ask. Nobody replaces it.
		{ProfileBEP5, []string{ProfileBEP5}, 2 * time.Hour, 120, 40},
		// 69 contacts are asked every 5 seconds in turn, so each every 6 minutes. The first
		// failure ends its being named; 15 end its being kept, since nobody is in reserve.
		{"libtorrent, a round", []string{ProfileLibtorrent}, 7 * time.Minute, 210, 0},
		{"libtorrent", []string{ProfileLibtorrent}, 15 * 7 * time.Minute, 0, 0},
		// Silent for 15 minutes is not good. Four failures of one random member, asked up to
		// each 37 seconds, take hours.
		{"jech, not good", []string{ProfileJech}, 16 * time.Minute, 210, 0},
		{ProfileJech, []string{ProfileJech}, 10 * time.Hour, 60, 0},
		// After 15 minutes they are pinged three times. Only newcomers replace bad contacts.
		{ProfileAnacrolix, []string{ProfileAnacrolix}, 18 * time.Minute, 150, 0},
		// Whoever sweeps first is news to all others: in a quiet network one sweeps in 15 minutes,
		// and chance says who.
		{ProfileWebtorrent, []string{ProfileWebtorrent}, 24 * time.Hour, 50, 50},
		{"mixed", Profiles(), 2 * time.Hour, 150, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t, size, 5, presets(t), c.clients...)
			w.arrive()
			w.run(10 * time.Minute)
			for to := range size {
				from := (to + 1 + w.draw.Intn(size-1)) % size
				w.lookup(from, Request{Method: krpc.FindNode, Target: w.houses[to].id})
				require.NotEmpty(t, w.last.Closest)
				require.Equal(t, w.houses[to].id, w.last.Closest[0].ID, "%d from %d", to, from)
			}
			for n := range size / 5 {
				w.leave(n * 5)
			}
			before, _ := w.stale()
			require.Greater(t, before, 150, "a fifth of the contacts are gone")
			w.run(c.wait)
			kept, named := w.stale()
			t.Logf("%d of 1000 contacts were gone; after %v %d, and %d of those named",
				before, c.wait, kept, named)
			require.LessOrEqual(t, kept, c.kept)
			require.LessOrEqual(t, named, c.named)
			for h := range w.houses {
				if !w.houses[h].gone {
					checkTable(t, w.houses[h].group, w.houses[h].i)
				}
			}
		})
	}
}

// TestUpkeepRestarts takes everybody away from a node but those it starts with, who come back: it
// must not stay alone.
func TestUpkeepRestarts(t *testing.T) {
	for _, client := range Profiles() {
		w := newTown(t, 30, 6, presets(t), client)
		w.arrive()
		w.run(time.Minute)
		const lone = 20
		for h := range w.houses {
			w.houses[h].gone = h != lone
		}
		w.run(48 * time.Hour)
		for h := range w.houses {
			w.houses[h].gone = false
			if h != lone {
				home := &w.houses[h]
				home.group.Drop(home.i)
				w.at(h, func(g *Group, i uint32, t *protocol.Turn) { g.Start(i, t) })
			}
		}
		w.run(2 * time.Hour)
		w.lookup(lone, Request{Method: krpc.FindNode, Target: w.houses[5].id})
		require.Equal(t, w.houses[5].id, w.last.Closest[0].ID, client)
	}
}

// TestUpkeepDoesNotAllocate lets whole networks go about their upkeep, and look things up.
func TestUpkeepDoesNotAllocate(t *testing.T) {
	for _, client := range append(Profiles(), "") {
		clients := []string{client}
		if client == "" {
			clients = Profiles()
		}
		w := newTown(t, 50, 7, presets(t), clients...)
		w.arrive()
		n, sent := 0, 0
		day := func() {
			w.run(6 * time.Minute)
			w.lookup(n%50, Request{Method: krpc.FindNode, Target: w.houses[(n+7)%50].id})
			n++
		}
		for range 20 {
			day()
		}
		sent = w.sent
		require.Zero(t, testing.AllocsPerRun(4, day), client)
		require.Greater(t, w.sent-sent, 200, client)
	}
}

// TestRehome gives nodes other ids: their contacts move to the buckets of the new one, and they
// are found there soon.
func TestRehome(t *testing.T) {
	for _, client := range Profiles() {
		w := newTown(t, 60, 8, presets(t), client)
		w.arrive()
		w.run(5 * time.Minute)
		const moving = 30
		home := &w.houses[moving]
		before := len(checkTable(t, home.group, home.i))
		require.Greater(t, before, 10)
		id := w.houses[4].id.RandomInBucket(9, &w.draw)
		w.at(moving, func(g *Group, i uint32, turn *protocol.Turn) {
			home.id = id
			g.rehome(i, turn, id)
			require.Equal(t, id, g.ID(i))
			all := checkTable(t, g, i)
			require.NotEmpty(t, all)
			require.GreaterOrEqual(t, 3*len(all), before, "%s: most contacts are kept", client)
			require.LessOrEqual(t, len(all), before)
			g.turnEnds(i, turn)
		})
		w.run(20 * time.Minute)
		checkTable(t, home.group, home.i)
		w.lookup(5, Request{Method: krpc.FindNode, Target: id})
		require.Equal(t, id, w.last.Closest[0].ID, client)
		w.lookup(moving, Request{Method: krpc.FindNode, Target: w.houses[9].id})
		require.Equal(t, w.houses[9].id, w.last.Closest[0].ID, client)
	}
}

// TestRehomeDiverse: two contacts of one network, which were in different buckets of the old id, do
// not meet in one of the new id.
func TestRehomeDiverse(t *testing.T) {
	cfg, draw := diverseConfig(), protocol.NewRand(1, 1, 1)
	cfg.Buckets, cfg.Depth = []int{8, 4, 8}, 8
	var known []Contact
	for n := range 16 {
		b := min(2, n/8+n/12) // 8, 4 and 4; the two fours are in the same networks
		known = append(known, Contact{ownID.RandomInBucket(b, &draw), net(n-4*(b/2), b)})
	}
	d := newDriven(t, cfg, known...)
	require.Len(t, checkTable(t, d.Group, 0), 16)
	require.Equal(t, 3, d.Depth(0))
	d.rehome(0, &d.turn, ownID.RandomInBucket(0, &draw))
	require.GreaterOrEqual(t, len(checkTable(t, d.Group, 0)), 8)
	for b := range d.Depth(0) {
		nets := map[uint32]bool{}
		for _, s := range d.bucket(0, b) {
			if s.used() {
				_, a := d.book.Contact(s.ref)
				require.False(t, nets[a.IP4()>>8], "bucket %d", b)
				nets[a.IP4()>>8] = true
			}
		}
	}
}

// TestRehomeWhileJoining: a node learns its address from the answers to its first lookup. It joins
// once more, as the new id, and the end of the first lookup does not make it a member.
func TestRehomeWhileJoining(t *testing.T) {
	for _, client := range Profiles() {
		cfg, _ := Profile(client)
		cfg.QueryTimeout, cfg.Tries, cfg.SoftTimeout = time.Second, 1, 0
		d := newDriven(t, cfg)
		d.Drop(0)
		d.Remember(0, crowd(40, scattered))
		d.Start(0, &d.turn)
		require.NotEqual(t, nilIndex, d.nodes[0].lookups, client)
		first := d.searches.at(d.nodes[0].lookups)
		id := krpc.ID{Hi: 5}
		d.rehome(0, &d.turn, id)
		d.turnEnds(0, &d.turn)
		joins := func() (joins int) {
			for x := d.nodes[0].lookups; x != nilIndex; x = d.searches.at(x).next {
				if l := d.searches.at(x); l.purpose == purposeJoin {
					require.Equal(t, id, l.target)
					joins++
				}
			}
			return joins
		}
		require.Equal(t, 1, joins(), client)
		d.searched(0, &d.turn, first)
		d.turnEnds(0, &d.turn)
		require.Equal(t, 1, joins(), client)
		require.False(t, d.nodes[0].joined, client)
	}
}
