package swarm

import (
	"slices"
	"time"

	"swarmlab/protocol"
)

// snubAfter is how long a peer may have us unchoked and asked, and send nothing, before it snubs
// (Cohen 2003).
const snubAfter = 60 * time.Second

// fact is what the choker is told of one connection.
type fact struct {
	slot       slot
	interested bool   // it wants something from here
	snubbed    bool   // it unchoked, was asked, and sent nothing for snubAfter
	opened     bool   // it does not choke us
	seed       bool   // it has everything, or wants nothing more: never unchoked
	held       uint32 // pieces that it has
	down, up   uint64 // bytes in the last 20 seconds, from it and to it
	taken      uint64 // bytes that it sent, in all
	given      uint64 // bytes that it was sent, in all

	// Of the decision.
	score    uint64 // who has more comes first
	tie      uint64 // random
	eligible bool
	chosen   bool
	kept     bool // unchoked before, and no new decision is due: comes before the others
}

// change is one decision.
type change struct {
	slot    slot
	unchoke bool
}

// choker decides who is unchoked, for one torrent at one peer. It keeps who is; the caller sends
// the messages. rechoke is called when due says so, and besides when an unchoked peer leaves or
// changes its interest, or may not be served any more; it then fills what became free, and
// otherwise leaves all as it is.
type choker struct {
	cfg    ChokerConfig
	geo    Geometry
	seats  []seat  // by slot
	bribes []bribe // by slot, of Tyrant and PropShare
	next   protocol.Time
	round  uint32 // regular decisions so far
	taken  int    // seats
}

// seat is what the choker keeps of one connection.
type seat struct {
	joined     protocol.Time
	since      protocol.Time // of the last unchoke
	present    bool
	unchoked   bool
	optimistic bool
}

// reset empties the choker and keeps its memory.
func (c *choker) reset(cfg ChokerConfig, g Geometry) {
	*c = choker{cfg: cfg, geo: g, seats: c.seats[:0], bribes: c.bribes[:0]}
}

// join adds a connection, which is choked. The slot must be free.
func (c *choker) join(now protocol.Time, s slot) {
	for len(c.seats) <= int(s) {
		c.seats = append(c.seats, seat{})
		if c.cfg.divides() {
			c.bribes = append(c.bribes, bribe{})
		}
	}
	if c.taken++; c.taken == 1 {
		c.next = now
	}
	c.seats[s] = seat{joined: now, present: true}
	if c.cfg.divides() {
		c.bribes[s] = c.newBribe()
	}
}

// leave removes one. If it says true, a slot became free: call rechoke.
func (c *choker) leave(s slot) bool {
	free := c.seats[s].unchoked
	c.seats[s] = seat{}
	c.taken--
	return free
}

// due returns when the next regular decision is to be made: Never without connections.
func (c *choker) due() protocol.Time {
	if c.taken == 0 {
		return protocol.Never
	}
	return c.next
}

// unchoked says whether a peer is unchoked.
func (c *choker) unchoked(s slot) bool { return c.seats[s].unchoked }

// optimistic says whether a peer is unchoked to see what it gives.
func (c *choker) optimistic(s slot) bool { return c.seats[s].optimistic }

// serves says whether the rule lets another block go to an unchoked peer: BlockTitForTat counts
// every block, also those under way. If not, call rechoke.
func (c *choker) serves(seeding bool, given, taken uint64) bool {
	return seeding || c.cfg.Leeching != BlockTitForTat || given < taken+c.cfg.Deficit
}

// rechoke decides. facts has every connection once, in any order, and is reordered. seeding says
// that everything is there. It appends what changes, chokes first.
func (c *choker) rechoke(now protocol.Time, seeding bool, facts []fact, r *protocol.Rand,
	dst []change) []change {
	regular := now >= c.next
	if regular {
		c.next = now.Add(c.cfg.Period)
		c.round++
	}
	for i := range facts {
		f := &facts[i]
		f.tie, f.chosen = r.Uint64(), false
		f.eligible = f.interested && !f.seed && c.serves(seeding, f.given, f.taken)
		f.kept = !regular && c.seats[f.slot].unchoked
	}
	switch {
	case c.cfg.Leeching == FreeRider:
	case seeding && c.cfg.Seeding == RoundRobin:
		c.takeTurns(regular, facts)
	case !seeding && c.cfg.Leeching == Tyrant:
		c.bribe(now, regular, facts)
	case !seeding && c.cfg.Leeching == PropShare:
		c.share(now, regular, facts, r)
	default:
		c.rank(seeding, facts)
		c.unchokeBest(now, regular, !seeding, facts, r)
	}
	return c.carryOut(now, facts, dst)
}

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

// sortFacts puts the eligible first, of these those that are kept, and then the best.
func sortFacts(facts []fact) {
	slices.SortFunc(facts, func(x, y fact) int {
		switch {
		case x.eligible != y.eligible:
			return less(x.eligible)
		case x.kept != y.kept:
			return less(x.kept)
		case x.score != y.score:
			return less(x.score > y.score)
		}
		return less(x.tie > y.tie)
	})
}

func less(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

// unchokeBest unchokes the best, and leaves room for the optimistic ones. snubs says that peers
// which snub are not among the best.
func (c *choker) unchokeBest(now protocol.Time, regular, snubs bool, facts []fact,
	r *protocol.Rand) {
	sortFacts(facts)
	room := int(c.cfg.Slots - c.cfg.Optimistic)
	worst := uint64(0)
	for i := range facts {
		f := &facts[i]
		if room == 0 || !f.eligible {
			break
		}
		if snubs && f.snubbed || f.kept && c.seats[f.slot].optimistic {
			continue
		}
		f.chosen = true
		c.seats[f.slot].optimistic = false
		worst = f.score
		room--
	}
	if room > 0 {
		worst = 0
	}
	c.hope(now, regular, room+int(c.cfg.Optimistic), facts, r)
	if snubs {
		reserve(facts, worst)
	}
}

// reserve unchokes those that bring more than the worst of the best but want nothing at present.
// If they come to want something, they are at once among the best, and the worst is choked.
func reserve(facts []fact, worst uint64) {
	for i := range facts {
		f := &facts[i]
		if !f.interested && !f.seed && !f.snubbed && f.score > worst {
			f.chosen = true
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

// carryOut makes the decisions those of the seats.
func (c *choker) carryOut(now protocol.Time, facts []fact, dst []change) []change {
	for _, f := range facts {
		if e := &c.seats[f.slot]; e.unchoked && !f.chosen {
			e.unchoked, e.optimistic = false, false
			dst = append(dst, change{f.slot, false})
		}
	}
	for _, f := range facts {
		if e := &c.seats[f.slot]; f.chosen && !e.unchoked {
			e.unchoked, e.since = true, now
			dst = append(dst, change{f.slot, true})
		}
	}
	return dst
}
