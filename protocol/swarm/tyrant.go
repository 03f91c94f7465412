package swarm

import (
	"time"

	"swarmlab/protocol"
)

const (
	minCost   = 1024    // bytes per second: less is no offer
	maxUpload = 1 << 31 // bytes per second
	tyrantUp  = 5       // a peer that did not answer in kind costs a fifth more
	tyrantOff = 10      // one that did for tyrantFor rounds a tenth less
	tyrantFor = 3
)

// bribe is what BitTyrant reckons of one peer, in bytes per second (section 4 of the paper); of
// PropShare it holds only what the peer is to be sent. Rates are of the last 20 seconds, where the
// papers take those of the last decision's period.
type bribe struct {
	cost   uint32 // what has to be sent so that it unchokes
	value  uint32 // what it sends when it does
	held   uint32 // pieces that it had at the last decision
	kept   uint8  // decisions since which it unchokes and is unchoked, at most tyrantFor
	opened uint8  // decisions since which it unchokes, at most 255
	known  bool   // the value was seen
}

// newBribe returns the first guess: what an equal share of the upload buys.
func (c *choker) newBribe() bribe {
	guess := uint32(max(minCost, c.cfg.Upload/uint64(max(1, c.cfg.Slots))))
	return bribe{cost: guess, value: guess}
}

// allowance returns the bytes per second that an unchoked peer is to be sent, 0 for any.
func (c *choker) allowance(s slot) uint64 {
	if !c.cfg.divides() {
		return 0
	}
	return uint64(c.bribes[s].cost)
}

// bribe unchokes those that give most for what they cost, until the upload is spent.
func (c *choker) bribe(now protocol.Time, regular bool, facts []fact) {
	for i := range facts {
		f := &facts[i]
		if regular {
			c.learn(now, f)
		}
		b := &c.bribes[f.slot]
		f.score = uint64(b.value) << 24 / uint64(b.cost)
	}
	sortFacts(facts)
	left := c.cfg.Upload
	for i := range facts {
		f := &facts[i]
		cost := uint64(c.bribes[f.slot].cost)
		if !f.eligible || cost > left {
			break
		}
		f.chosen = true
		left -= cost
	}
}

// learn draws the conclusions from what a peer did since the last regular decision.
func (c *choker) learn(now protocol.Time, f *fact) {
	b, e := &c.bribes[f.slot], &c.seats[f.slot]
	if paid := e.unchoked && now.Sub(e.since) >= c.cfg.Period; paid {
		b.pay(f.opened, c.cfg.Upload)
	}
	if b.opened++; b.opened == 0 {
		b.opened--
	}
	if !f.opened {
		b.opened = 0
	}
	fresh := uint64(f.held-min(f.held, b.held)) * uint64(c.geo.PieceLength)
	switch {
	case f.opened && f.down > 0:
		over := min(rateWindow, time.Duration(b.opened)*c.cfg.Period)
		b.value = uint32(min(f.down*1000/uint64(over/time.Millisecond), maxUpload))
		b.known = true
	case !b.known && b.held > 0 && fresh > 0:
		b.value = equalSplit(fresh * 1000 / uint64(c.cfg.Period/time.Millisecond))
	}
	b.held = f.held
}

// pay raises or lowers the cost after a period in which the peer was unchoked.
func (b *bribe) pay(opened bool, upload uint64) {
	if !opened {
		b.kept = 0
		b.cost = uint32(max(minCost, min(uint64(b.cost)+uint64(b.cost)/tyrantUp, upload)))
		return
	}
	if b.kept = min(b.kept+1, tyrantFor); b.kept == tyrantFor {
		b.cost = max(minCost, b.cost-b.cost/tyrantOff)
	}
}

// equalSplit returns what a usual client with so many bytes per second gives to each of those
// whom it unchokes: it unchokes the root of 0.6 of its rate in kB/s (section 3 of the paper), at
// least four.
func equalSplit(rate uint64) uint32 {
	n := uint64(4)
	for n*n < rate/1000*6/10 {
		n++
	}
	return uint32(min(rate/n, maxUpload))
}

// share unchokes all that sent something, each for its part of the upload, and others to see what
// they give, for an equal part of the fifth that is kept for them.
func (c *choker) share(now protocol.Time, regular bool, facts []fact, r *protocol.Rand) {
	sum := uint64(0)
	for i := range facts {
		f := &facts[i]
		if f.chosen = f.eligible && f.down > 0; f.chosen {
			sum += f.down
		}
	}
	c.hope(now, regular, int(c.cfg.Optimistic), facts, r)
	fifth := c.cfg.Upload / 5
	for i := range facts {
		f := &facts[i]
		part := uint64(0)
		switch {
		case !f.chosen:
			continue
		case c.seats[f.slot].optimistic:
			part = fifth / uint64(c.cfg.Optimistic)
		default:
			part = (c.cfg.Upload - fifth) * f.down / sum
		}
		c.bribes[f.slot].cost = uint32(max(1, min(part, maxUpload)))
	}
}
