package swarm

import "swarmlab/protocol"

// fact is what the choker is told of one connection.
type fact struct {
	slot       slot
	interested bool   // it wants something from here
	snubbed    bool   // it unchoked, was asked, and sent nothing for a minute (Cohen 2003)
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
// every block, also those under way. If not, the peer's requests wait until it has sent more; call
// rechoke, for one that sent nothing of late loses its slot.
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
		f.eligible = f.interested && !f.seed &&
			(c.serves(seeding, f.given, f.taken) || f.down > 0)
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
