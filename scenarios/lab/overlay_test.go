package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/sim"
)

// mixed is a small network of two groups, one of them a mix of clients that come and go.
const mixed = `name: mixed
duration: 8m
warmup: 3m
network: {latency: {model: regions}, loss: 0.5%}
groups:
  - {name: stable, size: 40, client: bep5, tables: warm}
  - name: moving
    client: libtorrent 40%, jech 30%, anacrolix 20%, webtorrent 10%
    size: 110
    ids: secure 50%
    join: {over: 1m, bootstrap: 2}
    churn: {session: exponential(4m), offline: exponential(2m)}
workload:
  - {kind: announce, group: stable, rate: 1/s, start: 2m, keys: 20}
  - {kind: lookup, group: moving, rate: 3/s, start: 2m}
  - {kind: get_peers, group: moving, rate: 1/s, start: 3m, keys: 20}
`

// pinnedMixed is the fingerprint of that scenario. When it moves, the commit that moves it says
// why.
const pinnedMixed = "3bc4a0864f887d27-cdbb015ce718ba59-d76bc6d068191866"

func parse(t *testing.T, src string, settings ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(src))
	require.NoError(t, err)
	for n := 0; n < len(settings); n += 2 {
		require.NoError(t, s.Set(settings[n], settings[n+1]))
	}
	require.NoError(t, s.Validate())
	return s
}

func experiment(t *testing.T, s *scenarios.Scenario, jobs int) *results.Outcome {
	t.Helper()
	o, err := (&Experiment{Scenario: s, Jobs: jobs}).Run(context.Background())
	require.NoError(t, err)
	require.Empty(t, o.Failures)
	return o
}

// TestMixedIsPinned runs the mixed network with one worker and with many.
func TestMixedIsPinned(t *testing.T) {
	one := experiment(t, parse(t, mixed, "repeat", "2"), 1)
	many := experiment(t, parse(t, mixed, "repeat", "2"), 4)
	a, err := json.Marshal(results.Summarise(one))
	require.NoError(t, err)
	b, err := json.Marshal(results.Summarise(many))
	require.NoError(t, err)
	require.True(t, bytes.Equal(a, b))
	for n := range one.Runs {
		require.Equal(t, one.Runs[n].Series, many.Runs[n].Series)
		require.Equal(t, one.Runs[n].Lookups, many.Runs[n].Lookups)
	}
	require.Equal(t, pinnedMixed, results.Summarise(one).Fingerprint)
}

// TestOneNetwork: nodes of every client in either group find nodes of every other one, and what
// one group announces the other finds.
func TestOneNetwork(t *testing.T) {
	o := experiment(t, parse(t, mixed), 1)
	summary := results.Summarise(o).Cells[0]
	require.Greater(t, float64(summary.Metrics["lookup.success"].Mean), 0.95)
	require.Greater(t, float64(summary.Metrics["get_peers.success"].Mean), 0.9)
	require.Len(t, summary.Clients, 5)
	lookups := 0
	for name, c := range summary.Clients {
		if name == "bep5" {
			require.Equal(t, 40, c.Nodes)
			require.InDelta(t, 40, float64(c.Metrics["nodes.online"].Mean), 1e-6)
			continue
		}
		require.Greater(t, float64(c.Metrics["lookup.success"].Mean), 0.9, name)
		require.Greater(t, c.Metrics["lookup.success"].N, 20, name)
		lookups += c.Metrics["lookup.success"].N
	}
	require.Equal(t, summary.Metrics["lookup.success"].N, lookups)

	// What lookups found lies in all groups.
	overlay, err := newOverlay(o.Scenario, 1, new(laws), nil)
	require.NoError(t, err)
	require.Equal(t, section{40, 110}, overlay.sections["moving"])
	sizes := map[string]uint32{}
	for node := range uint32(150) {
		p := overlay.of(node)
		require.True(t, p.first <= node && node < p.first+p.size)
		require.Equal(t, overlay.ids.id(node), p.group.ID(node-p.first))
		sizes[p.client]++
	}
	require.Equal(t, map[string]uint32{"bep5": 40, "libtorrent": 44, "jech": 33, "anacrolix": 22,
		"webtorrent": 11}, sizes)
}

// TestCommonRandomNumbers: another client in the same place has the same id, address, starts and
// leaves, and is asked the same at the same times.
func TestCommonRandomNumbers(t *testing.T) {
	a, err := newOverlay(parse(t, mixed), 7, new(laws), nil)
	require.NoError(t, err)
	b, err := newOverlay(parse(t, mixed, "groups.moving.client", "webtorrent",
		"groups.stable.client", "jech", "groups.stable.dht.alpha", "7"), 7, new(laws), nil)
	require.NoError(t, err)
	require.Equal(t, a.lives, b.lives)
	require.Equal(t, a.ids.bound, b.ids.bound)
	require.Equal(t, a.space, b.space)
	wa, wb := newWorkload(a), newWorkload(b)
	asked := 0
	for n := range wa.streams {
		st := &wa.streams[n]
		for op := range st.count {
			at, node, ra := wa.draw(st, op)
			otherAt, otherNode, rb := wb.draw(&wb.streams[n], op)
			require.Equal(t, []any{at, node, ra}, []any{otherAt, otherNode, rb})
			require.True(t, a.lives.up(node, at))
			require.Equal(t, wa.request(st, node, op, at, &ra), wb.request(st, node, op, at, &rb))
			asked++
		}
	}
	require.Greater(t, asked, 500)
	other, err := newOverlay(parse(t, mixed), 8, new(laws), nil)
	require.NoError(t, err)
	require.NotEqual(t, a.lives, other.lives)
}

// TestAskedNodesAreUp: no operation falls on a node that is down, although a third of them are.
func TestAskedNodesAreUp(t *testing.T) {
	run := experiment(t, parse(t, mixed), 1).Runs[0]
	require.Zero(t, run.Tally.Skipped)
	require.Positive(t, run.Tally.Crashes)
	require.Positive(t, run.Tally.Stops)
	require.Equal(t, uint64(run.Asked), run.Tally.Acts)
}

// TestWarmTablesHoldThoseUp: tables of warm groups hold nodes of all warm groups, of every client,
// that are up at the start, and nobody else.
func TestWarmTablesHoldThoseUp(t *testing.T) {
	s := parse(t, mixed, "groups.moving.tables", "warm")
	s.Groups = append(s.Groups, s.Groups[0])
	s.Groups[2].Name, s.Groups[2].Tables = "late", scenarios.TablesJoin
	o, err := newOverlay(s, 5, new(laws), nil)
	require.NoError(t, err)
	clients, filled := map[string]int{}, 0
	for node := range uint32(190) {
		p := o.of(node)
		if node >= 150 || !o.lives.atStart(node) {
			require.Zero(t, p.group.Depth(node-p.first))
			continue
		}
		filled++
		p.group.EachContact(node-p.first, 0, func(_ int, c dht.Contact, good bool) {
			other, ok := sim.NodeOf(c.Addr)
			require.True(t, ok && good)
			require.Less(t, other, uint32(150))
			require.True(t, o.lives.atStart(other))
			require.Equal(t, o.ids.id(other), c.ID)
			clients[o.of(other).client]++
		})
	}
	require.Less(t, filled, 140)
	require.Greater(t, filled, 80)
	require.Len(t, clients, 5)
}

// TestSeedsAreUp: a node that comes into a network where nodes come and go is given different ones
// that are up at that moment, and others when it asks later.
func TestSeedsAreUp(t *testing.T) {
	s := parse(t, mixed, "groups.moving.join.bootstrap", "5")
	o, err := newOverlay(s, 5, new(laws), nil)
	require.NoError(t, err)
	network, err := newNetwork(s, 5)
	require.NoError(t, err)
	o.world = sim.New(sim.Config{Seed: 5, Groups: o.cores(), Network: network})
	p := o.of(149)
	var before []protocol.Addr
	for second := range 20 {
		now := protocol.Time(second+100) * 1e9
		o.world.Run(now)
		seeds := p.seeds(149-p.first, nil)
		require.Len(t, seeds, 5)
		seen := map[uint32]bool{149: true}
		for _, a := range seeds {
			node, ok := sim.NodeOf(a)
			require.True(t, ok)
			require.False(t, seen[node])
			seen[node] = true
			require.True(t, o.lives.up(node, now))
		}
		require.NotEqual(t, before, seeds)
		before = seeds
	}
}

// TestKeptTables: nodes that keep their tables come back to contacts that they knew, and need not
// be told of anybody; those that lose them know nobody.
func TestKeptTables(t *testing.T) {
	for _, table := range []string{scenarios.TableLost, scenarios.TableKept} {
		s := parse(t, mixed, "groups.moving.churn.table", table, "groups.moving.client", "bep5")
		o, err := newOverlay(s, 1, new(laws), nil)
		require.NoError(t, err)
		network, err := newNetwork(s, 1)
		require.NoError(t, err)
		o.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: network})
		end := protocol.Time(s.Duration)
		o.lives.schedule(o.world, end)
		o.world.Run(end)
		p := o.of(140)
		remembering := 0
		for i := range p.size {
			if len(o.lives.of(p.first+i)) < 2 || o.world.Alive(p.first+i) {
				continue
			}
			var out protocol.Outbox
			r := protocol.NewRand(1, 2, uint64(i))
			p.cores().Start(i, &protocol.Turn{Now: end, Rand: &r, Out: &out})
			if asked := out.Sends(); asked > 2 { // as many seeds
				remembering++
			}
		}
		if table == scenarios.TableKept {
			require.Greater(t, remembering, 10)
		} else {
			require.Zero(t, remembering)
		}
	}
}

// TestSecureShare: half of the moving nodes have ids that their addresses allow.
func TestSecureShare(t *testing.T) {
	o, err := newOverlay(parse(t, mixed), 1, new(laws), nil)
	require.NoError(t, err)
	valid := 0
	for node := range uint32(150) {
		if krpc.ValidID(o.ids.id(node), sim.AddrOf(node)) {
			require.GreaterOrEqual(t, node, uint32(40))
			valid++
		}
	}
	require.InDelta(t, 55, valid, 4*5.3, "binomial, within four standard deviations")
}
