package lab

import (
	"slices"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// warm fills the tables of warm groups as in a network that has run for long: each bucket holds a
// uniform sample of the nodes that belong into it, are up at the start and are behind no NAT that
// would keep strangers out, and refreshes are due at times spread over the interval. Where nodes
// come and go, contacts were last heard from at times spread over that for which they are good:
// were they all as old, all nodes would doubt, and ping, all of them in the same minute.
func (o *overlay) warm() {
	members, all := 0, true
	present := func(node uint32) bool {
		return o.of(node).spec.Tables == scenarios.TablesWarm && o.lives.atStart(node)
	}
	known := func(node uint32) bool {
		return present(node) && o.network.Class(node) <= netmodel.FullCone
	}
	for node := range o.ids.size {
		if known(node) {
			members++
		} else {
			all = false
		}
	}
	space := o.space
	if members == 0 {
		return
	}
	populations := o.populations
	if own := o.observers.settled(); own != nil {
		space, all = newIDSpace(o.ids, known), false
		space.add(own, known)
		populations = append(slices.Clip(populations), own)
	} else if !all {
		space = newIDSpace(o.ids, known)
	}
	for _, p := range populations {
		for i := range p.size {
			if all || present(p.first+i) {
				r := protocol.NewRand(o.seed, purposeWarm, uint64(p.first+i))
				p.warmNode(i, space, &r)
			}
		}
	}
}

func (p *population) warmNode(i uint32, space *idSpace, r *protocol.Rand) {
	own := p.group.ID(i)
	rest, self := span{0, len(space.ids)}, 0
	if _, among := slices.BinarySearchFunc(space.ids, own, krpc.ID.Cmp); among {
		self = 1
	}
	for b := 0; b < p.cfg.Depth; b++ {
		size := p.cfg.Buckets[min(b, len(p.cfg.Buckets)-1)]
		if rest.len() <= size+self { // it fits into the last bucket whole, but for the node itself
			p.fill(i, space, rest, rest.len(), r)
			break
		}
		if b == p.cfg.Depth-1 {
			p.fill(i, space, rest, size, r)
			break
		}
		same, other := space.sides(rest, own, b)
		p.fill(i, space, other, size, r)
		rest = same
	}
	refresh := uint64(p.cfg.Refresh)
	for b := range p.group.Depth(i) {
		if refresh > 0 {
			p.group.RefreshAt(i, b, protocol.Time(r.Uint64n(refresh)).Add(time.Second))
		}
	}
}

// fill enters a sample, without replacement, of a span into node i's table (Floyd's algorithm).
func (p *population) fill(i uint32, space *idSpace, from span, size int, r *protocol.Rand) {
	picked := p.overlay.picked[:0]
	size = min(size, from.len())
	for n := from.len() - size; n < from.len(); n++ {
		place := from.from + r.Intn(n+1)
		for _, have := range picked {
			if have == place {
				place = from.from + n
				break
			}
		}
		picked = append(picked, place)
	}
	p.overlay.picked = picked
	for _, place := range picked {
		if node := space.nodes[place]; node != p.first+i {
			heard := protocol.Time(0)
			if !p.spec.Churn.None() {
				heard = -protocol.Time(r.Uint64n(uint64(p.cfg.GoodFor)))
			}
			p.group.Fill(i, dht.Contact{ID: space.ids[place], Addr: sim.AddrOf(node)}, heard)
		}
	}
}
