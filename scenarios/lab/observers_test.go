package lab

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/crawl"
	"swarmlab/protocol/krpc"
	"swarmlab/sim"
)

// watchedNet is a small network behind NATs, with everybody who observes.
const watchedNet = `name: watched
duration: 14m
network:
  latency: {model: coordinates}
  nat: {preset: dht-2010s}
groups:
  - {name: nodes, size: 240, tables: warm}
workload:
  - {kind: lookup, group: nodes, rate: 2/s, target: random-key}
crawl: {at: 5m, zone: 1, crawlers: 3, planted: 20}
probes: {from: 1m, vantages: 2}
`

// TestACensusOfAQuietNetworkIsExact crawls where nobody leaves and nothing is lost: whoever lets
// strangers in is counted, and the truth is what the overlay says.
func TestACensusOfAQuietNetworkIsExact(t *testing.T) {
	s := parse(t, watchedNet, "network.nat",
		"{restricted: 30%, symmetric: 20%, firewalled: 10%}") // no full cones, which may sleep
	run := experiment(t, s, 1).Runs[0]
	c := run.Census
	require.Equal(t, 1, c.Zone)
	require.Len(t, c.Crawls, 3)
	require.Len(t, c.Both, 3)
	o, err := newOverlay(s, 1, new(laws), nil)
	require.NoError(t, err)
	online, reachable := 0, 0
	for node := range o.ids.size {
		if o.idOf(node).Bit(0) == o.observers.centre.Bit(0) {
			online++
			if o.network.Class(node) == netmodel.Open {
				reachable++
			}
		}
	}
	require.Greater(t, reachable, 30)
	for n, w := range c.Crawls {
		require.Equal(t, online, w.Online)
		require.Equal(t, reachable, w.Reachable)
		require.Equal(t, reachable, w.Answered, "crawl %d", n)
		require.Equal(t, reachable, c.Both[n])
		require.Equal(t, 240, w.NetworkOnline)
		require.Equal(t, w.Heard, w.HeardOnline)
		require.GreaterOrEqual(t, w.Heard, w.Answered)
		require.Equal(t, 20, w.Planted)
		require.Equal(t, 20, w.PlantedAnswered)
		require.EqualValues(t, 5*time.Minute, w.Began)
		require.Greater(t, w.Ended, w.Began)
		require.Greater(t, w.Queries, reachable)
	}
}

// TestACrawlIsCutShort ends crawls early: they count less, and nobody that is not there.
func TestACrawlIsCutShort(t *testing.T) {
	run := experiment(t, parse(t, watchedNet, "crawl.length", "1s", "crawl.rate", "60/s",
		"crawl.queries", "1"), 1).Runs[0]
	for _, w := range run.Census.Crawls {
		require.EqualValues(t, time.Second, w.Ended-w.Began)
		require.LessOrEqual(t, w.Queries, 60+crawl.Default().Burst)
		require.Positive(t, w.Answered)
		require.Less(t, w.Answered, w.Reachable)
	}
}

// TestProbesOfAQuietNetwork holds what probes find against what each class of NAT must do, where
// nothing is lost and nobody leaves.
func TestProbesOfAQuietNetwork(t *testing.T) {
	run := experiment(t, parse(t, watchedNet, "network.nat.timeout", "10s"), 1).Runs[0]
	seen := map[string]int{}
	for _, p := range run.Connectivity.Probed {
		require.False(t, p.Left)
		seen[p.Class] += p.Nodes
		switch p.Class {
		case "open":
			require.True(t, p.Reciprocal && p.Transitive && p.Persistent, "%+v", p)
		case "full-cone":
			require.True(t, p.Reciprocal && p.Transitive, "%+v: it has just sent something", p)
		case "firewalled":
			require.False(t, p.Reciprocal || p.Transitive || p.Persistent, "%+v", p)
		default:
			require.True(t, p.Reciprocal, "%+v: the way back is open for 10 s", p)
			require.False(t, p.Transitive, "%+v: nobody lets in whom it does not know", p)
		}
	}
	for _, class := range []string{"open", "restricted", "port-restricted", "symmetric",
		"firewalled"} {
		require.Greater(t, seen[class], 5, class)
	}
	gone := experiment(t, parse(t, watchedNet, "network.nat.timeout", "10m"), 1).Runs[0]
	for _, p := range gone.Connectivity.Probed {
		require.Equal(t, p.Class != "firewalled", p.Persistent,
			"%+v: what NATs know for 10 minutes is known after 5", p)
	}
}

// TestLossAndLeavesAreSeen counts those who left, and probes that were lost.
func TestLossAndLeavesAreSeen(t *testing.T) {
	run := experiment(t, parse(t, watchedNet, "network.nat", "none", "network.loss", "10%",
		"groups.nodes.churn", "{session: exponential(20m), offline: exponential(20m)}"),
		1).Runs[0]
	left, lost, patterns := 0, 0, map[[3]bool]bool{}
	for _, p := range run.Connectivity.Probed {
		patterns[[3]bool{p.Reciprocal, p.Transitive, p.Persistent}] = true
		if p.Left {
			left += p.Nodes
			require.False(t, p.Persistent)
		} else if !p.Reciprocal || !p.Persistent {
			lost += p.Nodes
		}
	}
	require.Positive(t, left)
	require.Positive(t, lost)
	require.Greater(t, len(patterns), 5)
}

// TestObserversChangeNobodyElse demands that ids, sessions and classes of the nodes are those of a
// run without observers, and that a run with them repeats.
func TestObserversChangeNobodyElse(t *testing.T) {
	churn := "{session: exponential(20m), offline: exponential(20m)}"
	with := parse(t, watchedNet, "groups.nodes.churn", churn)
	without := parse(t, watchedNet, "groups.nodes.churn", churn, "crawl", "none", "probes", "none")
	a, err := newOverlay(with, 3, new(laws), nil)
	require.NoError(t, err)
	b, err := newOverlay(without, 3, new(laws), nil)
	require.NoError(t, err)
	require.Nil(t, b.observers)
	for node := range b.ids.size {
		require.Equal(t, b.idOf(node), a.idOf(node))
		require.Equal(t, b.lives.of(node), a.lives.of(node))
		require.Equal(t, b.network.Class(node), a.network.Class(node))
	}
	for node := uint32(with.Nodes()); int(node) < with.Nodes()+with.Observers(); node++ {
		require.Equal(t, netmodel.Open, a.network.Class(node), "observers are open")
	}
	one, other := experiment(t, with, 1).Runs[0], experiment(t, with, 2).Runs[0]
	require.Equal(t, one.Fingerprint, other.Fingerprint)
	require.Equal(t, one.Census, other.Census)
	require.Equal(t, one.Connectivity, other.Connectivity)
}

// TestPlantedNodesDoTheirPart demands that each does as much as a node that it stands for, that it
// is somebody's bootstrap node as often, and that the results are those of the others alone.
func TestPlantedNodesDoTheirPart(t *testing.T) {
	s := parse(t, watchedNet, "network.nat", "none")
	o, err := newOverlay(s, 1, new(laws), nil)
	require.NoError(t, err)
	w := newWorkload(o)
	require.Len(t, w.streams, 2)
	others, own := w.streams[0], w.streams[1]
	require.Equal(t, section{240, 20}, own.on)
	require.EqualValues(t, 1680, others.count)
	require.EqualValues(t, 140, own.count)
	require.Equal(t, 1680, w.asked())
	require.Same(t, &w.streams[1], w.streamOf(own.first))
	did := map[uint32]int{}
	for op := range own.count {
		_, node, _ := w.draw(&own, op)
		did[node]++
	}
	for node := range did {
		require.True(t, 240 <= node && node < 260, "node %d", node)
	}
	require.Greater(t, len(did), 15)

	o.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: o.network})
	o.lives.schedule(o.world, protocol.Time(s.Duration))
	o.world.Run(protocol.Time(time.Second))
	planted, given := 0.0, 0.0
	for node := range uint32(240) {
		for _, addr := range o.seedsNow(node, 8, nil) {
			seed, ok := sim.HostOf(addr)
			require.True(t, ok)
			require.Less(t, seed, uint32(260))
			given++
			if seed >= 240 {
				planted++
			}
		}
	}
	require.EqualValues(t, 240*8, given)
	require.InDelta(t, 20./260, planted/given, 4*math.Sqrt(20./260*240/260/given))

	run := experiment(t, s, 1).Runs[0]
	require.Equal(t, 1680, run.Asked)
	require.LessOrEqual(t, run.Ended, 1680)
	require.Greater(t, run.Ended, 1660, "a few are under way at the end")
	for _, l := range run.Lookups {
		require.Less(t, l.Node, uint32(240))
	}
}

// TestPlantedNodesAreInTheZone draws ids for zones of all sizes.
func TestPlantedNodesAreInTheZone(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	centre := krpc.RandomID(&r)
	for bits := range 21 {
		longer := 0
		for range 200 {
			id := inZone(centre, bits, &r)
			require.GreaterOrEqual(t, id.SharedBits(centre), bits)
			if id.SharedBits(centre) > bits {
				longer++
			}
		}
		require.InDelta(t, 100, longer, 40)
	}
}

// TestAccompliceHeedsItsVantageNodeOnly sends an accomplice what others might.
func TestAccompliceHeedsItsVantageNodeOnly(t *testing.T) {
	o, err := newOverlay(parse(t, watchedNet), 1, new(laws), nil)
	require.NoError(t, err)
	b := o.observers
	var out protocol.Outbox
	rand := protocol.NewRand(1, 1, 1)
	turn := func(from protocol.Addr, p []byte) int {
		out.Reset()
		b.accomplices.Datagram(1, &protocol.Turn{Rand: &rand, Out: &out}, from, p)
		return out.Sends()
	}
	id := probeID(0, 7)
	to := sim.AddrOf(5)
	order := krpc.AppendPeer(id[:], to)
	own := sim.AddrOf(b.first[vantageKind] + 1)
	require.Zero(t, turn(sim.AddrOf(b.first[vantageKind]), order), "the other vantage node's")
	require.Zero(t, turn(own, order[:8]), "cut")
	require.Zero(t, turn(own, nil))
	answer := krpc.Writer{}.Reply(nil, &krpc.Reply{T: id[:], ID: krpc.ID{Hi: 1}})
	require.Zero(t, turn(to, answer), "to no probe")
	require.False(t, b.accomplices.reached(1, 7))
	require.Equal(t, 1, turn(own, order))
	require.Zero(t, turn(sim.AddrOf(6), answer), "from elsewhere")
	require.False(t, b.accomplices.reached(1, 7))
	require.Zero(t, turn(to, answer))
	require.True(t, b.accomplices.reached(1, 7))
}
