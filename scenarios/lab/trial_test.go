package lab

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/scenarios"
)

// trials is a small swarm test.
func trials(t *testing.T, settings ...string) *Trials {
	s := open(t, "storm", append([]string{"groups.nodes.size", "40", "duration", "20m", "warmup",
		"5m", "workload.lookup.start", "4m", "workload.lookup.rate", "2/s",
		"groups.nodes.dht.refresh", "2m",
		"groups.nodes.dht.good_for", "2m", "repeat", "6"}, settings...)...)
	return check(t, &Trials{Scenario: s, Within: 6 * time.Minute})
}

func check(t *testing.T, tr *Trials) *Trials {
	tr.Demand, tr.Jobs = 95*percent, 2
	require.NoError(t, tr.Check())
	return tr
}

func TestTrials(t *testing.T) {
	s := open(t, "storm", "groups.nodes.size", "60", "repeat", "4")
	tr := check(t, &Trials{Scenario: s, Within: 750 * time.Second})
	all := tr.Run(context.Background())
	require.Len(t, all, 4)
	hit := uint64(0)
	for n, v := range all {
		require.EqualValues(t, 1+n, v.Seed)
		require.NoError(t, v.Err)
		require.True(t, v.Passed, "seed %d: %d of %d", v.Seed, v.Found, v.Lookups)
		require.Greater(t, v.Lookups, 100)
		require.Len(t, v.Hits, len(v.Faults))
		require.NotEmpty(t, v.Faults)
		for k, f := range v.Faults {
			require.GreaterOrEqual(t, f.From, tr.Scenario.Warmup)
			require.LessOrEqual(t, f.To, tr.Heal())
			require.Greater(t, f.To, f.From)
			hit += v.Hits[k].Datagrams
		}
	}
	require.Greater(t, hit, uint64(10_000))
	tr.Jobs = 1
	require.Equal(t, all, tr.Run(context.Background()), "a function of scenario and seed")
}

// deaf is a planted bug: a node that gets two equal datagrams, one right after the other, from one
// source and has not heard of anybody for a while before hears nobody any more.
type deaf struct {
	protocol.Datagrams
	last  map[uint32]string
	heard map[uint32]protocol.Time
	quiet map[uint32]bool // was without news for long
	lost  map[uint32]bool
	after time.Duration
}

func (d *deaf) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if d.lost[i] {
		return
	}
	d.quiet[i] = d.quiet[i] || t.Now.Sub(d.heard[i]) > d.after
	key := string(p) + from.String()
	if d.last[i] == key && d.quiet[i] {
		d.lost[i] = true
		return
	}
	d.last[i], d.heard[i] = key, t.Now
	d.Datagrams.Datagram(i, t, from, p)
}

func plantDeaf(after time.Duration) func(protocol.Datagrams) protocol.Datagrams {
	return func(g protocol.Datagrams) protocol.Datagrams {
		return &deaf{g, map[uint32]string{}, map[uint32]protocol.Time{}, map[uint32]bool{},
			map[uint32]bool{}, after}
	}
}

// TestPlantedBug: random faults find a bug that copies wake, and shrink to the one that does.
func TestPlantedBug(t *testing.T) {
	tr := trials(t, "repeat", "10")
	tr.plant = plantDeaf(-1)
	all := tr.Run(context.Background())
	at := slices.IndexFunc(all, func(v Verdict) bool { return !v.Passed && len(v.Faults) > 1 })
	require.GreaterOrEqual(t, at, 0, "found")
	shrunk := tr.Shrink(context.Background(), all[at])
	require.False(t, shrunk.Passed)
	require.LessOrEqual(t, len(shrunk.Faults), 3)
	require.NotEmpty(t, shrunk.Faults)
	for n, f := range shrunk.Faults {
		require.Equal(t, "duplicate", f.Kind)
		require.NotZero(t, shrunk.Hits[n])
	}

	// The replay: the faults are written, and the trial is the same.
	text := scenarios.FaultsText(shrunk.Faults)
	require.NoError(t, tr.Scenario.Set("faults", text))
	tr.Scenario.Seed, tr.Scenario.Repeat = shrunk.Seed, 1
	require.NoError(t, tr.Scenario.Validate())
	again := tr.Run(context.Background())
	require.Equal(t, []Verdict{shrunk}, again)
	tr.plant = nil
	require.True(t, tr.Run(context.Background())[0].Passed, "without the bug")
}

// TestPlantedPair: a bug that needs two faults of a longer list shrinks to these two.
func TestPlantedPair(t *testing.T) {
	tr := trials(t, "repeat", "1", "faults", `[
  {kind: reorder, share: 20%, from: 5m, to: 7m, draw: 1},
  {kind: loss, share: 100%, from: 5m, to: 8m, draw: 2},
  {kind: slow, share: 50%, delay: 300ms, from: 5m, to: 12m, draw: 3},
  {kind: sever, share: 5%, from: 8m, to: 9m, draw: 4},
  {kind: duplicate, share: 100%, delay: 10us, from: 10m, to: 12m, draw: 5},
  {kind: path-bursts, share: 5%, from: 11m, to: 12m, draw: 6}]`)
	tr.plant = plantDeaf(150 * time.Second)
	all := tr.Run(context.Background())
	require.False(t, all[0].Passed)
	shrunk := tr.Shrink(context.Background(), all[0])
	kinds := []string{}
	for _, f := range shrunk.Faults {
		kinds = append(kinds, f.Kind)
	}
	require.Equal(t, []string{"loss", "duplicate"}, kinds)
}

// TestNotTheFaults: a network that fails by itself is told from one that faults broke.
func TestNotTheFaults(t *testing.T) {
	tr := trials(t, "repeat", "1", "network.loss", "60%")
	all := tr.Run(context.Background())
	require.False(t, all[0].Passed)
	require.Empty(t, tr.Shrink(context.Background(), all[0]).Faults)
}

func TestTrialsRefuse(t *testing.T) {
	for want, settings := range map[string][]string{
		"add --set vary=none":      {"vary", "{groups.nodes.size: [10, 20]}"},
		"make the duration longer": {"duration", "6m"},
		"no lookup begins 6m": {"workload",
			"[{kind: lookup, group: nodes, rate: 1/s, stop: 10m}]"},
		"--within 6m0s: the run ends": {"duration", "11m"},
	} {
		tr := trials(t)
		require.NoError(t, tr.Scenario.Set(settings[0], settings[1]))
		require.ErrorContains(t, tr.Check(), want)
	}
}

func TestTrialsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr := trials(t)
	require.Empty(t, tr.Run(ctx))
	failed := Verdict{Seed: 1, Faults: tr.faults(1)}
	require.Equal(t, failed, tr.Shrink(ctx, failed), "nothing better was found")
}
