package tracker

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
)

// twin is a tracker as simple as can be: it keeps all peers in one slice, in the order of their
// last announces, and looks through all of it each time.
type twin struct {
	cfg       Config
	peers     []twinPeer
	completed map[[20]byte]uint32
	latest    map[[20]byte]protocol.Time
}

type twinPeer struct {
	hash  [20]byte
	addr  protocol.Addr
	id    [20]byte
	at    protocol.Time
	last  Totals
	seed  bool
	pause bool
	loads bool
}

func (w *twin) expire(now protocol.Time) {
	w.peers = slices.DeleteFunc(w.peers, func(p twinPeer) bool {
		return p.at.Add(w.cfg.Expiry) <= now
	})
	maps.DeleteFunc(w.latest, func(h [20]byte, at protocol.Time) bool {
		if at.Add(w.cfg.Expiry) > now {
			return false
		}
		delete(w.completed, h)
		return true
	})
}

func (w *twin) swarm(hash [20]byte) (found []int) {
	for k := range w.peers {
		if w.peers[k].hash == hash {
			found = append(found, k)
		}
	}
	return found
}

// announce returns why it refuses, what the peer reported before, and whom it could name.
func (w *twin) announce(now protocol.Time, q *Request) (no string, last *Totals, useful []Peer) {
	w.expire(now)
	at := slices.IndexFunc(w.peers, func(p twinPeer) bool {
		return p.hash == q.InfoHash && p.addr == q.Addr
	})
	old := twinPeer{hash: q.InfoHash, addr: q.Addr, id: q.PeerID}
	member := false
	if at >= 0 {
		member = w.peers[at].id == q.PeerID
		if member {
			old = w.peers[at]
			reported := old.last
			last = &reported
		}
		w.peers = slices.Delete(w.peers, at, at+1)
	}
	if q.Event == Stopped {
		return "", last, nil
	}
	if !member {
		_, known := w.latest[q.InfoHash]
		full := len(w.swarm(q.InfoHash)) >= w.cfg.SwarmPeers
		if !known && (len(w.latest) >= w.cfg.Torrents || len(w.peers) >= w.cfg.Peers) {
			return noRoom, nil, nil
		}
		if full {
			oldest := w.swarm(q.InfoHash)[0]
			w.peers = slices.Delete(w.peers, oldest, oldest+1)
		}
		if len(w.peers) >= w.cfg.Peers {
			return noRoom, nil, nil
		}
	}
	seed := q.Left == 0
	if member && q.Event == Completed && seed && old.loads {
		w.completed[q.InfoHash]++
		old.loads = false
	}
	old.at, old.seed, old.pause = now, seed, q.Event == Paused && !seed
	old.last, old.loads = q.Totals, old.loads || !seed
	for _, k := range w.swarm(q.InfoHash) {
		p := w.peers[k]
		if !(old.seed || old.pause) || !(p.seed || p.pause) {
			useful = append(useful, Peer{p.addr, p.id, true})
		}
	}
	w.peers = append(w.peers, old)
	w.latest[q.InfoHash] = now
	return "", last, useful
}

func (w *twin) scrape(now protocol.Time, hash [20]byte) Counts {
	w.peers = slices.DeleteFunc(w.peers, func(p twinPeer) bool {
		return p.at.Add(w.cfg.Expiry) <= now
	})
	c := Counts{InfoHash: hash, Completed: w.completed[hash]}
	for _, k := range w.swarm(hash) {
		p := w.peers[k]
		switch {
		case p.seed:
			c.Seeders++
		case p.pause:
			c.Leechers++
		default:
			c.Leechers++
			c.Downloaders++
		}
	}
	return c
}

// told is an Observer that remembers one announce.
type told struct {
	last *Totals
	n    int
}

func (o *told) Announced(_ protocol.Time, _ *Request, last *Totals) {
	o.n++
	o.last = nil
	if last != nil {
		kept := *last
		o.last = &kept
	}
}

func TestTrackerAgainstTwin(t *testing.T) {
	named, refused, expired := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var heard told
		cfg := Defaults()
		cfg.Interval, cfg.Want, cfg.WantMax = 10*time.Second, 3, 6
		cfg.MinInterval, cfg.Expiry = 5*time.Second, 25*time.Second
		cfg.Torrents, cfg.SwarmPeers = rapid.IntRange(1, 4).Draw(t, "torrents"),
			rapid.IntRange(1, 9).Draw(t, "swarm")
		cfg.Peers = cfg.SwarmPeers + rapid.IntRange(0, 8).Draw(t, "more")
		cfg.Observer = &heard
		k, err := New(cfg)
		require.NoError(t, err)
		w := &twin{cfg: k.cfg, completed: map[[20]byte]uint32{},
			latest: map[[20]byte]protocol.Time{}}
		rand := protocol.NewRand(rapid.Uint64().Draw(t, "seed"), 0, 0)
		now := protocol.Time(0)
		var r Reply
		for n := range rapid.IntRange(60, 180).Draw(t, "announces") {
			now = now.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, time.Second, time.Second,
				time.Second, 4 * time.Second, 26 * time.Second}).Draw(t, "wait"))
			q := drawRequest(t)
			no, last, useful := w.announce(now, &q)
			before := k.Tally()
			k.Announce(now, &rand, &q, &r)
			require.Equal(t, no, r.Failure)
			if no != "" {
				refused++
				require.Equal(t, before.Refused+1, k.Tally().Refused)
				continue
			}
			require.Equal(t, last, heard.last, "announce %d", n)
			compareReply(t, k, w, now, &q, &r, useful)
			named += len(r.Peers)
			verify(t, k)
		}
		all, seeds := k.Peers(now)
		w.expire(now)
		require.Equal(t, len(w.peers), all)
		for _, p := range w.peers {
			if p.seed {
				seeds--
			}
		}
		require.Zero(t, seeds)
		require.Equal(t, len(w.latest), k.Swarms())
		expired += int(k.Tally().Expired)
	})
	if testing.Short() { // a fifth of the cases
		return
	}
	require.Greater(t, named, 1000, "peers were named")
	require.Greater(t, refused, 10, "some were refused")
	require.Greater(t, expired, 100, "some expired")
}

func drawRequest(t *rapid.T) Request {
	n := rapid.Uint32Range(0, 9).Draw(t, "who")
	q := someRequest(n)
	if n%3 == 0 {
		q.Addr = protocol.Addr6([]byte(fmt.Sprintf("2001:db8 %07d", n)), 6881)
	}
	q.PeerID[19] = rapid.SampledFrom([]byte{0, 0, 0, 0, 1}).Draw(t, "id")
	q.InfoHash[0] = rapid.SampledFrom([]byte{0, 0, 0, 1, 2, 3}).Draw(t, "torrent")
	q.Event = Event(rapid.SampledFrom([]byte{0, 0, 0, 1, 2, 3, 4}).Draw(t, "event"))
	q.Left = rapid.SampledFrom([]uint64{0, 5, UnknownLeft}).Draw(t, "left")
	q.Uploaded = rapid.Uint64Range(0, 99).Draw(t, "up")
	q.Want = rapid.IntRange(-1, 9).Draw(t, "want")
	return q
}

// compareReply holds a reply against the twin: the counts, how many peers there are, and that each
// is one who could be named, once.
func compareReply(
	t *rapid.T, k *Tracker, w *twin, now protocol.Time, q *Request, r *Reply, useful []Peer,
) {
	want := q.Want
	if want < 0 {
		want = w.cfg.Want
	}
	require.Len(t, r.Peers, min(want, w.cfg.WantMax, len(useful)))
	seen := map[protocol.Addr]bool{}
	for _, p := range r.Peers {
		require.False(t, seen[p.Addr], "named twice")
		seen[p.Addr] = true
		require.Contains(t, useful, p)
	}
	c := w.scrape(now, q.InfoHash)
	require.Equal(t, c, k.Scrape(now, q.InfoHash))
	require.Equal(t, [3]uint32{c.Seeders, c.Leechers, c.Completed},
		[3]uint32{r.Seeders, r.Leechers, r.Completed})
}

// verify checks what must always hold in a tracker's memory.
func verify(t require.TestingT, k *Tracker) {
	all, swarms := 0, 0
	var older protocol.Time
	for y := k.active.oldest; y != none; y = k.swarms.at(y).newer {
		s := k.swarms.at(y)
		swarms++
		require.Equal(t, y, k.index[s.infoHash])
		require.LessOrEqual(t, older, s.at)
		older = s.at
		listed := 0
		for n, row := range s.rows {
			for place, seat := range row {
				x := seat.peer
				p := k.peers.at(x)
				require.Equal(t, seat.addr, p.addr)
				require.Equal(t, uint32(place), p.place)
				require.Equal(t, uint8(n), p.row)
				require.Equal(t, x, k.members[member{y, p.addr}])
				require.Equal(t, n >= down6, !p.addr.Is4())
				require.Equal(t, n%2 == 1, p.seed || p.paused)
				listed++
			}
		}
		silent := 0
		var before protocol.Time
		for x := s.silent.oldest; x != none; x = k.peers.at(x).newer {
			require.LessOrEqual(t, before, k.peers.at(x).at)
			before = k.peers.at(x).at
			silent++
		}
		require.Equal(t, listed, silent)
		all += listed
	}
	require.Equal(t, swarms, k.swarms.len())
	require.Equal(t, swarms, len(k.index))
	require.Equal(t, all, k.peers.len())
	require.Equal(t, all, len(k.members))
}

// Of many peers each is named as often as any other.
func TestChoiceIsFair(t *testing.T) {
	cfg := Defaults()
	k := newTracker(t, cfg)
	rand := protocol.NewRand(1, 2, 3)
	var r Reply
	const peers, asked, want = 40, 4000, 10
	for n := range uint32(peers) {
		q := someRequest(n)
		if n%2 == 0 {
			q.Left = 0
		}
		if n%4 == 1 {
			q.Addr = protocol.Addr6([]byte(fmt.Sprintf("2001:db8 %07d", n)), 6881)
		}
		k.Announce(0, &rand, &q, &r)
	}
	q := someRequest(1) // downloads, over IPv6 or not
	q.Addr, q.Want = protocol.Addr6([]byte("2001:db8 0000001"), 6881), want
	named := map[protocol.Addr]int{}
	first := map[protocol.Addr]int{}
	for range asked {
		k.Announce(0, &rand, &q, &r)
		require.Len(t, r.Peers, want)
		for _, p := range r.Peers {
			named[p.Addr]++
		}
		first[r.Peers[0].Addr]++
	}
	require.Len(t, named, peers-1, "all but itself")
	const mean = asked * want / (peers - 1) // 1025, with a standard deviation of 28
	for a, n := range named {
		require.InDelta(t, mean, n, 150, "%v", a)
		require.InDelta(t, asked/(peers-1), first[a], 55, "%v as the first one", a)
	}
}
