package lab

import (
	"context"
	"time"

	"swarmlab/protocol"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab/swarms"
	"swarmlab/sim"
)

// simulateSwarms does one run of a scenario with torrents.
func simulateSwarms(ctx context.Context, j *job) (*findings.Run, error) {
	s := j.cell.Scenario
	w, err := swarms.New(s, j.seed)
	if err != nil {
		return nil, err
	}
	run := &findings.Run{Cell: j.cell.Index, Seed: j.seed, Nodes: s.Nodes(),
		Paths: pathsOf(w.Network(), s.Nodes(), j.seed)}
	limit := newBudget(ctx, s.Budget)
	var world *sim.World
	world = sim.New(sim.Config{
		Seed: j.seed, Groups: w.Cores(), Network: w.Network(), Actor: w,
		Checkpoint: func(c sim.Checkpoint) { run.Checkpoints = append(run.Checkpoints, c) },
		Pulse:      func() { limit.pulse(world) },
	})
	w.Schedule(world)
	if err := j.advanceSwarms(limit, world, w); err != nil {
		return nil, err
	}
	world.Audit()
	run.Fingerprint, run.Ledger, run.Tally = world.Fingerprint(), world.Ledger(), world.Tally()
	run.Measured = max(world.Now()-protocol.Time(s.Warmup), 0).Sub(0)
	run.Terrain = findings.Terrain{Gated: s.Network.NAT.Gated(), Narrow: s.Narrow()}
	for n, hits := range world.FaultHits() {
		run.Terrain.Faults = append(run.Terrain.Faults,
			findings.FaultHits{Fault: s.Faults[n].String(), Datagrams: hits})
	}
	if err := w.Report(run); err != nil {
		return nil, err
	}
	return run, nil
}

// advanceSwarms runs the world to its end, or until there is nothing more to be done.
func (j *job) advanceSwarms(limit *budget, world *sim.World, w *swarms.World) error {
	end := protocol.Time(j.cell.Scenario.Duration)
	w.Tick(0)
	for now := protocol.Time(0); now < end && !w.Ended(); {
		if err := limit.check(world); err != nil {
			return err
		}
		now = min(now.Add(time.Second), end)
		world.Run(now)
		w.Tick(now)
		if j.progress != nil {
			j.progress(now, end, w.Messages())
		}
	}
	return nil
}
