package lab

import (
	"context"
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/sim"
)

// job is one run to be done.
type job struct {
	cell     scenarios.Cell
	seed     uint64
	cost     float64 // estimated
	share    float64 // of it that is done
	progress func(now, end protocol.Time, events uint64)
}

// simulate does one run. It stops early, with the context's error, when that is cancelled.
func simulate(ctx context.Context, j *job) (*results.Run, error) {
	s := j.cell.Scenario
	rec := &recorder{cell: int32(j.cell.Index), seed: j.seed, warmup: protocol.Time(s.Warmup)}
	o, err := newOverlay(s, j.seed, rec)
	if err != nil {
		return nil, err
	}
	network, err := newNetwork(s, j.seed)
	if err != nil {
		return nil, err
	}
	run := &results.Run{Cell: j.cell.Index, Seed: j.seed, Nodes: s.Nodes()}
	rec.work = newWorkload(o)
	world := sim.New(sim.Config{
		Seed: j.seed, Groups: o.cores(), Network: network, Actor: rec.work,
		Checkpoint: func(c sim.Checkpoint) { run.Checkpoints = append(run.Checkpoints, c) },
	})
	rec.world, o.world = world, world
	o.lives.schedule(world, protocol.Time(s.Duration))
	rec.work.schedule(world)
	watch := newSampler(o, rec.cell)
	if err := j.advance(ctx, world, watch); err != nil {
		return nil, err
	}
	world.Audit()
	run.Series, run.Clients, run.Measured = watch.rows, watch.runs(), watch.end.Sub(watch.from)
	collect(run, world, rec, o)
	run.Churn = churnSeen(s, j.seed)
	return run, nil
}

// newNetwork builds the network of one run.
func newNetwork(s *scenarios.Scenario, seed uint64) (*netmodel.Network, error) {
	config, err := s.NetworkConfig(s.Nodes())
	if err != nil {
		return nil, err
	}
	config.Seed = seed
	network, err := netmodel.New(config)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	return network, nil
}

// advance runs the world to its end, a simulated second at a time.
func (j *job) advance(ctx context.Context, w *sim.World, watch *sampler) error {
	end := watch.end
	watch.tick(0)
	for now := protocol.Time(0); now < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		now = min(now.Add(time.Second), end)
		w.Run(now)
		watch.tick(now)
		if j.progress != nil {
			j.progress(now, end, w.Tally().Events)
		}
	}
	return nil
}

// collect reads what the world and the cores have counted.
func collect(run *results.Run, w *sim.World, rec *recorder, o *overlay) {
	run.Lookups, run.Ended = rec.rows, rec.ended
	for _, st := range rec.work.streams {
		run.Asked += int(st.count)
	}
	run.Fingerprint, run.Ledger, run.Tally = w.Fingerprint(), w.Ledger(), w.Tally()
	for _, p := range o.populations {
		counters := p.group.Counters()
		counters.Each(func(r dht.Reason, count uint64) { run.Counters[r] += count })
	}
}
