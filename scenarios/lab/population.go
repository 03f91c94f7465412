package lab

import (
	"encoding/binary"
	"fmt"
	"sort"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
)

// Purposes of the random streams of a scenario. Each is a stream of its own for every index, so
// that one more draw for one thing changes nothing for the others.
const (
	purposeIdentity = 0x69640000 + iota
	purposeWarm
	purposeJoin
	purposeSeeds
	purposeSecret
	purposeWork
	purposeKey
	purposeBound
	purposeInstead
	purposeSample
	purposeStorm
)

// population is the nodes of one group that run one client, built. Their numbers in the world
// follow each other.
type population struct {
	overlay *overlay
	spec    *scenarios.Group
	client  string
	cfg     dht.Config
	group   *dht.Group
	first   uint32 // number in the world of its first node
	size    uint32
	watched []uint32 // nodes whose tables are sampled
	asked   uint64   // queries that lookups of the workload sent, of those that ended
}

// newPopulation makes a population whose nodes are numbered in the world from first on.
func (o *overlay) newPopulation(
	spec *scenarios.Group, portion scenarios.Portion, first uint32, observer dht.Observer,
) (*population, error) {
	p := &population{
		overlay: o, spec: spec, client: portion.Client, first: first, size: uint32(portion.Size),
		cfg: o.scenario.Config(spec, portion.Client),
	}
	r := protocol.NewRand(o.seed, purposeSecret, uint64(first))
	binary.LittleEndian.PutUint64(p.cfg.Secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(p.cfg.Secret[8:], r.Uint64())
	env := dht.Env{Directory: o.ids, Observer: observer, Seeds: p.seeds}
	if p.cfg.SecureIDs != dht.SecureIDsIgnored {
		env.Rebound = p.rebound
	}
	group, err := dht.New(p.cfg, env, portion.Size)
	if err != nil {
		return nil, fmt.Errorf("group %q, client %s: %w", spec.Name, portion.Client, err)
	}
	p.group = group
	for i := range p.size {
		group.Assign(i, o.ids.id(first+i))
	}
	return p, nil
}

// cores are the population as the world calls it.
func (p *population) cores() protocol.Datagrams {
	if p.spec.Churn.Table == scenarios.TableKept {
		return keeper{p.group, p.overlay}
	}
	return p.group
}

// seeds gives a joining node the addresses at which it looks for the network.
func (p *population) seeds(i uint32, dst []protocol.Addr) []protocol.Addr {
	// Warm nodes have no setting for it: they find one node when they return.
	return p.overlay.seeds(p.first+i, max(p.spec.Join.Bootstrap, 1), dst)
}

// rebound follows a node that takes another id because its address demands it (BEP 42). From now on
// that is its id in the global view; to the directory it is a stranger, and whoever has it in its
// table by the old id has a stale contact. It happens once, because addresses stay.
func (p *population) rebound(i uint32, id krpc.ID) {
	node := p.first + i
	p.overlay.space.move(node, p.overlay.ids.id(node), id)
}

// keeper is a population whose nodes remember contacts while they are down, as programs do that
// save their state.
type keeper struct {
	*dht.Group
	overlay *overlay
}

// keptMost is how many contacts a node remembers: a program's file has a few hundred, which in a
// large network would take more memory than all tables, and a join asks only the closest few.
const keptMost = 64

// Drop implements protocol.Group.
func (k keeper) Drop(i uint32) {
	known := k.State(i, k.overlay.world.Now()).Contacts
	k.Group.Drop(i)
	k.Remember(i, known[:min(len(known), keptMost)])
}

// of returns the population to which a node belongs.
func (o *overlay) of(node uint32) *population {
	after := sort.Search(len(o.populations), func(n int) bool {
		return o.populations[n].first > node
	})
	return o.populations[after-1]
}
