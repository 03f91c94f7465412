package lab

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// Plan is what the nodes of a run are and do, as it is decided before the run begins: all that
// another world than the simulator needs to do the same. Nodes are numbered as in the simulator.
type Plan struct {
	Nodes      []PlannedNode
	Operations []Operation // in the order of time
	Network    *netmodel.Network
	Warmup     protocol.Time // what begins before this is not measured
	End        protocol.Time
}

// PlannedNode is a node before it starts.
type PlannedNode struct {
	ID     krpc.ID
	Start  protocol.Time
	Seeds  []uint32 // numbers of the nodes that it knows
	Config dht.Config
}

// Operation is a lookup that a node is to begin. The Tag of its Request is its place in the plan.
type Operation struct {
	At      protocol.Time
	Node    uint32
	Kind    string // as in the scenario's workload
	Request dht.Request
}

// NewPlan returns what a run of the scenario with that seed does. Tables must be built by joining:
// warm ones are a simulator's convenience.
func NewPlan(s *scenarios.Scenario, seed uint64) (*Plan, error) {
	if s.Swarms() {
		return nil, errors.New("torrents: only DHT nodes are run on real sockets here; " +
			"see swarmlab torrent for peers")
	}
	if s.Ledgers() {
		return nil, errors.New("ledger: only DHT nodes are run on real sockets here; " +
			"see swarmlab torrent tracker for a tracker")
	}
	for n := range s.Groups {
		if g := &s.Groups[n]; g.Tables != scenarios.TablesJoin {
			return nil, fmt.Errorf("groups.%s.tables: real nodes have no %s tables: write %s",
				g.Name, g.Tables, scenarios.TablesJoin)
		} else if !g.Churn.None() {
			return nil, fmt.Errorf("groups.%s.churn: real nodes do not come and go: write none",
				g.Name)
		}
	}
	switch n := &s.Network; {
	case !n.NAT.None():
		return nil, errors.New("network.nat: real nodes are behind no NAT: write none")
	case !n.Links.None():
		return nil, errors.New("network.links: real nodes share one line: write none")
	case s.Observers() > 0:
		return nil, errors.New("crawl and probes: nobody observes real nodes: write none")
	case len(s.Faults) > 0:
		return nil, errors.New("faults: nothing goes wrong between real nodes: write none")
	}
	o, err := newOverlay(s, seed, new(laws), nil)
	if err != nil {
		return nil, err
	}
	p := &Plan{Warmup: protocol.Time(s.Warmup), End: protocol.Time(s.Duration)}
	for _, population := range o.populations {
		p.Nodes = append(p.Nodes, population.planned()...)
	}
	p.Operations = newWorkload(o).planned()
	p.Network = o.network
	return p, nil
}

// planned returns the nodes of a population.
func (p *population) planned() []PlannedNode {
	nodes := make([]PlannedNode, p.size)
	for i := range p.size {
		node := p.first + i
		n := PlannedNode{ID: p.overlay.ids.id(node), Start: p.overlay.lives.begin(node),
			Config: p.cfg}
		for _, addr := range p.seeds(i, nil) {
			seed, _ := sim.NodeOf(addr)
			n.Seeds = append(n.Seeds, seed)
		}
		nodes[i] = n
	}
	return nodes
}

// planned returns all operations.
func (w *workload) planned() []Operation {
	var all []Operation
	for n := range w.streams {
		st := &w.streams[n]
		for op := range st.count {
			at, node, r := w.draw(st, op)
			all = append(all, Operation{At: at, Node: node, Kind: st.spec.Kind,
				Request: w.request(st, node, st.first+op, at, &r)})
		}
	}
	slices.SortStableFunc(all, func(a, b Operation) int { return cmp.Compare(a.At, b.At) })
	for place := range all {
		all[place].Request.Tag = uint64(place)
	}
	return all
}

// Nearest returns the node closest to target, other than node i: the true answer of its lookup,
// if all nodes are up.
func (p *Plan) Nearest(i uint32, target krpc.ID) uint32 {
	best := i
	for n := range uint32(len(p.Nodes)) {
		distance := p.Nodes[n].ID.Xor(target)
		if n != i && (best == i || distance.Less(p.Nodes[best].ID.Xor(target))) {
			best = n
		}
	}
	return best
}
