package lab

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
)

const restless = `name: restless
duration: 10h
groups:
  - name: nodes
    size: 2000
    tables: warm
    churn: {session: exponential(1h), offline: exponential(30m), graceful: 78%}
`

func livesOf(t *testing.T, s *scenarios.Scenario, seed uint64, of *laws) *lives {
	t.Helper()
	l, err := newLives(s, seed, of)
	require.NoError(t, err)
	return l
}

// TestLivesAreTheChurn counts the comings and goings of a plan against what the distributions say.
func TestLivesAreTheChurn(t *testing.T) {
	s := parse(t, restless)
	l := livesOf(t, s, 3, new(laws))
	require.True(t, l.churned)
	end := protocol.Time(s.Duration)
	online, starts, leaves, graceful := 0, 0, 0, 0
	for node := range uint32(2000) {
		last := protocol.Time(-1)
		for _, of := range l.of(node) {
			require.Less(t, last, of.from)
			require.Less(t, of.from, of.to)
			last = of.to
			if of.from == 0 {
				online++
			} else {
				starts++
			}
			if of.to < end {
				leaves++
				if of.graceful {
					graceful++
				}
			}
		}
	}
	share := 2.0 / 3
	within(t, 2000*share, math.Sqrt(2000*share*(1-share)), online)
	// In a steady network, each node returns once in 90 minutes. Its count is less scattered than
	// Poisson's, whose deviation is therefore on the safe side.
	returns := 2000 * 10 / 1.5
	within(t, returns, math.Sqrt(returns), starts)
	within(t, returns, math.Sqrt(returns), leaves)
	within(t, 0.78*float64(leaves), math.Sqrt(0.78*0.22*float64(leaves)), graceful)

	hours := l.online(0, 2000, 0, end).Hours()
	require.InEpsilon(t, 20_000*share, hours, 0.02)
	half := protocol.Time(5 * time.Hour)
	require.InDelta(t, hours, l.online(0, 2000, 0, half).Hours()+
		l.online(0, 2000, half, end).Hours(), 1e-6)
}

// TestLivesAreTheTrace: the plan has the sessions of the trace, each node's once in as many nodes,
// and those of one node together.
func TestLivesAreTheTrace(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		return file
	}
	write("up.csv", "node,up_ms,down_ms\na,0,1000\na,2000,3000\nb,1500,9000\nc,0,9000\n")
	s, err := scenarios.Load(write("x.yaml", "name: x\nduration: 1m\ngroups:\n"+
		"  - {name: nodes, size: 7, tables: warm, churn: {trace: up.csv, graceful: 100%}}\n"))
	require.NoError(t, err)
	const ms = protocol.Time(time.Millisecond)
	stories := map[string][]session{
		"a": {{0, 1000 * ms, true}, {2000 * ms, 3000 * ms, true}},
		"b": {{1500 * ms, protocol.Never, false}}, "c": {{0, protocol.Never, false}},
	}
	orders := map[string]bool{}
	for seed := range uint64(20) {
		l, order := livesOf(t, s, seed, new(laws)), ""
		require.True(t, l.churned)
		for node := range uint32(7) {
			for name, story := range stories {
				if slices.Equal(story, l.of(node)) {
					order += name
				}
			}
		}
		require.Len(t, order, 7)
		for _, pack := range []string{order[:3], order[3:6]} {
			for name := range stories {
				require.Contains(t, pack, name)
			}
		}
		orders[order[:6]] = true
	}
	require.Greater(t, len(orders), 8)
}

// within demands a count within four standard deviations.
func within(t *testing.T, mean, deviation float64, count int) {
	t.Helper()
	require.InDelta(t, mean, float64(count), 4*deviation)
}

// TestUpIsThePlan holds the search against a walk over the sessions, at their edges too.
func TestUpIsThePlan(t *testing.T) {
	l := livesOf(t, parse(t, restless, "groups.nodes.size", "50"), 4, new(laws))
	for node := range uint32(50) {
		var times []protocol.Time
		for _, of := range l.of(node) {
			times = append(times, of.from, of.from+1, (of.from+of.to)/2, of.to-1, of.to, of.to+1)
		}
		for _, at := range times {
			up := false
			for _, of := range l.of(node) {
				up = up || of.from < at && at < of.to
			}
			require.Equal(t, up, l.up(node, at))
		}
	}
}

// TestJoinComesFirst: nodes that are up at the start come in over the time of the join, or not at
// all if they have left before; later ones are not touched.
func TestJoinComesFirst(t *testing.T) {
	s := parse(t, restless)
	warm := livesOf(t, s, 3, new(laws))
	require.NoError(t, s.Set("groups.nodes.tables", "join"))
	require.NoError(t, s.Set("groups.nodes.join.over", "20m"))
	join := livesOf(t, s, 3, new(laws))
	dropped := 0
	for node := range uint32(2000) {
		was, now := warm.of(node), join.of(node)
		if len(was) == 0 || was[0].from > 0 {
			require.Equal(t, was, now)
			continue
		}
		at := joinTime(&s.Groups[0], 3, uint64(node))
		if at >= was[0].to {
			dropped++
			require.Equal(t, was[1:], now)
			continue
		}
		require.Equal(t, at, now[0].from)
		require.Equal(t, was[0].to, now[0].to)
		require.Equal(t, was[1:], now[1:])
	}
	// Of those up, the share gone before a time is 1-e^(-t/1h), on average over 20 minutes 0.150.
	within(t, 2000*2.0/3*0.150, math.Sqrt(2000*2.0/3*0.150), dropped)
}

// TestNobodyLeavesWithoutChurn keeps networks without churn as they always were.
func TestNobodyLeavesWithoutChurn(t *testing.T) {
	s := parse(t, restless, "groups.nodes.churn", "none")
	l := livesOf(t, s, 3, new(laws))
	require.False(t, l.churned)
	for node := range uint32(2000) {
		require.Equal(t, []session{{from: 0, to: protocol.Never}}, l.of(node))
		require.Equal(t, int(node), l.earlier(node))
		require.True(t, l.up(node, 1))
	}
	require.NoError(t, s.Set("groups.nodes.tables", "join"))
	l = livesOf(t, s, 3, new(laws))
	for n, node := range l.order {
		require.Equal(t, n, l.earlier(node))
		if n > 0 {
			require.LessOrEqual(t, l.begin(l.order[n-1]), l.begin(node))
		}
	}
}

// TestTogetherAndEmpty: all nodes are up at the start, or none.
func TestTogetherAndEmpty(t *testing.T) {
	for start, up := range map[string]int{"together": 2000, "empty": 0} {
		l := livesOf(t, parse(t, restless, "groups.nodes.churn.start", start), 3, new(laws))
		count := 0
		for node := range uint32(2000) {
			if l.atStart(node) {
				count++
			}
		}
		require.Equal(t, up, count)
	}
}

// TestLawsAreShared: runs of one churn have the same tables, and a sweep over many churns does not
// keep those of all.
func TestLawsAreShared(t *testing.T) {
	s := parse(t, restless)
	all, churn := new(laws), &s.Groups[0].Churn
	of := func() *netmodel.Lives {
		lives, err := all.of(s, &s.Groups[0])
		require.NoError(t, err)
		return lives
	}
	first := of()
	require.Same(t, first, of())
	churn.Start = "empty"
	require.NotSame(t, first, of())
	for len(all.lives) < lawsMost {
		all.lives[netmodel.Churn{Graceful: netmodel.Probability(len(all.lives))}] = first
	}
	churn.Start = "together"
	require.NotNil(t, of())
	require.Len(t, all.lives, 1)
	*churn = scenarios.Churn{}
	require.Nil(t, of())
}
