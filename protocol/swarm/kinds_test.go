package swarm

import (
	"bytes"
	"crypto/sha1"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// everybody knows everybody.
func (r *rig) meet(n ...*rigNode) {
	for _, a := range n {
		r.found(a, n...)
	}
}

// counters returns what the group of a core counted.
func (n *rigNode) counters() Counters { return n.g.Counters() }

func (r *rig) complete(n ...*rigNode) {
	r.t.Helper()
	for _, n := range n {
		require.NotEqual(r.t, protocol.Never, n.done, "%s is not complete", n.name)
		g := r.torrent.Geometry
		require.Equal(r.t, g.Pieces(), n.member().picker.complete)
	}
}

// TestStrategies: in a swarm of one seed and seven leechers of every kind of which a configuration
// can make them, all complete that are to.
func TestStrategies(t *testing.T) {
	configs := map[string]func(c *Config){
		"block":      func(c *Config) { c.Choker.Leeching = BlockTitForTat },
		"tyrant":     func(c *Config) { c.Choker.Upload = 1 << 20; *c = Tyrannical.Apply(*c) },
		"prop-share": func(c *Config) { c.Choker.Leeching, c.Choker.Upload = PropShare, 1<<20 },
		"fastest":    func(c *Config) { c.Choker.Seeding = FastestUpload },
		"anti-leech": func(c *Config) { c.Choker.Seeding = AntiLeech },
		"lazy":       func(c *Config) { c.LazyHaves = true },
		"keep-seeds": func(c *Config) { c.KeepSeeds = true },
		"sequential": func(c *Config) { c.Picker.Picking = Sequential },
		"few":        func(c *Config) { c.MaxConns, c.Initiate, c.HalfOpen = 3, 2, 1 },
		"turnover":   func(c *Config) { c.MaxConns, c.Initiate, c.Turnover = 4, 4, 5*time.Second },
		"super-seed": func(c *Config) { *c = SuperSeeding.Apply(*c) },
		"no-fasts":   func(c *Config) { c.AllowedFast = 0 },
		"dht":        func(c *Config) { c.DHTPort = true },
		"short":      func(c *Config) { c.Reqq = 2 },
	}
	for name, set := range configs {
		t.Run(name, func(t *testing.T) {
			cfg := Default()
			set(&cfg)
			r := newRig(t, testTorrent(30))
			n := r.group(cfg, 8)
			for k := range n {
				r.start(n[k], k == 0, false)
			}
			r.meet(n...)
			r.run(10 * time.Minute)
			r.complete(n...)
			require.Zero(t, n[0].counters().Faults)
			require.Zero(t, n[0].counters().Drops[ByUnasked])
			require.Zero(t, n[0].counters().Drops[ByRange])
		})
	}
}

// TestFreeRiders: who never uploads completes, later than the mean of the others, and gives
// nothing.
func TestFreeRiders(t *testing.T) {
	r := newRig(t, testTorrent(400))
	good := r.group(Default(), 10)
	riders := r.group(LargeView.Apply(Default()), 2)
	all := append(good[:10:10], riders...)
	for _, n := range all {
		n.rate = 1 << 17
	}
	good[0].rate = 1 << 19 // or all wait for it
	for _, n := range all {
		r.start(n, n == good[0], false)
	}
	r.meet(all...)
	r.run(time.Hour)
	r.complete(all...)
	var givers, takers protocol.Time
	for _, n := range riders {
		require.Zero(t, n.g.Tally(n.i, 0, r.now).Queued)
		takers += n.done / protocol.Time(len(riders))
	}
	for _, n := range good[1:] {
		givers += n.done / protocol.Time(len(good)-1)
	}
	require.Greater(t, takers, givers, "taking without giving is faster")
	require.Equal(t, 240, riders[0].g.cfg.MaxConns)
}

// TestPolluter: who sends other bytes is found out and banned, and everybody completes.
func TestPolluter(t *testing.T) {
	for _, asBytes := range []bool{false, true} {
		r := newRig(t, testTorrent(20))
		r.asBytes = asBytes
		good := r.group(Default(), 6)
		bad := r.group(Polluting.Apply(Default()), 1)
		r.start(good[0], true, false)
		r.start(bad[0], true, false)
		for _, n := range good[1:] {
			r.start(n, false, false)
		}
		r.meet(append(good[:6:6], bad...)...)
		r.run(10 * time.Minute)
		r.complete(good...)
		c := good[0].counters()
		require.Positive(t, c.Failures)
		require.Positive(t, c.Bans)
		require.Equal(t, c.Bans, c.Drops[ByPoison])
		require.Zero(t, bad[0].g.Tally(0, 0, r.now).Useful)
		var failed uint64
		for _, n := range good {
			n.g.Tallies(n.i, 0, r.now, func(peer protocol.Addr, a *Tally) {
				require.LessOrEqual(t, a.Failed, a.Useful)
				if peer == bad[0].addr {
					failed += a.Failed
				}
			})
		}
		require.Positive(t, failed)
	}
}

// TestMagnet: who has only the infohash gets the metadata from peers, in blocks, and then passes it
// on.
func TestMagnet(t *testing.T) {
	tor := testTorrent(20)
	tor.Metadata = bytes.Repeat([]byte("metadata "), 5000) // three blocks
	tor.InfoHash = sha1.Sum(tor.Metadata)
	r := newRig(t, tor)
	n := r.group(Default(), 4)
	r.start(n[0], true, false)
	for _, l := range n[1:] {
		r.start(l, false, true)
	}
	r.found(n[1], n[0])
	r.run(time.Minute)
	r.complete(n[:2]...)
	require.Equal(t, tor.Metadata, n[1].g.Metadata(n[1].i, 0))
	n[0].g.Stop(n[0].i, &protocol.Turn{Now: r.now, Rand: &n[0].rand, Out: &protocol.Outbox{}})
	r.crash(n[0])
	r.found(n[2], n[1])
	r.found(n[3], n[2])
	r.run(10 * time.Minute)
	r.complete(n[1:]...)
	require.Zero(t, n[0].counters().MetadataBad)
}

// TestPeerExchange: who knows one peer gets to know all of them, but not of a private torrent.
func TestPeerExchange(t *testing.T) {
	for _, private := range []bool{false, true} {
		tor := testTorrent(20)
		tor.Private = private
		r := newRig(t, tor)
		cfg := Default()
		cfg.KeepSeeds = true
		n := r.group(cfg, 8)
		for k := range n {
			r.start(n[k], k == 0, false)
			r.found(n[k], n[max(0, k-1)])
		}
		r.run(90 * time.Second)
		for _, n := range n {
			p, ok := n.g.Progress(n.i, 0)
			require.True(t, ok)
			if private {
				require.LessOrEqual(t, p.Conns, 2)
			} else {
				require.Equal(t, 7, p.Conns)
			}
		}
		c := n[0].counters()
		require.Equal(t, private, c.PexSent == 0)
		require.Equal(t, c.PexSent, c.PexSeen)
		require.Zero(t, c.Drops[ByFlood])
		// Nobody hears a rumour twice, and those who leave are named.
		r.crash(n[7])
		r.run(70 * time.Second)
		require.Equal(t, private, n[0].counters().PexSent == c.PexSent)
	}
}

// TestHoles: a peer that nobody can connect to gets what it wants all the same.
func TestHoles(t *testing.T) {
	r := newRig(t, testTorrent(10))
	n := r.group(Default(), 3)
	n[2].deaf = true
	for k := range n {
		r.start(n[k], k == 0, false)
	}
	r.found(n[0], n[1:]...)
	r.found(n[1], n[0], n[2])
	r.found(n[2], n[0])
	r.run(10 * time.Minute)
	r.complete(n...)
	require.LessOrEqual(t, n[0].counters().Dialed, uint64(12), "it is dialed too often")
}

// TestCrash: peers go away without a word, the seed as soon as there is another copy of all.
func TestCrash(t *testing.T) {
	for seed := range uint64(10) {
		r := newRig(t, testTorrent(40))
		n := r.group(Default(), 10)
		for k := range n {
			n[k].rate = 1 << 18
			r.start(n[k], k < 2, false)
		}
		r.meet(n...)
		rand := protocol.NewRand(seed, 1, 1)
		for range 5 {
			r.run(time.Duration(rand.Intn(3000)) * time.Millisecond)
			if k := 1 + rand.Intn(9); n[k].alive {
				r.crash(n[k])
			}
		}
		r.run(30 * time.Minute)
		for _, n := range n {
			if n.alive {
				r.complete(n)
			}
		}
	}
}
