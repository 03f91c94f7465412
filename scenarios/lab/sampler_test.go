package lab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// TestSamplingDisturbsNothing: how much of a run is sampled does not show in its fingerprint.
func TestSamplingDisturbsNothing(t *testing.T) {
	all := experiment(t, parse(t, mixed, "warmup", "0s"), 1).Runs[0]
	some := experiment(t, parse(t, mixed, "warmup", "7m30s"), 1).Runs[0]
	require.Len(t, all.Series, 8*5)
	require.Len(t, some.Series, 5, "at the end, which is no full minute")
	require.Equal(t, all.Fingerprint, some.Fingerprint)
	require.Equal(t, 8*time.Minute, all.Measured)
	require.Equal(t, 30*time.Second, some.Measured)
}

// TestSeriesAddsUp: what the minutes tell sums up to what the run tells, and without a warm-up to
// the network's own books.
func TestSeriesAddsUp(t *testing.T) {
	run := experiment(t, parse(t, mixed, "warmup", "0s"), 1).Runs[0]
	var sent sim.Count
	for _, c := range run.Clients {
		var bytes, datagrams, up int64
		for _, s := range run.Series {
			if s.Client == c.Client {
				bytes += s.Bytes
				datagrams += s.Datagrams
				up += s.Up
				require.LessOrEqual(t, s.Stale, s.Contacts)
				require.LessOrEqual(t, s.Good, s.Contacts)
				require.LessOrEqual(t, s.Tables, s.Online)
			}
		}
		require.EqualValues(t, c.Sent.Bytes, bytes)
		require.EqualValues(t, c.Sent.Datagrams, datagrams)
		require.EqualValues(t, c.Online, up)
		require.LessOrEqual(t, c.Asked, c.Queries, c.Client)
		require.Positive(t, c.Named)
		require.Less(t, 26*c.Named, c.Sent.Bytes, "each is 26 bytes of an answer")
		sent.Bytes += c.Sent.Bytes
		sent.Datagrams += c.Sent.Datagrams
	}
	require.Equal(t, run.Ledger.Sent, sent)
	require.Equal(t, run.Counters[dht.Matched]+run.Counters[dht.TimedOut], queries(run))
}

func queries(run *findings.Run) uint64 {
	total := uint64(0)
	for _, c := range run.Clients {
		total += c.Queries
	}
	return total
}

// TestTablesAgainstTheTruth counts the stale contacts of one moment by hand: a node crashes, and
// all that know it hold a stale contact, until it is back.
func TestTablesAgainstTheTruth(t *testing.T) {
	s := parse(t, mixed, "groups.moving.churn", "none", "groups.moving.tables", "warm")
	o, err := newOverlay(s, 1, new(laws), nil)
	require.NoError(t, err)
	network, err := newNetwork(s, 1)
	require.NoError(t, err)
	o.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: network})
	for node := range uint32(150) {
		o.world.StartAt(node, 0)
	}
	watch := newSampler(o, newWorkload(o), 0)
	count := func() (contacts, stale, knowing int32) {
		for _, c := range watch.clients {
			row := watch.sample(c, o.world.Now())
			contacts, stale = contacts+row.Contacts, stale+row.Stale
		}
		for node := range uint32(150) {
			p := o.of(node)
			if node == 77 || !o.world.Alive(node) {
				continue
			}
			p.group.EachContact(node-p.first, 0, func(_ int, c dht.Contact, _ bool) {
				if c.Addr == sim.AddrOf(77) {
					knowing++
				}
			})
		}
		return contacts, stale, knowing
	}
	o.world.Run(1)
	contacts, stale, knowing := count()
	require.Greater(t, contacts, int32(150*20))
	require.Greater(t, knowing, int32(20))
	require.Zero(t, stale)
	o.world.CrashAt(77, 1)
	o.world.StartAt(77, protocol.Time(time.Millisecond))
	o.world.Run(2)
	_, stale, knowing = count()
	require.Equal(t, knowing, stale)
	o.world.Run(protocol.Time(2 * time.Millisecond))
	_, stale, _ = count()
	require.Zero(t, stale, "it returned with its id")
}

// TestWatched: at most 500 different nodes of a population, and all of a small one.
func TestWatched(t *testing.T) {
	for size, want := range map[uint32]int{3: 3, 500: 500, 2000: 500} {
		nodes := watched(9, &population{first: 17, size: size})
		require.Len(t, nodes, want)
		for n, i := range nodes {
			require.Less(t, i, size)
			if n > 0 {
				require.Less(t, nodes[n-1], i)
			}
		}
	}
}
