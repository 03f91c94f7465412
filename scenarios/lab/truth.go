package lab

import (
	"fmt"
	"slices"

	"swarmlab/protocol/krpc"
)

// idSpace knows the ids of nodes in order: the global view that no node has. Warm tables are drawn
// from it, and lookups are judged by it.
type idSpace struct {
	ids   []krpc.ID // ascending
	nodes []uint32  // which node has the id at that place
}

// newIDSpace takes the nodes that keep accepts.
func newIDSpace(d *identities, keep func(node uint32) bool) *idSpace {
	type entry struct {
		id   krpc.ID
		node uint32
	}
	all := make([]entry, 0, d.size)
	for node := range d.size {
		if keep(node) {
			all = append(all, entry{d.id(node), node})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return a.id.Cmp(b.id) })
	s := &idSpace{make([]krpc.ID, len(all)), make([]uint32, len(all))}
	for p, e := range all {
		s.ids[p], s.nodes[p] = e.id, e.node
	}
	return s
}

// add takes the nodes of a population that is not in the directory, if keep accepts them.
func (s *idSpace) add(p *population, keep func(node uint32) bool) {
	for i := range p.size {
		if !keep(p.first + i) {
			continue
		}
		id := p.group.ID(i)
		place, _ := slices.BinarySearchFunc(s.ids, id, krpc.ID.Cmp)
		s.ids, s.nodes = slices.Insert(s.ids, place, id), slices.Insert(s.nodes, place, p.first+i)
	}
}

// move gives a node another id.
func (s *idSpace) move(node uint32, from, to krpc.ID) {
	old, found := slices.BinarySearchFunc(s.ids, from, krpc.ID.Cmp)
	if !found || s.nodes[old] != node {
		panic(fmt.Sprintf("lab: node %d moves from an id that it does not have", node))
	}
	s.ids, s.nodes = slices.Delete(s.ids, old, old+1), slices.Delete(s.nodes, old, old+1)
	place, _ := slices.BinarySearchFunc(s.ids, to, krpc.ID.Cmp)
	s.ids, s.nodes = slices.Insert(s.ids, place, to), slices.Insert(s.nodes, place, node)
}

// span is a range of places in the order of ids.
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// half cuts a span, whose ids agree in all bits before bit, in those with a 0 there and a 1.
func (s *idSpace) half(in span, bit int) (zeros, ones span) {
	from, to := in.from, in.to
	for from < to {
		mid := int(uint(from+to) >> 1)
		if s.ids[mid].Bit(bit) == 0 {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return span{in.from, from}, span{from, in.to}
}

// sides cuts a span at a bit in those ids that have target's bit there and those that have not.
func (s *idSpace) sides(in span, target krpc.ID, bit int) (same, other span) {
	zeros, ones := s.half(in, bit)
	if target.Bit(bit) == 0 {
		return zeros, ones
	}
	return ones, zeros
}

// closest appends the places of the k ids closest to target that keep accepts, nearest first.
func (s *idSpace) closest(dst []int, target krpc.ID, k int, keep func(node uint32) bool) []int {
	return s.nearest(dst, span{0, len(s.ids)}, 0, target, len(dst)+k, keep)
}

func (s *idSpace) nearest(
	dst []int, in span, bit int, target krpc.ID, want int, keep func(node uint32) bool,
) []int {
	switch {
	case in.len() == 0 || len(dst) >= want:
		return dst
	case in.len() == 1:
		if keep(s.nodes[in.from]) {
			dst = append(dst, in.from)
		}
		return dst
	}
	same, other := s.sides(in, target, bit)
	dst = s.nearest(dst, same, bit+1, target, want, keep)
	return s.nearest(dst, other, bit+1, target, want, keep)
}
