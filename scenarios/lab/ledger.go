package lab

import (
	"context"
	"time"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab/ledgers"
	"swarmlab/sim"
)

// simulateLedgers does one run of a scenario with a ledger.
func simulateLedgers(ctx context.Context, j *job) (*findings.Run, error) {
	s := j.cell.Scenario
	w, err := ledgers.New(s, j.seed)
	if err != nil {
		return nil, err
	}
	run := &findings.Run{Cell: j.cell.Index, Seed: j.seed, Nodes: s.Nodes(),
		Paths: pathsOf(w.Network(), s.Nodes(), j.seed)}
	limit := newBudget(ctx, s.Budget)
	var world *sim.World
	world = sim.New(sim.Config{
		Seed: j.seed, Groups: w.Cores(), Network: w.Network(), Actor: w, Stride: strideOf(s),
		Checkpoint: func(c sim.Checkpoint) { run.Checkpoints = append(run.Checkpoints, c) },
		Pulse:      func() { limit.pulse(world) },
	})
	w.Schedule(world)
	end := protocol.Time(s.Duration)
	for now := protocol.Time(0); now < end; {
		if err := limit.check(world); err != nil {
			return nil, err
		}
		now = w.Next(now)
		world.Run(now)
		w.Tick(now)
		if j.progress != nil {
			j.progress(now, end, world.Tally().Events)
		}
	}
	world.Audit()
	run.Fingerprint, run.Ledger, run.Tally = world.Fingerprint(), world.Ledger(), world.Tally()
	run.Measured = end.Sub(0)
	run.Terrain = findings.Terrain{Gated: s.Network.NAT.Gated(), Narrow: s.Narrow()}
	for n, hits := range world.FaultHits() {
		run.Terrain.Faults = append(run.Terrain.Faults,
			findings.FaultHits{Fault: s.Faults[n].String(), Datagrams: hits})
	}
	return run, w.Report(run)
}

// checkpointsMost is how many checkpoints are kept of a run of a ledger.
const checkpointsMost = 4000

// strideOf is how many simulated seconds there are from one to the next.
func strideOf(s *scenarios.Scenario) int {
	seconds := int(time.Duration(s.Duration) / time.Second)
	return (seconds + checkpointsMost - 1) / checkpointsMost
}
