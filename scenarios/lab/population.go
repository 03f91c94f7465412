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
	purposeRecord
	purposeZone
	purposeRenewed
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
	p.cfg.Secret = secretOf(o.seed, first)
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

// secretOf draws the secret of the tokens of the nodes from a number on.
func secretOf(seed uint64, first uint32) (secret [16]byte) {
	r := protocol.NewRand(seed, purposeSecret, uint64(first))
	binary.LittleEndian.PutUint64(secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(secret[8:], r.Uint64())
	return secret
}

// cores are the population as the world calls it.
func (p *population) cores() protocol.Datagrams {
	c := &p.spec.Churn
	if c.Table == scenarios.TableKept || c.NewID() || c.NewAddress() {
		return returner{p.group, p}
	}
	return p.group
}

// seeds gives a joining node the addresses at which it looks for the network. A node of a warm
// group, which has no settings of a join, knows one when it comes back.
func (p *population) seeds(i uint32, dst []protocol.Addr) []protocol.Addr {
	return p.overlay.seeds(p.first+i, max(p.spec.Join.Bootstrap, 1), dst)
}

// rebound follows a node that takes another id because its address demands it (BEP 42). From now on
// that is its id in the global view; to the directory it is a stranger, and whoever has it in its
// table by the old id has a stale contact.
func (p *population) rebound(i uint32, id krpc.ID) { p.overlay.rename(p.first+i, id) }

// returner is a population whose nodes remember contacts while they are down, as programs do that
// save their state, or that are known by another id or at another address when they return.
type returner struct {
	*dht.Group
	population *population
}

// keptMost is how many contacts a node remembers: a program's file has a few hundred, which in a
// large network would take more memory than all tables, and a join asks only the closest few.
const keptMost = 64

// Drop implements protocol.Group. What is new is new from now on: nobody can tell before the
// return.
func (r returner) Drop(i uint32) {
	p, o := r.population, r.population.overlay
	c, node := &p.spec.Churn, p.first+i
	var known []dht.Contact
	if c.Table == scenarios.TableKept {
		known = r.State(i, o.world.Now()).Contacts
	}
	r.Group.Drop(i)
	if c.NewAddress() {
		o.world.Move(node)
	}
	if c.NewID() && node < o.ids.size { // observers' own nodes keep the ids that they were given
		id := o.newID(node, p.spec.IDs.Secure())
		r.Assign(i, id)
		o.rename(node, id)
	}
	if known != nil {
		r.Remember(i, known[:min(len(known), keptMost)])
	}
}

// of returns the population to which a node belongs; observers' own nodes have one, too.
func (o *overlay) of(node uint32) *population {
	if node >= o.ids.size {
		return o.observers.planted
	}
	after := sort.Search(len(o.populations), func(n int) bool {
		return o.populations[n].first > node
	})
	return o.populations[after-1]
}
