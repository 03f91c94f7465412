package swarm

import (
	"slices"

	"swarmlab/protocol"
)

// rank scores the peers by what they bring, or by what they take.
func (c *choker) rank(seeding bool, facts []fact) {
	for i := range facts {
		switch f := &facts[i]; {
		case !seeding:
			f.score = f.down
		case c.cfg.Seeding == AntiLeech:
			all, twice := uint64(c.geo.Pieces()), 2*uint64(f.held)
			f.score = max(all, twice) - min(all, twice)
		default:
			f.score = f.up
		}
	}
}

// ahead says whether a peer comes before another: the eligible first, of these those that are
// kept, and then the best.
func (f *fact) ahead(of *fact) bool {
	switch {
	case f.eligible != of.eligible:
		return f.eligible
	case f.kept != of.kept:
		return f.kept
	case f.score != of.score:
		return f.score > of.score
	}
	return f.tie > of.tie
}

func sortFacts(facts []fact) {
	slices.SortFunc(facts, func(x, y fact) int {
		if x.ahead(&y) {
			return -1
		}
		return 1
	})
}

// unchokeBest unchokes the best, and leaves room for the optimistic ones. snubs says that peers
// which snub are not among the best.
func (c *choker) unchokeBest(now protocol.Time, regular, snubs bool, facts []fact,
	r *protocol.Rand) {
	room := int(c.cfg.Slots - c.cfg.Optimistic)
	hopeful := c.hopeful(facts) - int(c.cfg.Optimistic) // in regular places, for want of better
	worst := uint64(0)
	for ; room > 0; room-- {
		best := c.best(snubs, facts)
		if best == nil || !best.kept && room <= hopeful {
			break
		}
		best.chosen = true
		c.seats[best.slot].optimistic = false
		worst = best.score
	}
	if room > 0 {
		worst = 0
	}
	c.hope(now, regular, room+int(c.cfg.Optimistic), facts, r)
	if snubs {
		reserve(regular, facts, worst)
	}
}

// best returns the first of those that may have a regular place and are not chosen yet, or nil.
func (c *choker) best(snubs bool, facts []fact) (best *fact) {
	for i := range facts {
		f := &facts[i]
		if f.chosen || !f.eligible || snubs && f.snubbed ||
			f.kept && c.seats[f.slot].optimistic {
			continue
		}
		if best == nil || f.ahead(best) {
			best = f
		}
	}
	return best
}

// hopeful returns how many optimistic places are to be kept.
func (c *choker) hopeful(facts []fact) (n int) {
	for i := range facts {
		if f := &facts[i]; f.kept && f.eligible && c.seats[f.slot].optimistic {
			n++
		}
	}
	return n
}

// reserve unchokes those that bring more than the worst of the best but want nothing at present.
// If they come to want something, they are at once among the best, and the worst is choked.
func reserve(regular bool, facts []fact, worst uint64) {
	for i := range facts {
		f := &facts[i]
		if !f.interested && !f.seed && !f.snubbed {
			f.chosen = f.kept || regular && f.score > worst
		}
	}
}

// hope unchokes peers regardless of what they bring. Those who were keep their place until the
// time for another comes; peers that connected since then are three times as likely to be next.
func (c *choker) hope(now protocol.Time, regular bool, room int, facts []fact,
	r *protocol.Rand) {
	rotate := regular && (c.round-1)%c.cfg.rounds() == 0
	for i := range facts {
		f := &facts[i]
		e := &c.seats[f.slot]
		if f.chosen || rotate || !f.eligible || room == 0 {
			e.optimistic = false
		}
		if e.optimistic {
			f.chosen = true
			room--
		}
	}
	for ; room > 0; room-- {
		i := c.draw(now, facts, r)
		if i < 0 {
			return
		}
		facts[i].chosen = true
		c.seats[facts[i].slot].optimistic = true
	}
}

// draw returns where one of the eligible is that are not chosen yet, or -1.
func (c *choker) draw(now protocol.Time, facts []fact, r *protocol.Rand) int {
	sum, at := uint64(0), -1
	for i := range facts {
		f := &facts[i]
		if f.chosen || !f.eligible {
			continue
		}
		weight := uint64(1)
		if now.Sub(c.seats[f.slot].joined) < c.cfg.Rotation {
			weight = 3
		}
		if sum += weight; r.Uint64n(sum) < weight {
			at = i
		}
	}
	return at
}

// takeTurns gives everybody the same time of a seed: those unchoked last stay, and others that
// are drawn take the places of those who had theirs for longest; every third time all stay.
func (c *choker) takeTurns(regular bool, facts []fact) {
	room, drawn := int(c.cfg.Slots), 0
	if regular && c.round%3 != 0 {
		drawn = int(c.cfg.Optimistic)
	}
	for i := range facts {
		f := &facts[i]
		f.score = 0
		if e := &c.seats[f.slot]; e.unchoked {
			f.score = uint64(e.since) + 1
			e.optimistic = false
		}
	}
	sortFacts(facts)
	able, old := 0, 0
	for able < len(facts) && facts[able].eligible {
		if facts[able].score > 0 {
			old++
		}
		able++
	}
	stay := min(old, room)
	stay = min(stay, room-min(drawn, able-old))
	for i := range facts[:able] {
		// Who had a place and lost it is not drawn again at once.
		lost := i >= stay && i < old
		facts[i].chosen = !lost && room > 0
		if facts[i].chosen {
			room--
		}
	}
}
