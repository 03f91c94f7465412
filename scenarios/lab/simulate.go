package lab

import (
	"context"
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics"
	"swarmlab/sim"
)

// job is one run to be done.
type job struct {
	cell     scenarios.Cell
	seed     uint64
	cost     float64 // estimated
	share    float64 // of it that is done
	laws     *laws
	found    bool // in the store, and not done again
	progress func(now, end protocol.Time, events uint64)
	plant    func(protocol.Datagrams) protocol.Datagrams // changes all nodes; nil outside of tests
}

// simulate does one run. It stops early, with the context's error, when that is cancelled, and with
// an error when the run exceeds its budget.
func simulate(ctx context.Context, j *job) (*findings.Run, error) {
	s := j.cell.Scenario
	if s.Swarms() {
		return simulateSwarms(ctx, j)
	}
	if s.Ledgers() {
		return simulateLedgers(ctx, j)
	}
	rec := &recorder{cell: int32(j.cell.Index), seed: j.seed, warmup: protocol.Time(s.Warmup)}
	o, err := newOverlay(s, j.seed, j.laws, rec)
	if err != nil {
		return nil, err
	}
	run := &findings.Run{Cell: j.cell.Index, Seed: j.seed, Nodes: s.Nodes(),
		Paths: pathsOf(o.network, s.Nodes(), j.seed)}
	rec.work = newWorkload(o)
	limit := newBudget(ctx, s.Budget)
	var world *sim.World
	world = sim.New(sim.Config{
		Seed: j.seed, Groups: j.cores(o), Network: o.network, Actor: rec.work, Moves: o.moves(),
		Checkpoint: func(c sim.Checkpoint) { run.Checkpoints = append(run.Checkpoints, c) },
		Pulse:      func() { limit.pulse(world) },
	})
	rec.world, o.world = world, world
	o.lives.schedule(world, protocol.Time(s.Duration))
	o.observers.schedule(world)
	rec.work.schedule(world)
	watch := newSampler(o, rec.work, rec.cell)
	rec.records = watch.records
	if err := j.advance(limit, world, watch); err != nil {
		return nil, err
	}
	world.Audit()
	run.Series, run.Clients, run.Measured = watch.rows, watch.runs(), watch.end.Sub(watch.from)
	run.Buckets, run.Records = watch.buckets, watch.records.rows
	collect(run, world, rec, o)
	o.observers.report(run, world.Now())
	if run.Churn, err = churnSeen(s, j.seed, j.laws); err != nil {
		return nil, err
	}
	if s.Transient != "" {
		metrics.CutTransient(run, s.Transient)
	}
	return run, nil
}

// cores are the groups of an overlay as the world calls them.
func (j *job) cores(o *overlay) []protocol.Datagrams {
	all := o.cores()
	for n := range all {
		if j.plant != nil {
			all[n] = j.plant(all[n])
		}
	}
	return all
}

// newNetwork builds the network of one run.
func newNetwork(s *scenarios.Scenario, seed uint64) (*netmodel.Network, error) {
	config, err := s.NetworkConfig(s.Nodes() + s.Observers())
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
func (j *job) advance(limit *budget, w *sim.World, watch *sampler) error {
	end := watch.end
	watch.tick(0)
	for now := protocol.Time(0); now < end; {
		if err := limit.check(w); err != nil {
			return err
		}
		now = min(now.Add(time.Second), end)
		w.Run(now)
		watch.tick(now)
		watch.overlay.tidy()
		if j.progress != nil {
			j.progress(now, end, w.Tally().Events)
		}
	}
	return nil
}

// collect reads what the world and the cores have counted.
func collect(run *findings.Run, w *sim.World, rec *recorder, o *overlay) {
	run.Lookups, run.Ended = rec.rows, rec.ended
	run.Asked = rec.work.asked()
	run.Terrain = findings.Terrain{Gated: o.gated, Narrow: o.scenario.Narrow()}
	for n, hits := range w.FaultHits() {
		run.Terrain.Faults = append(run.Terrain.Faults,
			findings.FaultHits{Fault: o.scenario.Faults[n].String(), Datagrams: hits,
				Nodes: o.struck[n]})
	}
	run.Fingerprint, run.Ledger, run.Tally = w.Fingerprint(), w.Ledger(), w.Tally()
	for _, p := range o.populations {
		counters := p.group.Counters()
		counters.Each(func(r dht.Reason, count uint64) { run.Counters[r] += count })
	}
}
