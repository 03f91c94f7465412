package lab

import (
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// overlay is the one network that all groups of a scenario form: its nodes by their numbers in the
// world, their identities, when they are up, and the global view on them.
type overlay struct {
	scenario    *scenarios.Scenario
	seed        uint64
	ids         *identities
	space       *idSpace // of all nodes
	lives       *lives
	populations []*population
	observers   *observers         // nil: nobody observes
	sections    map[string]section // by the names of groups
	network     *netmodel.Network
	struck      []uint64   // nodes that each fault befalls
	gated       bool       // some nodes are behind NATs or firewalls
	world       *sim.World // that the overlay is simulated in, once there is one
	picked      []int      // scratch
	renamed     map[uint32]renaming
}

// section is the nodes of one group of the scenario.
type section struct{ first, size uint32 }

// newOverlay builds the nodes of a scenario: of each group those of its first client come first.
func newOverlay(
	s *scenarios.Scenario, seed uint64, laws *laws, observer dht.Observer,
) (*overlay, error) {
	nodes := s.Nodes()
	o := &overlay{scenario: s, seed: seed, ids: newIdentities(seed, nodes),
		sections: map[string]section{}}
	var err error
	if o.lives, err = newLives(s, seed, laws); err != nil {
		return nil, err
	}
	if o.network, err = newNetwork(s, seed); err != nil {
		return nil, err
	}
	o.struck = o.lives.suffer(o.network.Weather())
	o.gated = s.Network.NAT.Gated()
	first := uint32(0)
	for i := range s.Groups {
		g := &s.Groups[i]
		o.sections[g.Name] = section{first, uint32(g.Size)}
		o.ids.bind(first, uint32(g.Size), g.IDs.Secure())
		first += uint32(g.Size)
	}
	o.space = newIDSpace(o.ids, func(uint32) bool { return true })
	first = 0
	for i := range s.Groups {
		for _, portion := range s.Groups[i].Portions() {
			p, err := o.newPopulation(&s.Groups[i], portion, first, observer)
			if err != nil {
				return nil, err
			}
			o.populations = append(o.populations, p)
			first += p.size
		}
	}
	if o.observers, err = newObservers(o); err != nil {
		return nil, err
	}
	o.warm()
	return o, nil
}

// cores are the groups that the world calls, in the order of the nodes.
func (o *overlay) cores() []protocol.Datagrams {
	var all []protocol.Datagrams
	for _, p := range o.populations {
		all = append(all, p.cores())
	}
	return append(all, o.observers.cores()...)
}

// moves tells whether some nodes return at other addresses.
func (o *overlay) moves() bool {
	return slices.ContainsFunc(o.scenario.Groups, func(g scenarios.Group) bool {
		return g.Churn.NewAddress()
	})
}

// tidy has the directory forget contacts that no node knows any more. To be called between turns.
func (o *overlay) tidy() {
	groups := make([]*dht.Group, 0, len(o.populations)+2)
	for _, p := range o.populations {
		groups = append(groups, p.group)
	}
	if o.observers != nil {
		groups = append(groups, o.observers.planted.group, o.observers.vantages.Group)
	}
	o.ids.tidy(groups)
}

// idOf returns the id that a node has now.
func (o *overlay) idOf(node uint32) krpc.ID {
	if node >= o.ids.size {
		return o.observers.idOf(node)
	}
	p := o.of(node)
	return p.group.ID(node - p.first)
}

// renaming is the id of a node that has not, or not always had, the one it began with.
type renaming struct {
	id    krpc.ID
	count uint32 // of ids that were new when the node returned
}

// rename follows a node that takes another id, in the global view.
func (o *overlay) rename(node uint32, id krpc.ID) {
	was, again := o.renamed[node]
	if !again {
		was.id = o.ids.id(node)
	}
	o.space.move(node, was.id, id)
	if o.renamed == nil {
		o.renamed = map[uint32]renaming{}
	}
	o.renamed[node] = renaming{id, was.count}
}

// newID makes an id for a node that returns. It is bound to its address (BEP 42) if the first one
// was.
func (o *overlay) newID(node uint32, secure netmodel.Probability) krpc.ID {
	was, again := o.renamed[node]
	if !again {
		was.id = o.ids.id(node)
	}
	was.count++
	if o.renamed == nil {
		o.renamed = map[uint32]renaming{}
	}
	o.renamed[node] = was
	r := protocol.NewRand(o.seed, purposeRenewed|uint64(was.count)<<32, uint64(node))
	if o.ids.secured(node, secure) {
		return krpc.SecureID(o.world.AddrOf(node), byte(r.Uint64()), &r)
	}
	return krpc.RandomID(&r)
}

// seeds gives a joining node the addresses of different nodes that started before it. The very
// first one knows nobody; others find it.
func (o *overlay) seeds(node uint32, count int, dst []protocol.Addr) []protocol.Addr {
	if o.lives.churned || o.gated {
		return o.seedsNow(node, count, dst)
	}
	earlier := o.lives.earlier(node)
	r := protocol.NewRand(o.seed, purposeSeeds, uint64(node))
	for want := len(dst) + min(count, earlier); len(dst) < want; {
		addr := sim.AddrOf(o.lives.order[r.Intn(earlier)])
		if !slices.Contains(dst, addr) {
			dst = append(dst, addr)
		}
	}
	return dst
}

// drawsMost bounds the search for a node that is up: where one in a hundred is, it fails once in
// ten million times.
const drawsMost = 1600

// seedsNow is seeds where nodes come and go, or are behind NATs: it gives such as are up at this
// moment and let strangers in. Like the bootstrap nodes of the real network, they are found again
// when those of the first try were of no use. Planted nodes are among them.
func (o *overlay) seedsNow(node uint32, count int, dst []protocol.Addr) []protocol.Addr {
	now := o.world.Now()
	r := protocol.NewRand(o.seed, purposeSeeds, uint64(node)^protocol.Mix(uint64(now)))
	want, among := len(dst)+count, int(o.ids.size+o.observers.ownNodes().size)
	for range drawsMost {
		other := uint32(r.Intn(among))
		addr := o.world.AddrOf(other)
		if other == node || !o.lives.up(other, now) || !o.world.Welcomes(other) ||
			slices.Contains(dst, addr) {
			continue
		}
		if dst = append(dst, addr); len(dst) == want {
			break
		}
	}
	return dst
}

// anyUp returns a random node of a section that is up at a time, or any if none is found. The
// first draw is made by the caller, so that it can belong to a stream of others.
func (o *overlay) anyUp(draw uint32, of section, at protocol.Time, r *protocol.Rand) uint32 {
	node := of.first + draw
	for range drawsMost {
		if o.lives.up(node, at) {
			return node
		}
		node = of.first + uint32(r.Uint64n(uint64(of.size)))
	}
	return of.first + draw
}
