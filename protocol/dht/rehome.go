package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// rehome gives a running node another id. Its contacts go into the buckets of that id, as far as
// there is room, the good ones first; then it joins again, to find its new neighbours. What it
// stores stays, and queries in flight go on; but how the lookups end that it did for its table, or
// to join as the old id, is of no consequence any more.
func (g *Group) rehome(i uint32, t *protocol.Turn, id krpc.ID) {
	n := &g.nodes[i]
	moved := g.scratch.rehomed[:0]
	for b := range int(n.depth) {
		for _, s := range g.bucket(i, b) {
			if s.used() {
				moved = append(moved, s)
			}
		}
	}
	settled := len(moved)
	for _, s := range g.table(i)[g.offset[g.cfg.Depth]:] {
		if s.used() {
			moved = append(moved, s)
		}
	}
	clear(g.table(i))
	clear(g.dues(i))
	n.id, n.depth, n.joined, n.misses, n.maintain = id, 1, false, 0, t.Now
	if g.vigils != nil {
		g.vigils[i] = vigil{}
	}
	for x := n.lookups; x != nilIndex; x = g.searches.at(x).next {
		if l := g.searches.at(x); l.purpose != purposeUser {
			l.purpose, l.filling = purposeLookup, false
		}
	}
	g.scratch.rehomed = moved
	for pass := range 2 {
		for p, s := range moved {
			if first := p < settled && g.isGood(s, t.Now); first == (pass == 0) {
				g.resettle(i, s, p < settled)
			}
		}
	}
	for b := range int(n.depth) {
		g.changed(i, b, t.Now)
	}
}

// resettle puts a contact into the bucket of the present own id, or into its reserve.
func (g *Group) resettle(i uint32, s slot, live bool) {
	n := &g.nodes[i]
	id, addr := g.env.Directory.Contact(s.ref)
	if id == n.id {
		return
	}
	for {
		b := n.bucketOf(id)
		bucket := g.bucket(i, b)
		if g.cfg.Diverse && !g.diverse(i, b, addr) { // it was in another bucket than that one
			return
		}
		if p := room(bucket); live && p >= 0 {
			bucket[p] = s
			return
		}
		if !live || !g.splittable(n, b) {
			g.stow(i, b, s)
			return
		}
		g.split(i)
	}
}
