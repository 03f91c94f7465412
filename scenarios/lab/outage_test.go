package lab

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

// struck is a network with churn in which nodes crash in two waves that overlap, and freeze.
const struck = `name: struck
duration: 40m
network: {latency: {model: constant}}
groups:
  - {name: steady, size: 100, tables: warm}
  - {name: moving, size: 100, tables: warm,
     churn: {session: exponential(10m), offline: exponential(5m)}}
faults:
  - {kind: crash, from: 10m, to: 20m, whom: {share: 30%}}
  - {kind: crash, from: 15m, to: 25m, whom: {share: 30%}}
  - {kind: pause, from: 12m, to: 14m, whom: {share: 40%}}
  - {kind: loss, share: 10%, from: 39m}
`

// TestCrashesInThePlan: who is up is who would be without the faults and is not crashed, at any
// time, and as many nodes are hit as were up.
func TestCrashesInThePlan(t *testing.T) {
	s := parse(t, struck)
	o, err := newOverlay(s, 3, new(laws), nil)
	require.NoError(t, err)
	plan, err := newLives(s, 3, new(laws))
	require.NoError(t, err)
	weather := o.network.Weather()
	require.True(t, o.lives.churned)
	crashed := func(fault int, node uint32, at protocol.Time) bool {
		f := weather.Fault(fault)
		return weather.Concerns(fault, node) && f.From < at && at <= f.To
	}
	r := protocol.NewRand(3, 1, 4)
	kept := 0
	for range 20_000 {
		node := uint32(r.Uint64n(200))
		at := protocol.Time(r.Uint64n(uint64(s.Duration)))
		down := crashed(0, node, at) || crashed(1, node, at)
		require.Equal(t, plan.up(node, at) && !down, o.lives.up(node, at))
		if down && plan.up(node, at) {
			kept++
		}
	}
	require.Greater(t, kept, 1000)

	up := [3]uint64{}
	for fault := range up {
		from := weather.Fault(fault).From
		for node := range uint32(200) {
			if weather.Concerns(fault, node) && plan.up(node, from+1) &&
				(fault == 0 || !crashed(0, node, from+1)) {
				up[fault]++
			}
		}
		require.Greater(t, up[fault], uint64(20))
	}
	require.Equal(t, append(up[:], 0), o.struck)
}

// TestCrashesInTheWorld: the world does what the plan says, and the books count it.
func TestCrashesInTheWorld(t *testing.T) {
	calm := experiment(t, parse(t, struck, "faults", "none"), 1).Runs[0]
	run := experiment(t, parse(t, struck), 1).Runs[0]
	hits := run.Terrain.Faults
	require.Len(t, hits, 4)
	for n, h := range hits {
		require.Equal(t, n < 3, h.Nodes > 20, h.Fault)
		require.Equal(t, n > 1, h.Datagrams > 20, h.Fault)
	}
	require.Equal(t, hits[2].Datagrams, run.Ledger.Frozen.Datagrams)
	require.Zero(t, run.Tally.Skipped)

	// Of the steady group only faults make nodes crash.
	alone := experiment(t, parse(t, struck, "groups", "[{name: steady, size: 100, tables: warm}]"),
		1).Runs[0]
	crashes := alone.Terrain.Faults[0].Nodes + alone.Terrain.Faults[1].Nodes
	require.Equal(t, crashes, alone.Tally.Crashes)
	require.Equal(t, 100+crashes, alone.Tally.Starts, "all of them come back")

	online := func(run *findings.Run, minute int32) (n int32) {
		for _, s := range run.Series {
			if s.Second == 60*minute {
				n += s.Online
			}
		}
		return n
	}
	for minute, lost := range map[int32]float64{9: 0, 11: 0.3, 13: 1 - 0.7*0.6, 18: 1 - 0.7*0.7,
		23: 0.3, 27: 0} {
		was := float64(online(calm, minute))
		require.InDelta(t, was*(1-lost), online(run, minute), 0.35*was*lost, "minute %d", minute)
	}
}

// TestDamagedDatagramsAreCounted: no client panics, whatever bits are flipped; what cannot be read
// is counted, and what can be and is wrong, too.
func TestDamagedDatagramsAreCounted(t *testing.T) {
	for _, client := range dht.Profiles() {
		run := experiment(t, parse(t, struck, "groups", "[{name: nodes, size: 100, join: "+
			"{over: 1m}, client: "+client+"}]", "duration", "8m",
			"workload", "[{kind: announce, group: nodes, rate: 2/s, keys: 20, start: 2m}]",
			"faults", "[{kind: corrupt, share: 40%}]"), 1).Runs[0]
		damaged := run.Terrain.Faults[0].Datagrams
		require.InEpsilon(t, 0.4, float64(damaged)/float64(run.Ledger.Sent.Datagrams), 0.05)
		for _, reason := range []dht.Reason{dht.Junk, dht.Unmatched, dht.IDMismatch, dht.TimedOut} {
			require.NotZero(t, run.Counters[reason], "%s: %v", client, reason)
		}
		require.Greater(t, run.Counters[dht.Junk], damaged/20)
		require.NotZero(t, run.Counters[dht.Matched])
	}
}

// TestCoverage draws the storms of many seeds: each kind is there at least in every tenth, is
// missing in at least three of ten, and where it is, it nearly always hits something.
func TestCoverage(t *testing.T) {
	const seeds = 1000
	s := open(t, "storm")
	drawn := map[string]int{}
	for seed := range uint64(seeds) {
		kinds := map[string]bool{}
		for _, f := range storm(s, seed, s.Warmup, s.Duration/2) {
			kinds[f.Kind] = true
		}
		for kind := range kinds {
			drawn[kind]++
		}
	}
	require.Len(t, drawn, 11)
	for kind, n := range drawn {
		require.GreaterOrEqual(t, n, seeds/10, kind)
		require.LessOrEqual(t, n, seeds*7/10, kind)
	}

	runs := uint64(24)
	if testing.Short() {
		runs = 8
	}
	tr := trials(t, "repeat", "24", "groups.nodes.size", "40")
	tr.Scenario.Repeat = int(runs)
	hit, off := map[string]int{}, map[string]int{}
	for _, v := range tr.Run(context.Background()) {
		require.NoError(t, v.Err)
		active := map[string]bool{}
		for n, f := range v.Faults {
			if v.Hits[n].Datagrams+v.Hits[n].Nodes > 0 {
				active[f.Kind] = true
			}
		}
		for kind := range drawn {
			if active[kind] {
				hit[kind]++
			} else {
				off[kind]++
			}
		}
	}
	t.Logf("of %d seeds hit by %v", runs, hit)
	if testing.Short() {
		return
	}
	for kind := range drawn {
		require.Positive(t, hit[kind], kind)
		require.GreaterOrEqual(t, float64(off[kind]), 0.3*float64(runs), kind)
	}
}

// TestEverybodyCrashes: also then the network comes back, through the nodes that join again.
func TestEverybodyCrashes(t *testing.T) {
	tr := trials(t, "repeat", "1", "faults", "[{kind: crash, from: 6m, to: 8m}]")
	v := tr.Run(context.Background())[0]
	require.NoError(t, v.Err)
	require.EqualValues(t, 40, v.Hits[0].Nodes)
	require.True(t, v.Passed, "%d of %d", v.Known, v.Nodes)
}

// TestAPauseIsOver: all who froze are found again, without a fault of theirs.
func TestAPauseIsOver(t *testing.T) {
	tr := trials(t, "repeat", "1", "faults", "[{kind: pause, from: 6m, to: 11m, whom: "+
		"{share: 40%}}]")
	v := tr.Run(context.Background())[0]
	require.NoError(t, v.Err)
	require.Greater(t, v.Hits[0].Nodes, uint64(5))
	require.Greater(t, v.Hits[0].Datagrams, uint64(100))
	require.True(t, v.Passed, "%d of %d", v.Known, v.Nodes)
	require.Equal(t, scenarios.Duration(11*time.Minute), v.Faults[0].To)
}
