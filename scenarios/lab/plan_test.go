package lab

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/sim"
)

// TestPlanIsWhatTheSimulatorDoes holds a plan against a run: who is who, who starts when and knows
// whom, and which lookups begin when.
func TestPlanIsWhatTheSimulatorDoes(t *testing.T) {
	s := open(t, "quickstart")
	p, err := NewPlan(s, s.Seed)
	require.NoError(t, err)
	overlay, err := newOverlay(s, s.Seed, new(laws), nil)
	require.NoError(t, err)
	nodes := overlay.populations[0]
	require.Len(t, p.Nodes, 100)
	know := 0
	for i, n := range p.Nodes {
		require.Equal(t, nodes.group.ID(uint32(i)), n.ID)
		require.Equal(t, overlay.lives.begin(uint32(i)), n.Start)
		require.Equal(t, nodes.cfg, n.Config)
		for _, seed := range n.Seeds {
			require.Contains(t, nodes.seeds(uint32(i), nil), sim.AddrOf(seed))
			require.LessOrEqual(t, p.Nodes[seed].Start, n.Start)
			know++
		}
	}
	require.Equal(t, 99, know, "each but the first knows one")

	o, err := (&Experiment{Scenario: s, Jobs: 1}).Run(context.Background())
	require.NoError(t, err)
	run := o.Runs[0]
	require.Len(t, p.Operations, run.Asked)
	require.Greater(t, len(run.Lookups), 1000)
	type begun struct {
		at   int64
		node uint32
		kind string
	}
	planned := map[begun]int{}
	for n, op := range p.Operations {
		planned[begun{int64(op.At), op.Node, op.Kind}]++
		require.EqualValues(t, n, op.Request.Tag)
		if n > 0 {
			require.LessOrEqual(t, p.Operations[n-1].At, op.At)
		}
	}
	for _, l := range run.Lookups {
		require.Positive(t, planned[begun{l.At, l.Node, l.Kind}], "not planned: %+v", l)
		planned[begun{l.At, l.Node, l.Kind}]--
	}
	for src := range uint32(10) {
		delay, _ := p.Network.Path(src, 99, 7, 100)
		require.Greater(t, delay, p.Network.MinDelay())
	}
}

func TestNearestAgainstTheGlobalView(t *testing.T) {
	s := open(t, "quickstart", "workload.lookup.target", "random-key")
	p, err := NewPlan(s, 5)
	require.NoError(t, err)
	space := newIDSpace(newIdentities(5, 100), func(uint32) bool { return true })
	for _, op := range p.Operations[:500] {
		places := space.closest(nil, op.Request.Target, 1,
			func(node uint32) bool { return node != op.Node })
		require.Equal(t, space.nodes[places[0]], p.Nearest(op.Node, op.Request.Target))
	}
}

func TestPlanRefusesWarmTables(t *testing.T) {
	s := open(t, "quickstart", "groups.nodes.tables", "warm")
	_, err := NewPlan(s, 1)
	require.EqualError(t, err, "groups.nodes.tables: real nodes have no warm tables: write join")
	s = open(t, "quickstart", "groups.nodes.churn", "{session: exponential(1h)}")
	_, err = NewPlan(s, 1)
	require.EqualError(t, err, "groups.nodes.churn: real nodes do not come and go: write none")
}

func TestCalibrationHoldsEnoughLookups(t *testing.T) {
	s, err := scenarios.Open("calibration")
	require.NoError(t, err)
	p, err := NewPlan(s, s.Seed)
	require.NoError(t, err)
	require.Len(t, p.Nodes, 100)
	require.GreaterOrEqual(t, len(p.Operations), 1500)
	for _, n := range p.Nodes {
		require.Less(t, n.Start, p.Warmup.Add(-2e9), "it is measured before it has joined")
	}
	require.Less(t, p.Operations[len(p.Operations)-1].At, p.End.Add(-3e9),
		"the last ones cannot end")
}
