package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// samples asks on the wire and returns the infohashes told.
func (d *driven) sampled(t require.TestingT) (ids []krpc.ID, s krpc.Sample) {
	d.gets(somebody(900).Addr,
		krpc.Writer{}.SampleInfohashes(nil, []byte("aa"), krpc.ID{Hi: 7}, ownID))
	s = d.answer(t).m.Sample
	require.NotNil(t, s.IDs, "samples is there even if it is empty")
	require.Zero(t, len(s.IDs)%krpc.IDSize)
	for b := s.IDs; len(b) > 0; b = b[krpc.IDSize:] {
		ids = append(ids, krpc.IDFromBytes(b))
	}
	return ids, s
}

func (d *driven) announces(t require.TestingT, n int) {
	p := peer{addr: host(1, 1), at: d.turn.Now}
	require.True(t, d.store.put(0, &d.nodes[0], krpc.ID{Hi: uint64(n)}, p))
}

// TestSampleIsKept asks again and again: the same subset until the interval has passed, whatever is
// announced meanwhile. Only an empty one is not kept.
func TestSampleIsKept(t *testing.T) {
	cfg := quiet()
	cfg.SampleInterval, cfg.PeerExpiry = 90*time.Minute, 2*time.Hour
	d := newDriven(t, cfg, crowd(30, somebody)...)
	ids, s := d.sampled(t)
	require.Empty(t, ids)
	require.Equal(t, krpc.Sample{Interval: 5400, IDs: []byte{}}, s)
	require.Equal(t, 8*krpc.NodeSize4, len(d.answer(t).m.Nodes))
	d.announces(t, 0)
	ids, _ = d.sampled(t)
	require.Equal(t, []krpc.ID{{}}, ids)

	d.turn.Now = d.turn.Now.Add(cfg.SampleInterval)
	for n := range 100 {
		d.announces(t, n)
	}
	first, s := d.sampled(t)
	require.Len(t, first, maxSamples)
	require.Equal(t, int64(100), s.Num)
	for n := range 50 {
		d.announces(t, 100+n)
		d.turn.Now = d.turn.Now.Add(cfg.SampleInterval/50 - 1)
		again, s := d.sampled(t)
		require.Equal(t, first, again)
		require.Equal(t, int64(101+n), s.Num)
	}
	d.turn.Now = d.turn.Now.Add(50)
	other, _ := d.sampled(t)
	require.NotEqual(t, first, other)
	d.turn.Now = d.turn.Now.Add(cfg.PeerExpiry)
	ids, s = d.sampled(t)
	require.Empty(t, ids)
	require.Zero(t, s.Num)
	require.Equal(t, 1, d.samples.inUse())
	d.Drop(0)
	require.Zero(t, d.samples.inUse())
}

// TestSampleIsFair draws a subset each time, distinct ones, all infohashes alike in the long run.
func TestSampleIsFair(t *testing.T) {
	for _, torrents := range []int{maxSamples + 1, 50} {
		checkFair(t, torrents)
	}
}

func checkFair(t *testing.T, torrents int) {
	cfg := quiet()
	cfg.SampleInterval = 0
	d := newDriven(t, cfg)
	const draws = 4000
	for n := range torrents {
		d.announces(t, n)
	}
	times := map[krpc.ID]int{}
	for range draws {
		ids, s := d.sampled(plain{t})
		require.Zero(t, s.Interval)
		require.Len(t, ids, maxSamples)
		seen := map[krpc.ID]bool{}
		for _, id := range ids {
			require.False(t, seen[id])
			seen[id] = true
			times[id]++
		}
	}
	require.Len(t, times, torrents)
	for id, n := range times { // binomial: sd at most 31
		require.InDelta(t, draws*maxSamples/torrents, n, 130, "%v", id)
	}
}

// TestScrapeCounts compares the filters of a large torrent with the hosts that announced.
func TestScrapeCounts(t *testing.T) {
	d := newDriven(t, quiet())
	hash := krpc.ID{Hi: 5}
	var seeds, others krpc.Filter
	for n := range 300 {
		from, w, set := host(n, 6881), krpc.Writer{}, &others
		if n%4 == 0 {
			w.Flags, set = krpc.Seed, &seeds
		}
		token := d.token(0, from, 0)
		d.gets(from, w.Announce(nil, []byte("aa"), krpc.ID{Hi: 7}, hash, 1, true, token[:]))
		set.Insert(from)
	}
	ask := func(f krpc.Flags) *krpc.Message {
		d.gets(somebody(1).Addr, krpc.Writer{Flags: f}.GetPeers(nil, []byte("aa"), hash, hash))
		return &d.answer(t).m
	}
	for _, f := range []krpc.Flags{krpc.Scrape, krpc.Scrape | krpc.NoSeed} {
		m := ask(f)
		require.Equal(t, seeds, krpc.Filter(m.SeedFilter))
		require.Equal(t, others, krpc.Filter(m.PeerFilter))
		require.Zero(t, m.NumValues)
		require.Len(t, m.Token, tokenLen)
	}
	for range 200 {
		m := ask(krpc.NoSeed)
		require.Nil(t, m.SeedFilter)
		require.Equal(t, Default().ReplyPeers, m.NumValues)
		for peers := krpc.Peers(m.Values); ; {
			a, ok := peers.Next()
			if !ok {
				break
			}
			require.NotZero(t, (a.IP4()-0x0a000000)%4, "a seed")
		}
	}
	d.turn.Now = d.turn.Now.Add(d.cfg.PeerExpiry)
	require.Nil(t, ask(krpc.Scrape).PeerFilter, "all have expired")
}
