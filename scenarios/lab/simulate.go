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
	groups, pops, err := populate(s, j.seed, rec)
	if err != nil {
		return nil, err
	}
	nodes := 0
	for _, g := range groups {
		nodes += g.Len()
	}
	netCfg, err := s.NetworkConfig(nodes)
	if err != nil {
		return nil, err
	}
	netCfg.Seed = j.seed
	network, err := netmodel.New(netCfg)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	run := &results.Run{Cell: j.cell.Index, Seed: j.seed, Nodes: nodes}
	rec.work = newWorkload(s, j.seed, pops)
	world := sim.New(sim.Config{
		Seed: j.seed, Groups: groups, Network: network, Actor: rec.work,
		Checkpoint: func(c sim.Checkpoint) { run.Checkpoints = append(run.Checkpoints, c) },
	})
	rec.world = world
	for n := range s.Groups {
		p := pops[s.Groups[n].Name]
		for i, at := range p.starts {
			world.StartAt(p.ids.first+uint32(i), at)
		}
	}
	rec.work.schedule(world)
	if err := j.advance(ctx, world, protocol.Time(s.Duration)); err != nil {
		return nil, err
	}
	world.Audit()
	collect(run, world, rec, s, pops)
	return run, nil
}

// populations are the groups of a scenario by their names.
type populations map[string]*population

// populate builds the groups of a scenario.
func populate(
	s *scenarios.Scenario, seed uint64, observer dht.Observer,
) ([]protocol.Datagrams, populations, error) {
	var groups []protocol.Datagrams
	byName := make(populations)
	first := 0
	for n := range s.Groups {
		spec := &s.Groups[n]
		p, err := newPopulation(spec, seed, first, observer)
		if err != nil {
			return nil, nil, err
		}
		groups = append(groups, p.group)
		byName[spec.Name] = p
		first += spec.Size
	}
	return groups, byName, nil
}

// advance runs the world to its end, a simulated second at a time.
func (j *job) advance(ctx context.Context, w *sim.World, end protocol.Time) error {
	for now := protocol.Time(0); now < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		now = min(now.Add(time.Second), end)
		w.Run(now)
		if j.progress != nil {
			j.progress(now, end, w.Tally().Events)
		}
	}
	return nil
}

// collect reads what the world and the cores have counted.
func collect(
	run *results.Run, w *sim.World, rec *recorder, s *scenarios.Scenario, pops populations,
) {
	run.Lookups, run.Ended = rec.rows, rec.ended
	for _, st := range rec.work.streams {
		run.Asked += int(st.count)
	}
	run.Fingerprint, run.Ledger, run.Tally = w.Fingerprint(), w.Ledger(), w.Tally()
	for n := range s.Groups {
		counters := pops[s.Groups[n].Name].group.Counters()
		counters.Each(func(r dht.Reason, count uint64) { run.Counters[r] += count })
	}
}
