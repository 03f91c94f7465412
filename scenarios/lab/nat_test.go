package lab

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// walled is a small network of which two thirds are behind something, with a little of everything
// that can go wrong.
const walled = `name: walled
duration: 8m
warmup: 3m
network:
  latency: {model: coordinates}
  jitter: 2ms
  nat: {preset: dht-2010s}
  links: {lines: [{down: 256kbit/s, up: 32kbit/s}]}
groups:
  - {name: public, size: 60, tables: warm}
  - {name: moving, size: 90, join: {over: 1m, bootstrap: 2},
     churn: {session: exponential(4m), offline: exponential(2m)}}
workload:
  - {kind: announce, group: public, rate: 1/s, start: 2m, keys: 20}
  - {kind: lookup, group: moving, rate: 3/s, start: 2m}
faults:
  - {kind: partition, whom: {share: 20%}, from: 5m, to: 6m}
  - {kind: duplicate, share: 5%}
`

// pinnedWalled is the fingerprint of that scenario. When it moves, the commit that moves it says
// why.
const pinnedWalled = "a0f1d8422c4ae3b0-d9e11763ecbe2157-8c3a6bd6c311260b"

func TestWalledIsPinned(t *testing.T) {
	run := experiment(t, parse(t, walled), 1).Runs[0]
	require.Equal(t, pinnedWalled, run.Fingerprint.String())
	l := run.Ledger
	require.Equal(t, l.Sent.Datagrams+l.Copied.Datagrams, l.Delivered.Datagrams+l.Lost.Datagrams+
		l.Undelivered.Datagrams+l.Filtered.Datagrams+l.Dropped.Datagrams+l.InFlight.Datagrams)
	require.Len(t, run.Terrain.Faults, 2)
	require.Equal(t, "{kind: duplicate, share: 5%}", run.Terrain.Faults[1].Fault)
	require.Equal(t, l.Copied.Datagrams, run.Terrain.Faults[1].Datagrams)
	require.Equal(t, l.Lost.Datagrams, run.Terrain.Faults[0].Datagrams)
	require.NotZero(t, l.Filtered.Datagrams)
	for _, s := range run.Series {
		require.Less(t, s.Reachable, s.Online)
		require.NotZero(t, s.Reachable)
		require.LessOrEqual(t, s.Shut+s.Stale, s.Contacts)
	}
}

// TestOpenIsPlain: settings that change nothing change nothing, not a bit.
func TestOpenIsPlain(t *testing.T) {
	plain := experiment(t, parse(t, mixed), 1).Runs[0]
	open := experiment(t, parse(t, mixed, "network.nat", "{preset: dht-2010s, open: 100%}",
		"network.links", "{lines: [{down: unlimited, up: unlimited}]}"), 1).Runs[0]
	require.Equal(t, plain.Fingerprint, open.Fingerprint)
	require.Equal(t, plain.Lookups, open.Lookups)
}

// judged is an overlay of 100 nodes, a third of them open and the others firewalled, that has
// begun.
func judged(t *testing.T) (*overlay, *recorder) {
	o, err := newOverlay(parse(t, walled, "network.nat", "{firewalled: 65%}",
		"network.links", "none", "faults", "none", "workload", "[]",
		"groups", "[{name: nodes, size: 100, tables: warm}]"), 3, new(laws), nil)
	require.NoError(t, err)
	rec := &recorder{}
	rec.world = sim.New(sim.Config{Seed: 3, Groups: o.cores(), Network: o.network})
	o.world = rec.world
	o.lives.schedule(rec.world, protocol.Never)
	rec.world.Run(1)
	return o, rec
}

// TestJudgedByWhoCanBeReached holds verdicts on lookups against a sorted list.
func TestJudgedByWhoCanBeReached(t *testing.T) {
	o, rec := judged(t)
	p, k := o.populations[0], 8
	target, asker := krpc.ID{Hi: 1 << 62}, uint32(7)
	order := []uint32{}
	for node := range uint32(100) {
		if node != asker {
			order = append(order, node)
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return o.idOf(a).Xor(target).Cmp(o.idOf(b).Xor(target))
	})
	isOpen := func(node uint32) bool { return o.network.Class(node) == netmodel.Open }
	open, shut := []uint32{}, []uint32{}
	for _, node := range order {
		if isOpen(node) {
			open = append(open, node)
		} else {
			shut = append(shut, node)
		}
	}
	require.False(t, isOpen(order[0]) && isOpen(order[1]), "the case is not empty")
	require.Greater(t, len(shut), 50)
	judge := func(found ...uint32) findings.Lookup {
		r := &dht.Result{Request: dht.Request{Method: krpc.FindNode, Target: target}}
		for _, node := range found {
			r.Closest = append(r.Closest, dht.Contact{ID: o.idOf(node), Addr: sim.AddrOf(node)})
		}
		row := findings.Lookup{Kind: scenarios.KindLookup, Node: asker}
		rec.judge(&row, p, r)
		return row
	}
	for _, c := range []struct {
		found   []uint32
		success bool
		recall  int32
	}{
		{open[:k], true, 8},       // whom nobody can reach is not missed
		{open[1 : k+1], false, 7}, // the closest one is
		// Who answered counts, too, but not in place of one who is open, nor if it is far away.
		{slices.Concat(open[:k-1], shut[:1]), true, 8},
		{slices.Concat(open[1:k], shut[:1]), false, 7},
		{slices.Concat(open[:1], shut[len(shut)-7:]), true, 1},
		{nil, false, 0},
	} {
		row := judge(c.found...)
		require.Equal(t, c.success, row.Success, c.found)
		require.Equal(t, c.recall, row.Recall, c.found)
		require.EqualValues(t, k, row.Nearby)
	}
}

// TestNewcomersKnowWhomTheyCanReach: nobody is given a bootstrap node that keeps strangers out, and
// warm tables hold none.
func TestNewcomersKnowWhomTheyCanReach(t *testing.T) {
	o, _ := judged(t)
	given, contacts := 0, 0
	for node := range uint32(100) {
		for _, addr := range o.seeds(node, 3, nil) {
			seed, ok := sim.NodeOf(addr)
			require.True(t, ok)
			require.Equal(t, netmodel.Open, o.network.Class(seed))
			given++
		}
		o.populations[0].group.EachContact(node, 1, func(_ int, c dht.Contact, _ bool) {
			known, open := o.present(c)
			require.True(t, known && open)
			contacts++
		})
	}
	require.Equal(t, 300, given)
	require.Greater(t, contacts, 100*8)
}

// TestPlansAreOfPlainNetworks: what real nodes on one machine cannot be is refused.
func TestPlansAreOfPlainNetworks(t *testing.T) {
	for path, value := range map[string]string{"network.nat": "{symmetric: 10%}",
		"network.links": "{preset: bharambe-2006}", "faults": "[{kind: loss, share: 1%}]"} {
		_, err := NewPlan(parse(t, walled, "network.nat", "none", "network.links", "none", "faults",
			"none", "groups.moving.churn", "none", "groups.public.tables", "join", path, value), 1)
		require.ErrorContains(t, err, path+": ")
	}
}
