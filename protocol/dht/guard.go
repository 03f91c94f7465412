package dht

// guard is what a node needs for its protection, and most nodes do not: a part exists from its
// first use on, and only where the configuration asks for it.
type guard struct {
	tokens  uint32 // queries that may still be answered at once
	second  uint32 // when tokens were given out last
	sources uint32 // how much others send, in the pool sources; nilIndex if there is none
	voters  uint32 // what others take our address for, in the pool ballots; likewise
}

// guarded returns the guard of node i. It is valid until another node gets its own.
func (g *Group) guarded(i uint32) *guard {
	n := &g.nodes[i]
	if n.guard == nilIndex {
		n.guard = g.guards.take()
		*g.guards.at(n.guard) = guard{
			tokens: uint32(g.cfg.QueryBurst), sources: nilIndex, voters: nilIndex,
		}
	}
	return g.guards.at(n.guard)
}

// unguard gives back what a node had for its protection.
func (g *Group) unguard(n *node) {
	if n.guard == nilIndex {
		return
	}
	own := g.guards.at(n.guard)
	if own.sources != nilIndex {
		g.sources.release(own.sources)
	}
	if own.voters != nilIndex {
		g.ballots.release(own.voters)
	}
	g.guards.release(n.guard)
	n.guard = nilIndex
}
