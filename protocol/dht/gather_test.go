package dht

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// place returns the node of an id.
func (m *mesh) place(id krpc.ID) uint32 { return uint32(slices.Index(m.all(), id)) }

// TestItemTwin puts and gets items in a network: they are at the k nodes that are truly closest and
// at no others, and whoever gets them has them whole.
func TestItemTwin(t *testing.T) {
	m := newMesh(t, meshConfig(8, 3), 60, 44)
	draw := protocol.NewRand(45, 0, 0)
	for n := range 40 {
		it := immutable(10 + n*7)
		if n%4 > 0 {
			it = signed(byte(n%4), []string{"", fmt.Sprint("salt", n)}[n%2], int64(n), 5+n*7)
		}
		m.lookup(0, Request{Method: krpc.Put, Item: it})
		require.Equal(t, 8, m.last.Stored)
		require.Nil(t, m.last.Item)
		holders := 0
		for i := range uint32(m.Len()) {
			if m.items.find(i, it.Target(), m.now) != nil {
				require.Contains(t, m.nearest(it.Target(), 8), m.ID(i))
				holders++
			}
		}
		require.Equal(t, 8, holders)
		getter := uint32(1 + draw.Intn(59))
		if m.items.find(getter, it.Target(), m.now) != nil {
			holders-- // nobody asks himself
		}
		m.lookup(getter, Request{Method: krpc.Get, Target: it.Target(),
			Item: &krpc.Item{Salt: it.Salt}})
		require.NotNil(t, m.last.Item)
		want := *it
		require.Equal(t, want, *m.last.Item)
		require.Equal(t, holders, m.last.Copies)
	}
	require.Zero(t, m.Counters()[BadItem])
}

// TestNewerItems puts newer values at a part of the nodes that have the old one: each getter gets
// the newest, from however few. Then come puts that are too old, or made from another one than is
// stored; at last one that is right everywhere.
func TestNewerItems(t *testing.T) {
	m := newMesh(t, meshConfig(8, 3), 60, 46)
	first := signed(1, "s", 1, 20)
	target := first.Target()
	near := m.nearest(target, 8)
	m.lookup(0, Request{Method: krpc.Put, Item: first})
	require.Equal(t, 8, m.last.Stored)
	for _, next := range []struct{ seq, some int }{{2, 5}, {3, 1}} {
		newer := signed(1, "s", int64(next.seq), 20+next.seq)
		for _, id := range near[:next.some] {
			i := m.place(id)
			require.True(t, m.items.put(i, &m.nodes[i], target, newer, m.now))
		}
	}
	get := Request{Method: krpc.Get, Target: target, Item: &krpc.Item{Salt: []byte("s")}}
	for i := range uint32(60) {
		m.lookup(i, get)
		m.forget()
	}
	i := m.place(near[0])
	require.Equal(t, int64(3), m.items.find(i, target, m.now).seq)
	m.lookup(0, get)
	require.Equal(t, int64(3), m.last.Item.Seq)
	require.Equal(t, 1, m.last.Copies)

	m.lookup(0, Request{Method: krpc.Put, Item: signed(1, "s", 2, 22)})
	require.Equal(t, 7, m.last.Stored, "those with seq 2, and those with seq 1")
	require.Equal(t, 1, m.last.Refused)
	require.Equal(t, int64(krpc.SeqError), m.last.RefusedCode)
	require.Equal(t, int64(3), m.last.Item.Seq, "what stands in the way is told")

	fourth := signed(1, "s", 4, 24)
	fourth.HasCas, fourth.Cas = true, 3
	m.lookup(0, Request{Method: krpc.Put, Item: fourth})
	require.Equal(t, 1, m.last.Stored)
	require.Equal(t, 7, m.last.Refused)
	require.Equal(t, int64(krpc.CasError), m.last.RefusedCode)
	require.NotEmpty(t, m.last.RefusedText)

	fifth := signed(1, "s", 5, 25)
	m.lookup(0, Request{Method: krpc.Put, Item: fifth})
	require.Equal(t, 8, m.last.Stored)
	m.lookup(30, get)
	require.Equal(t, *fifth, *m.last.Item)
	known := get
	known.Item = &krpc.Item{Salt: []byte("s"), Seq: 5, HasSeq: true}
	m.lookup(31, known)
	require.Nil(t, m.last.Item, "nobody sends what is known")
	require.Equal(t, 8, m.last.Copies)
}

// TestScrapeTwin spreads peers over the nodes closest to an infohash, each to some of them: a
// scrape unites what they have, bit by bit, and estimates as many.
func TestScrapeTwin(t *testing.T) {
	m := newMesh(t, meshConfig(8, 3), 60, 33)
	draw := protocol.NewRand(34, 0, 0)
	for _, size := range []int{0, 1, 30, 400} {
		hash := krpc.RandomID(&draw)
		near := m.nearest(hash, 8)
		var seeds, others krpc.Filter
		counts := [2]int{}
		for n := range size {
			p := peer{addr: host(n, 7), at: m.now, seed: n%3 == 0}
			if p.seed {
				seeds.Insert(p.addr)
				counts[0]++
			} else {
				others.Insert(p.addr)
				counts[1]++
			}
			for k, id := range near {
				if i := m.place(id); k == n%8 || draw.Intn(2) == 0 {
					require.True(t, m.store.put(i, &m.nodes[i], hash, p))
				}
			}
		}
		m.lookup(0, Request{Method: krpc.GetPeers, Target: hash, Scrape: true})
		require.Equal(t, seeds, *m.last.SeedFilter)
		require.Equal(t, others, *m.last.PeerFilter)
		require.Empty(t, m.last.Peers)
		for n, f := range []*krpc.Filter{m.last.SeedFilter, m.last.PeerFilter} {
			require.InDelta(t, counts[n], float64(f.Estimate())/1000, 1+float64(counts[n])/10)
		}
		if size == 400 {
			require.Equal(t, 8, m.last.Scraped)
		}
	}
}

// TestSampleTwin gives every node some infohashes and walks: what is collected is what those have
// who were asked, and nobody was asked twice.
func TestSampleTwin(t *testing.T) {
	m := newMesh(t, meshConfig(8, 3), 60, 51)
	held := make([]map[krpc.ID]bool, m.Len())
	for i := range held {
		held[i] = map[krpc.ID]bool{}
		for n := range i % 17 {
			hash := krpc.ID{Hi: uint64(n*i) % 300, Lo: 1}
			held[i][hash] = true
			require.True(t, m.store.put(uint32(i), &m.nodes[i], hash, peer{addr: host(1, 1)}))
		}
	}
	draw := protocol.NewRand(52, 0, 0)
	for range 30 {
		asked := map[uint32]int{}
		m.tap = func(to uint32, p []byte) {
			var q krpc.Message
			if krpc.Decode(p, &q) == krpc.OK && q.Kind == krpc.Query {
				require.Equal(t, krpc.SampleInfohashes, q.Method)
				asked[to]++
			}
		}
		m.lookup(0, Request{Method: krpc.SampleInfohashes, Target: krpc.RandomID(&draw)})
		m.tap = nil
		want, sum := map[krpc.ID]bool{}, 0
		for i, n := range asked {
			require.Equal(t, 1, n)
			for hash := range held[i] {
				want[hash] = true
			}
			sum += len(held[i])
		}
		if m.last.Answers == len(asked) { // or it ended before some answers came
			require.Len(t, m.last.Samples, len(want))
			require.Equal(t, int64(sum), m.last.Held)
		}
		require.GreaterOrEqual(t, len(asked), 8)
		require.Equal(t, m.last.Answers, m.last.Sampled)
		require.Positive(t, len(m.last.Samples))
		for _, hash := range m.last.Samples {
			require.True(t, want[hash])
		}
	}
}

// TestLookupSettings checks the bounds of settings that only lookups read.
func TestLookupSettings(t *testing.T) {
	c := Default()
	for soft, ok := range map[time.Duration]bool{
		-1: false, 0: true, 1: false, time.Millisecond: true, c.QueryTimeout - 1: true,
		c.QueryTimeout: false,
	} {
		c.SoftTimeout = soft
		if ok {
			require.NoError(t, c.Validate())
			continue
		}
		require.ErrorContains(t, c.Validate(), "soft_timeout")
	}
	c = Default()
	c.Candidates = 3
	require.Equal(t, c.K, c.candidateBound())
	c.Candidates = 30
	require.Equal(t, 30, c.candidateBound())
}
