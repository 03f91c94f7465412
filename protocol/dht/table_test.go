package dht

import (
	"crypto/sha1"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// checkTable holds node i's table against what must always be true of it. It returns the contacts.
func checkTable(t require.TestingT, g *Group, i uint32) []slot {
	n := &g.nodes[i]
	require.LessOrEqual(t, int(n.depth), g.cfg.Depth)
	ids := map[krpc.ID]bool{}
	var all []slot
	for b := range g.cfg.Depth {
		bucket, ended := g.bucket(i, b), false
		require.Len(t, bucket, g.cfg.bucketSize(b))
		for _, s := range bucket {
			if !s.used() {
				require.Equal(t, slot{}, s, "an empty slot is all zero")
				ended = true
				continue
			}
			require.True(t, s.proven() || g.cfg.Admission != AdmitAnswered)
			require.False(t, g.cfg.RemoveAfter > 0 && s.fails() >= g.cfg.RemoveAfter)
			require.False(t, ended, "used slots come first")
			require.Less(t, b, int(n.depth), "nobody beyond the depth")
			id, addr := g.env.Directory.Contact(s.ref)
			require.NotEqual(t, n.id, id, "the own id is never in the table")
			require.False(t, ids[id], "no id twice")
			require.True(t, usable(addr))
			ids[id] = true
			shared := n.id.SharedBits(id)
			require.True(t, shared == b || shared > b && b == int(n.depth)-1, "in its bucket")
			all = append(all, s)
		}
		if g.cfg.Replacements > 0 {
			checkReserve(t, g, i, b)
		}
	}
	checkNets(t, g, all)
	return all
}

// checkReserve holds the reserve of a bucket against what must always be true of it.
func checkReserve(t require.TestingT, g *Group, i uint32, b int) {
	n, refs, ended := &g.nodes[i], map[Ref]bool{}, false
	for _, s := range g.bucket(i, b) {
		refs[s.ref] = s.used()
	}
	for _, s := range g.reserve(i, b) {
		if !s.used() {
			require.Equal(t, slot{}, s, "an empty slot is all zero")
			ended = true
			continue
		}
		require.False(t, ended, "used slots come first")
		require.False(t, refs[s.ref], "who is in reserve is not in the bucket, nor twice")
		refs[s.ref] = true
		id, addr := g.env.Directory.Contact(s.ref)
		require.Equal(t, b, n.bucketOf(id))
		require.Less(t, b, int(n.depth))
		require.NotEqual(t, n.id, id)
		require.True(t, usable(addr))
	}
}

// checkNets finds addresses in a table that Diverse does not allow.
func checkNets(t require.TestingT, g *Group, all []slot) {
	if !g.cfg.Diverse {
		return
	}
	ips := map[protocol.Addr]bool{}
	for _, s := range all {
		_, addr := g.env.Directory.Contact(s.ref)
		require.False(t, ips[addr.WithPort(0)], "two at %v", addr)
		ips[addr.WithPort(0)] = true
	}
}

// clusteredID draws an id near own, so that deep buckets fill too, and so that ids come again.
func clusteredID(t *rapid.T, own krpc.ID) krpc.ID {
	r := protocol.NewRand(uint64(rapid.IntRange(0, 300).Draw(t, "who")), 0, 0)
	id := krpc.RandomID(&r)
	switch r.Intn(3) {
	case 0: // shares a few bits
		return own.RandomInBucket(r.Intn(12), &r)
	case 1: // equal in the leading word, so that ties there are common
		return krpc.ID{Hi: own.Hi ^ r.Uint64n(4), Mid: id.Mid, Lo: id.Lo}
	}
	return id
}

// TestTableTwin does random things to a table, and compares closest with a sorted slice of all that
// the table holds, after each of them.
func TestTableTwin(t *testing.T) {
	greatest, splits := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		cfg := quiet()
		cfg.K = rapid.IntRange(1, 4).Draw(t, "k")
		cfg.Buckets = rapid.SliceOfN(rapid.IntRange(1, 6), 1, 3).Draw(t, "buckets")
		cfg.Depth = rapid.IntRange(1, 20).Draw(t, "depth")
		cfg.StalenessLimit = rapid.IntRange(1, 3).Draw(t, "stale")
		d := newDriven(t, cfg)
		for range rapid.IntRange(30, 90).Draw(t, "steps") {
			step := rapid.IntRange(0, 9).Draw(t, "step")
			all := checkTable(t, d.Group, 0)
			id := clusteredID(t, ownID)
			switch {
			case step < 5:
				if id == ownID {
					break
				}
				ref := d.book.Ref(id, host(rapid.IntRange(1, 3).Draw(t, "host"), 1))
				d.out.Reset()
				d.answered(0, &d.turn, ref, id)
			case step < 8 && len(all) > 0:
				d.failed(0, &d.turn, all[rapid.IntRange(0, len(all)-1).Draw(t, "fails")].ref)
			case step == 8:
				d.turn.Now = d.turn.Now.Add(7 * time.Minute)
				d.out.Reset()
				d.Wake(0, &d.turn)
			}
			all = checkTable(t, d.Group, 0)
			greatest, splits = max(greatest, len(all)), max(splits, d.Depth(0))
			compareClosest(t, d, all, clusteredID(t, ownID), rapid.IntRange(1, 12).Draw(t, "n"))
		}
	})
	if testing.Short() { // a fifth of the cases
		return
	}
	require.Greater(t, greatest, 15)
	require.Greater(t, splits, 5)
}

func compareClosest(t require.TestingT, d *driven, all []slot, target krpc.ID, n int) {
	var want []krpc.ID
	for _, s := range all {
		if s.fails() < d.cfg.StalenessLimit {
			id, _ := d.book.Contact(s.ref)
			want = append(want, id)
		}
	}
	slices.SortFunc(want, func(a, b krpc.ID) int { return a.Xor(target).Cmp(b.Xor(target)) })
	want = want[:min(n, len(want))]
	var got []krpc.ID
	for _, r := range d.closest(0, target, n) {
		id, _ := d.book.Contact(r.ref)
		got = append(got, id)
	}
	require.Equal(t, want, got)
}

// TestFillTwin fills tables with whole networks in random order. Per bucket there is a dumb answer:
// how many contacts share so many bits, or the bucket's size if that is less.
func TestFillTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := quiet()
		cfg.Buckets = rapid.SliceOfN(rapid.IntRange(1, 9), 1, 5).Draw(t, "buckets")
		slices.Sort(cfg.Buckets)
		slices.Reverse(cfg.Buckets)
		cfg.Depth = rapid.IntRange(1, 20).Draw(t, "depth")
		d := newDriven(t, cfg)
		shared := make([]int, cfg.Depth)
		size := rapid.IntRange(0, 200).Draw(t, "size")
		filled := 0
		for n := range size {
			c := somebody(n)
			shared[min(ownID.SharedBits(c.ID), cfg.Depth-1)]++
			if d.Fill(0, c, 0) {
				filled++
			}
		}
		all := checkTable(t, d.Group, 0)
		require.LessOrEqual(t, len(all), filled)
		for b := range d.Depth(0) - 1 {
			fits := min(shared[b], cfg.bucketSize(b))
			require.LessOrEqual(t, used(d.bucket(0, b)), fits)
			if len(cfg.Buckets) == 1 { // where sizes shrink, a split can leave contacts over
				require.Equal(t, fits, used(d.bucket(0, b)), "bucket %d", b)
			}
		}
		if len(cfg.Buckets) == 1 {
			require.Len(t, all, filled)
			rest := 0
			for _, n := range shared[d.Depth(0)-1:] {
				rest += n
			}
			last := d.Depth(0) - 1
			require.Equal(t, min(rest, cfg.bucketSize(last)), used(d.bucket(0, last)))
		}
	})
}

// TestOrderingVector is the fact sheet's: SHA-1 of node-0 to node-31, and of target.
func TestOrderingVector(t *testing.T) {
	cfg := quiet()
	cfg.Buckets = []int{32}
	d := newDriven(t, cfg)
	place := map[krpc.ID]int{}
	for n := range 32 {
		id := sha1ID(n)
		place[id] = n
		d.Fill(0, Contact{id, host(n+1, 1)}, 0)
	}
	target, err := krpc.ParseID("0e8a3ad980ec179856012b7eecf4327e99cd44cd")
	require.NoError(t, err)
	var got []int
	for _, r := range d.closest(0, target, 8) {
		id, _ := d.book.Contact(r.ref)
		got = append(got, place[id])
	}
	require.Equal(t, []int{8, 25, 16, 4, 21, 10, 6, 29}, got)
}

// TestHeardBeforeTheStart: a contact that was heard from before the driver's start is as old, and
// older than one that was heard from since, on both sides of 0.
func TestHeardBeforeTheStart(t *testing.T) {
	minute := protocol.Time(time.Minute)
	times := []protocol.Time{-20 * minute, -minute, -1e9, 0, 1e9, minute}
	for n, heard := range times {
		s := filledSlot(1, heard)
		require.EqualValues(t, (2*minute-heard)/1e9, s.silentFor(2*minute))
		for m, other := range times {
			require.Equal(t, n < m, s.staler(filledSlot(2, other)))
		}
	}
	cfg := quiet()
	cfg.GoodFor = 15 * time.Minute
	d := newDriven(t, cfg)
	require.True(t, d.Fill(0, somebody(1), -10*minute))
	for now, want := range map[protocol.Time]bool{0: true, 5*minute - 1: true, 5 * minute: false} {
		d.EachContact(0, now, func(_ int, _ Contact, good bool) { require.Equal(t, want, good) })
	}
}

// TestSlotClock follows one contact through time and failures.
func TestSlotClock(t *testing.T) {
	d := newDriven(t, quiet())
	at := protocol.Time(0).Add(200 * 24 * time.Hour) // beyond the wrap of 24 bits
	s := newSlot(1, at)
	require.True(t, d.isGood(s, at.Add(15*time.Minute-time.Second)))
	require.False(t, d.isGood(s, at.Add(15*time.Minute)))
	require.False(t, d.isBad(s))
	s.heard(at.Add(10*time.Minute), false)
	require.True(t, d.isGood(s, at.Add(20*time.Minute)), "a query renews it, too")
	s.failed()
	require.False(t, d.isGood(s, at.Add(20*time.Minute)), "one failure makes it questionable")
	require.False(t, d.isBad(s))
	s.heard(at, false)
	require.Equal(t, 1, s.fails(), "a query may be forged: it does not clear failures")
	s.failed()
	require.True(t, d.isBad(s))
	for range 20 {
		s.failed()
	}
	require.Equal(t, failsMax, s.fails())
	require.True(t, s.used())
	s.heard(at, true)
	require.True(t, d.isGood(s, at))
	require.Equal(t, Ref(1), s.ref)
}

func sha1ID(n int) krpc.ID {
	sum := sha1.Sum(fmt.Appendf(nil, "node-%d", n))
	return krpc.IDFromBytes(sum[:])
}
