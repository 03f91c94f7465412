package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// announcesAs announces on the wire, with the token that get_peers gave, and reports whether there
// was one.
func (d *driven) announcesAs(t require.TestingT, from protocol.Addr, hash krpc.ID) bool {
	d.gets(from, krpc.Writer{}.GetPeers(nil, []byte("aa"), krpc.ID{Hi: 7}, hash))
	m := d.answer(t).m
	if !m.HasToken {
		return false
	}
	d.gets(from, krpc.Writer{}.Announce(nil, []byte("aa"), krpc.ID{Hi: 7}, hash, 0, true,
		append([]byte{}, m.Token...)))
	require.Equal(t, krpc.Response, d.answer(t).m.Kind)
	return true
}

// TestWithheldTokens fills a node that gives no token where it has no room (BEP 33): one torrent
// with peers, then the list of torrents. Who is in a full torrent gets one, to stay in it.
func TestWithheldTokens(t *testing.T) {
	cfg := quiet()
	cfg.WithholdTokens, cfg.Torrents, cfg.Peers = true, 3, 4
	d := newDriven(t, cfg)
	hash := krpc.ID{Hi: 1}
	for n := range 4 {
		require.True(t, d.announcesAs(t, host(n, 1), hash))
	}
	require.False(t, d.announcesAs(t, host(4, 1), hash), "the torrent is full")
	require.True(t, d.announcesAs(t, host(2, 1), hash), "not for those in it")
	require.True(t, d.announcesAs(t, host(2, 9), hash), "on whatever port they ask")
	for n := range 2 {
		require.True(t, d.announcesAs(t, host(9, 1), krpc.ID{Hi: uint64(2 + n)}))
	}
	require.False(t, d.announcesAs(t, host(9, 1), krpc.ID{Hi: 4}), "there are three torrents")
	require.True(t, d.announcesAs(t, host(8, 1), krpc.ID{Hi: 2}))
	require.Zero(t, d.Counters()[StoreFull])

	d.turn.Now = d.turn.Now.Add(cfg.PeerExpiry)
	require.True(t, d.announcesAs(t, host(4, 1), hash))
	require.True(t, d.announcesAs(t, host(9, 1), krpc.ID{Hi: 4}))
	require.True(t, d.announcesAs(t, host(9, 1), krpc.ID{Hi: 5}))
	require.False(t, d.announcesAs(t, host(9, 1), krpc.ID{Hi: 6}))
	require.Equal(t, map[uint32]int{0: 3}, d.store.held)
	d.Drop(0)
	require.Empty(t, d.store.held)

	cfg.WithholdTokens = false
	d = newDriven(t, cfg)
	for n := range 5 {
		require.True(t, d.announcesAs(t, host(n, 1), hash))
	}
	require.Equal(t, uint64(1), d.Counters()[StoreFull], "others acknowledge and do not store")
}

// TestPeersNeverExpire: anacrolix and webtorrent forget no peer, but do not store without bound.
func TestPeersNeverExpire(t *testing.T) {
	r := newStoreRig(2, 3, 0)
	for n := range 4 {
		require.Equal(t, n < 3, r.add(1, host(n, 1)))
	}
	r.turn.Now = r.turn.Now.Add(100 * 365 * 24 * time.Hour)
	require.Len(t, r.get(1, 50), 3)
	require.False(t, r.add(1, host(3, 1)))
	require.True(t, r.add(2, host(3, 1)))
	require.False(t, r.add(3, host(3, 1)))
	require.Equal(t, 2, r.purge(0, &r.n, r.turn.Now))
	require.Equal(t, 4, r.peers.inUse())
}

// TestPeersByPort: libtorrent and jech/dht know several peers on one host. A scrape still counts
// hosts.
func TestPeersByPort(t *testing.T) {
	r := &storeRig{rand: 5}
	r.turn.Rand = &r.rand
	r.init(Config{Torrents: 2, Peers: 3, PeerExpiry: time.Minute, PeerPorts: true})
	r.n.reset()
	for port := range 3 {
		require.True(t, r.add(1, host(1, 1+port)))
	}
	require.True(t, r.add(1, host(1, 2)), "renewed in place")
	require.False(t, r.add(1, host(1, 4)))
	require.ElementsMatch(t, []protocol.Addr{host(1, 1), host(1, 2), host(1, 3)}, r.get(1, 50))
	var seeds, others, one krpc.Filter
	one.Insert(host(1, 1))
	require.True(t, r.scrape(&seeds, &others, 0, krpc.ID{Hi: 1}, r.turn.Now))
	require.Equal(t, one, others)
}

// TestTokenPeriods: with more periods a token lives longer, to the nanosecond.
func TestTokenPeriods(t *testing.T) {
	for _, periods := range []int{2, 3, 7} {
		cfg := quiet()
		cfg.TokenPeriods = periods
		d := newDriven(t, cfg)
		for _, given := range []protocol.Time{0, 1, protocol.Time(cfg.TokenRotation) * 9} {
			tok := d.token(0, host(1, 1), d.tokenPeriod(given))
			start := given - given%protocol.Time(cfg.TokenRotation)
			end := start.Add(time.Duration(periods) * cfg.TokenRotation)
			require.True(t, d.tokenValid(0, host(1, 1), given, tok[:]))
			require.True(t, d.tokenValid(0, host(1, 1), end-1, tok[:]))
			require.False(t, d.tokenValid(0, host(1, 1), end, tok[:]))
		}
	}
}

// TestTokenPort: jech/dht binds its tokens to the port as well.
func TestTokenPort(t *testing.T) {
	cfg := quiet()
	cfg.TokenPort = true
	d := newDriven(t, cfg)
	seen := map[[tokenLen]byte]bool{}
	for port := range 100 {
		tok := d.token(0, host(1, port), 0)
		require.False(t, seen[tok])
		seen[tok] = true
		require.True(t, d.tokenValid(0, host(1, port), 0, tok[:]))
		require.False(t, d.tokenValid(0, host(1, port+1), 0, tok[:]))
		require.False(t, d.tokenValid(0, host(2, port), 0, tok[:]))
	}
}

// TestManyPeers asks for up to 100 peers, as libtorrent tells: where a reply has room for fewer,
// they are a random choice, and all come to be told.
func TestManyPeers(t *testing.T) {
	for _, family := range []func(int) Contact{somebody, somebody6} {
		cfg := quiet()
		cfg.ReplyPeers = MaxReplyPeers
		d := newDriven(t, cfg, crowd(100, family)...)
		hash, asker := krpc.ID{Hi: 5}, family(5000).Addr
		const peers, draws = 95, 400
		for n := range peers { // fewer than may be told
			p := peer{addr: family(n).Addr}
			require.True(t, d.store.put(0, &d.nodes[0], hash, p))
		}
		told, least := map[protocol.Addr]int{}, peers
		for range draws {
			d.gets(asker, krpc.Writer{}.GetPeers(nil, []byte("aa"), hash, hash))
			a := d.answer(t)
			require.LessOrEqual(t, len(a.bytes), maxPacket)
			least = min(least, a.m.NumValues)
			for it := krpc.Peers(a.m.Values); ; {
				peer, ok := it.Next()
				if !ok {
					break
				}
				told[peer]++
			}
		}
		t.Logf("IPv4 %v: %d of %d peers in a reply", asker.Is4(), least, peers)
		require.Greater(t, least, 20)
		require.Less(t, least, peers)
		require.Len(t, told, peers)
		for a, n := range told { // binomial: sd at most 10
			require.InDelta(t, draws*least/peers, n, 60, "%v", a)
		}
	}
}

// TestPeersOfTheFamily: a node on both networks with one table tells everybody of the peers that he
// can reach (BEP 32).
func TestPeersOfTheFamily(t *testing.T) {
	d := newDriven(t, quiet())
	hash := krpc.ID{Hi: 5}
	for n := range 20 {
		require.True(t, d.announcesAs(t, somebody(n).Addr, hash))
		require.True(t, d.announcesAs(t, somebody6(n).Addr, hash))
	}
	for _, family := range []func(int) Contact{somebody, somebody6} {
		asker := family(900).Addr
		d.gets(asker, krpc.Writer{Want4: true, Want6: true}.GetPeers(nil, []byte("aa"), hash, hash))
		m := d.answer(t).m
		require.Positive(t, m.NumValues)
		for it := krpc.Peers(m.Values); ; {
			a, ok := it.Next()
			if !ok {
				break
			}
			require.Equal(t, asker.Is4(), a.Is4())
		}
	}
}
