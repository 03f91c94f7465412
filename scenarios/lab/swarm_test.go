package lab

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// runSwarm does a run of a shipped scenario, with settings.
func runSwarm(t testing.TB, name string, set ...string) *results.Run {
	s, err := scenarios.Open(name)
	require.NoError(t, err)
	require.NoError(t, s.ApplyQuick())
	for n := 0; n < len(set); n += 2 {
		require.NoError(t, s.Set(set[n], set[n+1]))
	}
	require.NoError(t, s.Validate())
	run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: 1})
	require.NoError(t, err)
	return run
}

func TestDebugFlash(t *testing.T) {
	run := runSwarm(t, "flash-crowd")
	debugRun(run)
}

func debugRun(run *results.Run) {
	var done []float64
	var up, over, wasted uint64
	for _, p := range run.Swarm.Peers {
		if p.Completed > 0 {
			done = append(done, float64(p.Completed-p.Joined)/1e9)
		}
		up += p.PayloadUp
		over += p.OverheadUp
		wasted += p.Wasted
	}
	slices.Sort(done)
	for n := range run.Swarm.Peers {
		if n < 3 {
			fmt.Printf("%+v\n", run.Swarm.Peers[n])
		}
	}
	fmt.Println(len(run.Swarm.Peers), len(done), done[0], done[len(done)/2], done[len(done)-1], up, over, wasted, len(run.Swarm.Transfers), time.Duration(run.Measured), run.Tally.Events)
	for _, s := range run.Swarm.Samples {
		fmt.Printf("%+v util %.3f\n", s, float64(s.LeecherUpBytes)/float64(s.LeecherUpCapacity))
	}
}
