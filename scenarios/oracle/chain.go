package oracle

// chain evaluates a geometry exactly. A state is the round to be asked next: a sorted vector of
// distances. Nothing is ranged over in the order of a map, so that a result depends on the
// model alone.
type chain struct {
	*geometry
	dead   uint8             // stands for a contact that did not answer
	none   uint8             // stands for no contact
	nobody contacts          // no contact at all
	reply  [][]outcome       // by distance: what a node returns that misses the target
	known  map[int][]outcome // by key: what replies has computed
	merged *tally            // of replies
	states *tally            // of next
}

// settled is what the CDF may miss at its end.
const settled = 1e-6

func newChain(g *geometry) *chain {
	c := &chain{geometry: g, known: map[int][]outcome{}}
	c.dead, c.none = uint8(g.bits+1), uint8(g.bits+2)
	for i := range c.nobody {
		c.nobody[i] = c.none
	}
	keys := c.key(c.nobody) + 1
	c.merged, c.states = newTally(keys), newTally(keys)
	for d := range g.bits + 1 {
		c.reply = append(c.reply, c.replyOf(d))
	}
	return c
}

// key numbers the vectors; the largest is that of nobody.
func (c *chain) key(v contacts) int {
	n := 0
	for _, d := range v[:c.alpha] {
		n = n*(int(c.none)+1) + int(d)
	}
	return n
}

// replyOf returns what a queried node at distance d answers when it does not hand out the
// target. The probabilities add up to that of not doing so, 1-(1-f)s(d).
func (c *chain) replyOf(d int) []outcome {
	var out []outcome
	if miss := (1 - c.stale) * (1 - c.direct[d]); miss > 0 {
		out = c.answers(d, min(c.alpha, c.beta), miss)
	}
	if c.stale > 0 {
		silent := c.nobody
		for i := range c.alpha {
			silent[i] = c.dead
		}
		out = append(out, outcome{silent, c.stale})
	}
	return out
}

// cdf runs the chain until nothing worth mention is left.
func (c *chain) cdf() []float64 {
	found, states := c.first()
	cdf := []float64{found}
	for found < 1-settled {
		hit := 0.0
		for _, s := range states {
			hit += s.p * c.hit(s.contacts)
		}
		states = c.next(states)
		found = min(found+hit, 1)
		cdf = append(cdf, found)
	}
	return cdf
}

// first returns the probability that the initiator knows the target, and the first round if not:
// the alpha best of its own bucket.
func (c *chain) first() (float64, []outcome) {
	found := 0.0
	var states []outcome
	p := 1.0
	for d := c.bits; d >= 0; d-- {
		if d > 0 {
			p /= 2
		}
		found += p * c.direct[d]
		if miss := p * (1 - c.direct[d]); miss > 0 {
			states = append(states, c.answers(d, c.alpha, miss)...)
		}
	}
	for _, o := range states {
		c.states.add(c.key(o.contacts), o.contacts, o.p)
	}
	return found, c.states.drain()
}

// hit returns P[S|x], the probability that a round returns the target.
func (c *chain) hit(x contacts) float64 {
	miss := 1.0
	for _, d := range x[:c.alpha] {
		if d < c.dead {
			miss *= 1 - (1-c.stale)*c.direct[d]
		}
	}
	return 1 - miss
}

// next moves every state on by one round that misses the target.
func (c *chain) next(states []outcome) []outcome {
	for _, s := range states {
		far := c.farthest(s.contacts)
		for _, o := range c.replies(s.contacts) {
			v := c.settle(c.refill(o.contacts, far))
			c.states.add(c.key(v), v, s.p*o.p)
		}
	}
	return c.states.drain()
}

// replies returns what the nodes of x answer together when none hands out the target: the
// replies of all but the last, merged with those of the last.
func (c *chain) replies(x contacts) []outcome {
	last := c.alpha - 1
	for last >= 0 && x[last] == c.none {
		last--
	}
	if last < 0 {
		return []outcome{{c.nobody, 1}}
	}
	key := c.key(x)
	if known, ok := c.known[key]; ok {
		return known
	}
	others := x
	others[last] = c.none
	// The recursion comes first: it uses the same tally.
	for _, a := range c.replies(others) {
		for _, b := range c.reply[x[last]] {
			v := c.settle(c.merge(a.contacts, b.contacts))
			c.merged.add(c.key(v), v, a.p*b.p)
		}
	}
	c.known[key] = c.merged.drain()
	return c.known[key]
}

// farthest returns the largest distance in a state.
func (c *chain) farthest(x contacts) uint8 {
	far := x[0]
	for _, d := range x[:c.alpha] {
		if d < c.dead {
			far = d
		}
	}
	return far
}

// refill replaces the places of contacts that did not answer with contacts as far away as the
// farthest of the round, which stand for the rest of the shortlist.
func (c *chain) refill(v contacts, far uint8) contacts {
	for i, d := range v {
		if d == c.dead {
			v[i] = far
		}
	}
	return v
}
