package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// waited is what lookups found and took, in sum.
type waited struct {
	found    int // of the k closest that are not silent
	queries  int
	timeouts int
	took     time.Duration
}

// waits looks up the same targets with other settings, among 200 contacts of whom every fourth is
// silent. Of the rest, a part of the exchanges is lost.
func waits(t *testing.T, lossPercent int, set func(c *Config)) (sum waited) {
	cfg := quiet()
	set(&cfg)
	all, alive := crowd(200, scattered), []Contact(nil)
	for n, c := range all {
		if n%4 > 0 {
			alive = append(alive, c)
		}
	}
	draw, luck := protocol.NewRand(15, 0, 0), protocol.NewRand(16, 0, 0)
	for range 40 {
		w := &world{driven: newDriven(t, cfg, all[:12]...), all: all, names: 20}
		w.lost = func(c Contact) bool {
			return !slices.Contains(alive, c) || luck.Intn(100) < lossPercent
		}
		target := krpc.RandomID(&draw)
		r := w.search(t, Request{Method: krpc.FindNode, Target: target})
		for _, c := range r.Closest {
			require.Contains(t, alive, c)
			if slices.Contains(nearestOf(alive, target, 8), c) {
				sum.found++
			}
		}
		sum.queries += r.Messages
		sum.timeouts += r.Timeouts
		sum.took += w.turn.Now.Sub(r.Started)
		require.Zero(t, w.searches.inUse())
		require.LessOrEqual(t, r.Answers+r.Timeouts, r.Messages)
		require.LessOrEqual(t, uint64(r.Timeouts), w.Counters()[TimedOut])
	}
	return sum
}

// TestPatience compares what lookups make of silent contacts and lost datagrams. Tries find more
// where datagrams are lost, and take longer; a soft timeout is as thorough as the long timeout that
// it goes with, and much quicker.
func TestPatience(t *testing.T) {
	long := func(c *Config) { c.QueryTimeout = 15 * time.Second }
	soft := func(c *Config) { c.QueryTimeout, c.SoftTimeout = 15*time.Second, time.Second }
	short := func(c *Config) {}
	tries := func(c *Config) { c.Tries = 3 }
	both := func(c *Config) { c.Tries, c.SoftTimeout = 3, time.Second }
	const most = 40 * 8

	calm := [...]waited{
		waits(t, 0, short), waits(t, 0, tries), waits(t, 0, long), waits(t, 0, soft),
	}
	t.Logf("no loss, 2 s, three tries, 15 s, soft: %+v", calm)
	for _, c := range calm {
		require.Equal(t, most, c.found, "silence alone hides nobody")
	}
	require.Equal(t, 3*calm[0].timeouts, calm[1].timeouts)
	require.Equal(t, 3*calm[0].took, calm[1].took)
	require.Less(t, calm[3].took, calm[2].took*3/4)

	rough := [...]waited{waits(t, 20, short), waits(t, 20, tries), waits(t, 20, both)}
	t.Logf("a fifth lost, one try, three, three with a soft timeout: %+v", rough)
	require.Less(t, rough[0].found, most*85/100)
	require.Greater(t, rough[1].found, most*95/100)
	require.Greater(t, rough[2].found, most*95/100)
	require.Less(t, rough[2].took, rough[1].took)
}
