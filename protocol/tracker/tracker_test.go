package tracker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// rig is a tracker and what drives it.
type rig struct {
	t    *testing.T
	k    *Tracker
	now  protocol.Time
	rand protocol.Rand
	r    Reply
}

func newRig(t *testing.T, cfg Config) *rig {
	return &rig{t: t, k: newTracker(t, cfg), rand: protocol.NewRand(7, 7, 7)}
}

func (g *rig) say(n uint32, e Event, left uint64) *Reply {
	q := someRequest(n)
	q.Event, q.Left = e, left
	g.k.Announce(g.now, &g.rand, &q, &g.r)
	return &g.r
}

func (g *rig) counts() [3]uint32 {
	c := g.k.Scrape(g.now, vectorHash())
	return [3]uint32{c.Seeders, c.Completed, c.Leechers}
}

func TestEventsAsTheyShouldNotBe(t *testing.T) {
	g := newRig(t, Defaults())
	g.say(1, Completed, 0)
	require.Equal(t, [3]uint32{1, 0, 0}, g.counts(), "completed by a stranger is a start")
	g.say(2, Update, 10)
	require.Equal(t, [3]uint32{1, 0, 1}, g.counts(), "an update by a stranger, too")
	g.say(3, Stopped, 10)
	require.Equal(t, [3]uint32{1, 0, 1}, g.counts(), "and stopped is nothing")
	g.say(1, Completed, 0)
	require.Equal(t, [3]uint32{1, 0, 1}, g.counts(), "a seed completes nothing")
	g.say(2, Completed, 10)
	require.Equal(t, [3]uint32{1, 0, 1}, g.counts(), "nor does who has something left")
	g.say(2, Update, 0)
	require.Equal(t, [3]uint32{2, 0, 0}, g.counts(), "the total decides, not the event")
	g.say(2, Completed, 0)
	require.Equal(t, [3]uint32{2, 1, 0}, g.counts(), "but it completed, as it says late")
	g.say(2, Completed, 0)
	require.Equal(t, [3]uint32{2, 1, 0}, g.counts(), "once")
	g.say(2, Started, 5)
	require.Equal(t, [3]uint32{1, 1, 1}, g.counts(), "started by a peer that is known is an update")
	g.say(4, Paused, 5)
	c := g.k.Scrape(g.now, vectorHash())
	require.Equal(t, [3]uint32{1, 2, 1}, [3]uint32{c.Seeders, c.Leechers, c.Downloaders})
	require.Len(t, g.say(2, Stopped, 5).Peers, 0)
	require.EqualValues(t, 1, g.r.Seeders, "stopped is answered")
}

func TestSeedsAreNotNamedToSeeds(t *testing.T) {
	g := newRig(t, Defaults())
	g.say(1, Started, 0)
	g.say(2, Started, 0)
	g.say(3, Paused, 9)
	require.Empty(t, g.say(1, Update, 0).Peers)
	require.Empty(t, g.say(3, Paused, 9).Peers)
	require.Len(t, g.say(4, Started, 9).Peers, 3)
	require.Equal(t, someRequest(4).Addr, g.say(1, Update, 0).Peers[0].Addr)
	require.Equal(t, someRequest(4).PeerID, g.r.Peers[0].ID)
}

func TestPrivateTrackers(t *testing.T) {
	cfg := Defaults()
	cfg.Private = true
	g := newRig(t, cfg)
	require.Equal(t, notTracked, g.say(1, Started, 9).Failure)
	require.Equal(t, Forever, g.r.RetryIn)
	require.Zero(t, g.k.Swarms())
	g.k.Allow(vectorHash())
	require.Empty(t, g.say(1, Started, 9).Failure)
	require.EqualValues(t, 1, g.k.Tally().Refused)
}

func TestForgetting(t *testing.T) {
	g := newRig(t, Defaults())
	expiry := g.k.cfg.Expiry
	require.Equal(t, 65*time.Minute, expiry)
	g.say(1, Started, 9)
	g.now = g.now.Add(expiry - 1)
	g.say(2, Started, 9)
	require.Equal(t, [3]uint32{0, 0, 2}, g.counts())
	g.now++
	require.Equal(t, [3]uint32{0, 0, 1}, g.counts())
	g.now = g.now.Add(expiry)
	other := someRequest(3)
	other.InfoHash[0]++
	g.k.Announce(g.now, &g.rand, &other, &g.r)
	require.Equal(t, 1, g.k.Swarms(), "the other torrent is gone with its last peer")
	all, _ := g.k.Peers(g.now)
	require.Equal(t, 1, all)
	require.EqualValues(t, 2, g.k.Tally().Expired)
}

func TestEarlyAnnouncesAreCounted(t *testing.T) {
	g := newRig(t, Defaults())
	g.say(1, Started, 9)
	g.now = g.now.Add(15*time.Minute - 1)
	g.say(1, Completed, 0)
	require.Zero(t, g.k.Tally().Early, "an event may come at any time")
	g.now = g.now.Add(15*time.Minute - 1)
	g.say(1, Update, 0)
	require.EqualValues(t, 1, g.k.Tally().Early)
	g.now = g.now.Add(15 * time.Minute)
	g.say(1, Update, 0)
	require.EqualValues(t, 1, g.k.Tally().Early)
}

func TestConfigIsChecked(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"Interval":    func(c *Config) { c.Interval = 0 },
		"MinInterval": func(c *Config) { c.MinInterval = c.Interval + 1 },
		"Expiry":      func(c *Config) { c.Expiry = c.Interval },
		"Want":        func(c *Config) { c.Want = 0 },
		"WantMax":     func(c *Config) { c.WantMax = 201 },
		"Torrents":    func(c *Config) { c.Torrents = 0 },
		"SwarmPeers":  func(c *Config) { c.Peers = c.SwarmPeers - 1 },
		"HostBurst":   func(c *Config) { c.HostBurst = 0 },
	} {
		c := Defaults()
		spoil(&c)
		_, err := New(c)
		require.ErrorContains(t, err, name)
		_, err = NewGroup(c, 1)
		require.Error(t, err)
	}
}

func TestHostsAreLimited(t *testing.T) {
	cfg := Defaults()
	cfg.HostRate, cfg.HostBurst = 10, 20
	k := newTracker(t, cfg)
	count := func(now time.Duration, a protocol.Addr, tries int) (heard int) {
		for range tries {
			if !k.Flooded(protocol.Time(now), a) {
				heard++
			}
		}
		return heard
	}
	a := protocol.Addr4(1<<24, 1)
	require.Equal(t, 20, count(time.Hour, a, 1000))
	require.Equal(t, 0, count(time.Hour, a.WithPort(2), 10), "another port is the same host")
	require.Equal(t, 20, count(time.Hour, protocol.Addr4(2<<24, 1), 1000), "another host is not")
	heard := 0
	for ms := range 10_000 { // 10 s of a request each millisecond
		heard += count(time.Hour+time.Duration(ms)*time.Millisecond+700*time.Microsecond, a, 1)
	}
	require.InDelta(t, 100, heard, 1)
	six := func(lo byte) protocol.Addr {
		return protocol.Addr6([]byte{0x20, 1, 13, 0xb8, 0, 0, 0, 0, lo, 0, 0, 0, 0, 0, 0, 1}, 1)
	}
	require.Equal(t, 20, count(2*time.Hour, six(1), 30))
	require.Equal(t, 0, count(2*time.Hour, six(2), 30), "a network of IPv6 is one host")
	cfg.HostRate = 0
	k = newTracker(t, cfg)
	require.Equal(t, 1000, count(0, a, 1000))
}

func TestFaultsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range faults {
		require.NotEmpty(t, f.String())
		require.False(t, seen[f.String()])
		seen[f.String()] = true
	}
	require.Equal(t, "unknown_fault", faults.String())
	d := Drops{Flood: 2, Short: 1}
	require.EqualValues(t, 3, d.Total())
	text := ""
	d.Each(func(name string, n uint64) { text += name })
	require.Equal(t, "shortflood", text)
}
