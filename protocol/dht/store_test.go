package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// storeRig is a store with one node, and a clock.
type storeRig struct {
	store
	n    node
	turn protocol.Turn
	rand protocol.Rand
}

func newStoreRig(torrents, peers int, expiry time.Duration) *storeRig {
	r := &storeRig{rand: 5}
	r.turn.Rand = &r.rand
	r.init(Config{Torrents: torrents, Peers: peers, PeerExpiry: expiry})
	r.n.reset()
	return r
}

func (r *storeRig) add(hash uint64, a protocol.Addr) bool {
	return r.put(0, &r.n, krpc.ID{Hi: hash}, peer{addr: a, at: r.turn.Now})
}

func (r *storeRig) get(hash uint64, limit int) []protocol.Addr {
	return r.sample(nil, 0, krpc.ID{Hi: hash}, limit, false, &r.turn)
}

func host(n, port int) protocol.Addr { return protocol.Addr4(0x0a000000+uint32(n), uint16(port)) }

// TestAnnouncedPort tries the ways of naming a port, on the wire.
func TestAnnouncedPort(t *testing.T) {
	from := host(1, 6881)
	hash := "9:info_hash20:" + id2
	cases := []struct {
		name, args string
		stored     protocol.Addr
	}{
		{"port", hash + "4:porti51413e", host(1, 51413)},
		{"implied_port wins", "12:implied_porti1e" + hash + "4:porti51413e", from},
		{"implied_port without port", "12:implied_porti1e" + hash, from},
		{"implied_port 0", "12:implied_porti0e" + hash + "4:porti51413e", host(1, 51413)},
		{"implied_port 2", "12:implied_porti2e" + hash + "4:porti51413e", from},
		{"greatest port", hash + "4:porti65535e", host(1, 65535)},
		{"port 0", hash + "4:porti0e", protocol.Addr{}},
		{"too great", hash + "4:porti65536e", protocol.Addr{}},
		{"negative", hash + "4:porti-1e", protocol.Addr{}},
		{"wraps to 80", hash + "4:porti65616e", protocol.Addr{}},
		{"no port", hash, protocol.Addr{}},
		{"no infohash", "4:porti51413e", protocol.Addr{}},
		{"port is text", hash + "4:port5:51413", protocol.Addr{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDriven(t, quiet())
			tok := d.token(0, from, 0)
			d.gets(from, []byte("d1:ad2:id20:"+id1+c.args+"5:token8:"+string(tok[:])+
				"e1:q13:announce_peer1:t2:aa1:y1:qe"))
			a := d.answer(t)
			require.NotNil(t, a)
			if c.stored == (protocol.Addr{}) {
				require.Equal(t, int64(krpc.ProtocolError), a.m.Code)
				require.Zero(t, d.store.peers.inUse())
				return
			}
			require.Equal(t, krpc.Response, a.m.Kind)
			got := d.store.sample(nil, 0, krpc.IDFromBytes([]byte(id2)), 50, false, &d.turn)
			require.Equal(t, []protocol.Addr{c.stored}, got)
		})
	}
}

// TestStoreOneEntryAHost updates the port in place (BEP 33).
func TestStoreOneEntryAHost(t *testing.T) {
	r := newStoreRig(10, 2, time.Minute)
	require.True(t, r.add(1, host(1, 1)))
	require.True(t, r.add(1, host(2, 1)))
	require.True(t, r.add(1, host(1, 2)), "a full torrent renews what it has")
	require.False(t, r.add(1, host(3, 1)), "and takes nobody new")
	require.ElementsMatch(t, []protocol.Addr{host(1, 2), host(2, 1)}, r.get(1, 50))
	require.Empty(t, r.get(2, 50))
}

// TestStoreExpiry lets peers and torrents grow old.
func TestStoreExpiry(t *testing.T) {
	r := newStoreRig(2, 2, time.Minute)
	require.True(t, r.add(1, host(1, 1)))
	r.turn.Now = r.turn.Now.Add(30 * time.Second)
	require.True(t, r.add(1, host(2, 1)))
	require.True(t, r.add(2, host(1, 1)))
	require.False(t, r.add(3, host(1, 1)), "two torrents are all")
	r.turn.Now = r.turn.Now.Add(30*time.Second - 1)
	require.Len(t, r.get(1, 50), 2)
	r.turn.Now++
	require.Equal(t, []protocol.Addr{host(2, 1)}, r.get(1, 50))
	require.True(t, r.add(1, host(3, 1)), "room again")
	r.turn.Now = r.turn.Now.Add(30 * time.Second)
	require.True(t, r.add(3, host(1, 1)), "the second torrent is forgotten")
	require.Empty(t, r.get(2, 50))
	require.Equal(t, []protocol.Addr{host(3, 1)}, r.get(1, 50))
	r.drop(0, &r.n)
	require.Zero(t, r.peers.inUse())
	require.Zero(t, r.torrents.inUse())
	require.Empty(t, r.index)
}

// TestStoreSample draws runs of a torrent's peers: distinct, all alike in the long run.
func TestStoreSample(t *testing.T) {
	r := newStoreRig(2, 500, time.Hour)
	const peers, limit, draws = 100, 20, 5000
	for n := range peers {
		require.True(t, r.add(1, host(n, 1)))
	}
	times := map[protocol.Addr]int{}
	for range draws {
		got := r.get(1, limit)
		require.Len(t, got, limit)
		seen := map[protocol.Addr]bool{}
		for _, a := range got {
			require.False(t, seen[a])
			seen[a] = true
			times[a]++
		}
	}
	require.Len(t, times, peers)
	for a, n := range times { // binomial: mean 1000, sd 28
		require.InDelta(t, draws*limit/peers, n, 150, "%v", a)
	}
	require.Len(t, r.get(1, peers), peers)
	require.Len(t, r.get(1, 500), peers)
}

// TestStoreTwin compares random operations of two nodes with a map of maps.
func TestStoreTwin(t *testing.T) {
	const expiry, maxTorrents, maxPeers = 20 * time.Second, 4, 5
	r := newStoreRig(maxTorrents, maxPeers, expiry)
	var other node
	other.reset()
	nodes := []*node{&r.n, &other}
	twin := map[torrentKey]map[uint32]peer{}
	alive := func(key torrentKey) (n int) {
		for ip, p := range twin[key] {
			if p.at.Add(expiry) <= r.turn.Now {
				delete(twin[key], ip)
			}
		}
		return len(twin[key])
	}
	draw, full, refused := protocol.NewRand(3, 0, 0), 0, 0
	scraped := 0
	for range 20000 {
		r.turn.Now = r.turn.Now.Add(time.Duration(draw.Uint64n(300)) * time.Millisecond)
		i := uint32(draw.Intn(2))
		key := torrentKey{i, krpc.ID{Hi: draw.Uint64n(7)}}
		a := host(draw.Intn(8), 1+draw.Intn(3))
		if draw.Intn(3) == 0 {
			alive(key)
			scraped += r.compare(t, i, key.infoHash, twin[key])
			continue
		}
		announced := peer{addr: a, at: r.turn.Now, seed: draw.Intn(3) == 0}
		torrents := 0
		for k := range twin {
			if k.node == i && alive(k) > 0 {
				torrents++
			}
		}
		_, renewed := twin[key][a.IP4()]
		fits := alive(key) > 0 && (renewed || alive(key) < maxPeers) ||
			alive(key) == 0 && torrents < maxTorrents
		got := r.put(i, nodes[i], key.infoHash, announced)
		require.Equal(t, fits, got)
		switch {
		case fits:
			if twin[key] == nil {
				twin[key] = map[uint32]peer{}
			}
			twin[key][a.IP4()] = announced
		case alive(key) == maxPeers:
			full++
		default:
			refused++
		}
	}
	require.Greater(t, full, 100)
	require.Greater(t, refused, 100)
	require.Greater(t, scraped, 1000)
	r.drop(0, nodes[0])
	r.drop(1, nodes[1])
	require.Zero(t, r.peers.inUse()+r.torrents.inUse()+len(r.index))
}

// compare holds what a node tells of a torrent against the peers that it has, in both ways, with
// and without seeds. It returns 1 if there are any.
func (r *storeRig) compare(
	t *testing.T, i uint32, infoHash krpc.ID, twin map[uint32]peer,
) (known int) {
	var all, leechers []protocol.Addr
	var seedSet, otherSet krpc.Filter
	for _, p := range twin {
		all = append(all, p.addr)
		if p.seed {
			seedSet.Insert(p.addr)
		} else {
			leechers = append(leechers, p.addr)
			otherSet.Insert(p.addr)
		}
	}
	require.ElementsMatch(t, all, r.sample(nil, i, infoHash, 50, false, &r.turn))
	require.ElementsMatch(t, leechers, r.sample(nil, i, infoHash, 50, true, &r.turn))
	seeds, others := krpc.Filter{1}, krpc.Filter{2} // what is in them must go
	if !r.scrape(&seeds, &others, i, infoHash, r.turn.Now) {
		require.Empty(t, all)
		return 0
	}
	require.NotEmpty(t, all)
	require.Equal(t, seedSet, seeds)
	require.Equal(t, otherSet, others)
	return 1
}
