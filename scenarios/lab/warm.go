package lab

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/sim"
)

// warm fills every table as in a network that has run for long: each bucket holds a uniform sample
// of the nodes that belong into it, and refreshes are due at times spread over the interval.
func (p *population) warm(seed uint64) {
	for i := range p.ids.size {
		r := protocol.NewRand(seed, purposeWarm, uint64(p.ids.first)+uint64(i))
		p.warmNode(i, &r)
	}
}

func (p *population) warmNode(i uint32, r *protocol.Rand) {
	own := p.ids.id(i)
	rest := span{0, len(p.space.ids)}
	for b := 0; b < p.cfg.Depth; b++ {
		size := p.cfg.Buckets[min(b, len(p.cfg.Buckets)-1)]
		if rest.len()-1 <= size { // it fits into the last bucket whole, but for the node itself
			p.fill(i, rest, rest.len(), r)
			break
		}
		if b == p.cfg.Depth-1 {
			p.fill(i, rest, size, r)
			break
		}
		same, other := p.space.sides(rest, own, b)
		p.fill(i, other, size, r)
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
func (p *population) fill(i uint32, from span, size int, r *protocol.Rand) {
	p.picked = p.picked[:0]
	size = min(size, from.len())
	for n := from.len() - size; n < from.len(); n++ {
		place := from.from + r.Intn(n+1)
		for _, have := range p.picked {
			if have == place {
				place = from.from + n
				break
			}
		}
		p.picked = append(p.picked, place)
	}
	for _, place := range p.picked {
		node := p.space.nodes[place]
		if node == i {
			continue
		}
		c := dht.Contact{ID: p.space.ids[place], Addr: sim.AddrOf(p.ids.first + node)}
		p.group.Fill(i, c, 0)
	}
}
