package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestBesideTwin sorts the ranges of the buckets: those next to each other are beside each other.
func TestBesideTwin(t *testing.T) {
	draw := protocol.NewRand(1, 1, 1)
	for range 500 {
		n := node{id: krpc.RandomID(&draw), depth: uint8(1 + draw.Intn(12))}
		type span struct {
			bucket int
			start  krpc.ID
		}
		var spans []span
		for b := range int(n.depth) {
			first := n.id.RandomInBucket(b, &draw)
			if b == int(n.depth)-1 {
				first = n.id
			}
			spans = append(spans, span{b, first})
		}
		slices.SortFunc(spans, func(a, b span) int { return a.start.Cmp(b.start) })
		for at, s := range spans {
			want := [2]int{-1, -1}
			if at > 0 {
				want[0] = spans[at-1].bucket
			}
			if at+1 < len(spans) {
				want[1] = spans[at+1].bucket
			}
			below, above := n.beside(s.bucket)
			require.Equal(t, want, [2]int{below, above}, "%v bucket %d", n.id, s.bucket)
		}
	}
}

// TestRecommendedTwin compares what replies name with a sorted slice of all that may be named.
func TestRecommendedTwin(t *testing.T) {
	left := 0
	rapid.Check(t, func(t *rapid.T) {
		cfg := quiet()
		cfg.Buckets, cfg.Depth = []int{rapid.IntRange(1, 6).Draw(t, "bucket")}, 12
		cfg.ReplyGood = rapid.Bool().Draw(t, "good")
		cfg.ReplyNear = rapid.Bool().Draw(t, "near")
		cfg.GoodFailures = rapid.IntRange(0, 2).Draw(t, "failures")
		cfg.StalenessLimit = rapid.IntRange(1, 4).Draw(t, "stale")
		cfg.ReplyContacts = rapid.IntRange(1, 10).Draw(t, "n")
		d := newDriven(t, cfg, crowd(rapid.IntRange(0, 60).Draw(t, "size"), somebody)...)
		for b := range d.Depth(0) {
			for p := range d.bucket(0, b) {
				if s := &d.bucket(0, b)[p]; s.used() {
					s.meta += uint32(rapid.IntRange(0, 4).Draw(t, "fails")) * failsOne
					if rapid.IntRange(0, 3).Draw(t, "unproven") == 0 {
						s.meta |= flagUnproven
					}
				}
			}
		}
		now := protocol.Time(0).Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "old")) * time.Hour)
		r := protocol.NewRand(uint64(rapid.IntRange(0, 1000).Draw(t, "target")), 0, 0)
		target := krpc.RandomID(&r)
		if r.Intn(2) == 0 {
			target = ownID.RandomInBucket(r.Intn(8), &r)
		}
		var want, got []krpc.ID
		home := min(ownID.SharedBits(target), d.Depth(0)-1)
		for b := range d.Depth(0) {
			below, above := d.nodes[0].beside(home)
			if cfg.ReplyNear && b != home && b != below && b != above {
				continue
			}
			for _, s := range d.bucket(0, b) {
				good := s.fails() <= cfg.GoodFailures && s.meta&flagUnproven == 0 && now == 0
				if !s.used() || s.fails() >= cfg.StalenessLimit || cfg.ReplyGood && !good {
					left++
					continue
				}
				id, _ := d.book.Contact(s.ref)
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b krpc.ID) int { return a.Xor(target).Cmp(b.Xor(target)) })
		want = want[:min(cfg.ReplyContacts, len(want))]
		for _, r := range d.recommended(0, now, target) {
			id, _ := d.book.Contact(r.ref)
			got = append(got, id)
		}
		require.Equal(t, want, got)
	})
	if testing.Short() { // a fifth of the cases
		return
	}
	require.Greater(t, left, 100)
}
