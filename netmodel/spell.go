package netmodel

import (
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// spell is a Markov chain in two states, good and bad, for each of any number of links, of which
// nothing is stored (Gilbert 1960, Elliott 1963).
//
// Time is cut into slots. In each slot a hash of link and slot makes the state bad, or makes it
// good, or leaves it as it was, with fixed probabilities. The state at any time is therefore what
// the last slot said that did not leave it alone: a few slots back, on average no more than eight.
// It is the exact chain, in equilibrium from the first slot on. Bursts are whole slots, eight or
// more in the mean; each link has slot edges of its own.
type spell struct {
	links  stream
	slot   uint64 // ns
	bad    uint64 // in units of 2^-63: the probability that a slot makes the state bad
	change uint64 // that, and that it makes it good
}

// slotsInSpell is the number of slots in the shorter one of a mean bad and a mean good time.
const slotsInSpell = 8

// newSpell prepares a chain that is bad for a share of the time, above 0 and up to 99.9 %, for a
// mean length at a time.
func newSpell(links stream, share Probability, length time.Duration) spell {
	good, ratio := uint64(Certain-share), uint64(length)
	s := spell{links: links}
	if uint64(share) > good { // good times are shorter: length*good/share
		hi, lo := bits.Mul64(uint64(length), good)
		ratio, _ = bits.Div64(hi, lo, uint64(share))
	}
	s.slot = max(ratio/slotsInSpell, 1)
	end, _ := bits.Div64(s.slot>>1, s.slot<<63, uint64(length))
	end = min(end, 1<<62)
	hi, lo := bits.Mul64(end, uint64(share)) // begin/end = share/(1-share)
	begin, _ := bits.Div64(hi, lo, good)
	s.bad, s.change = begin, begin+end
	return s
}

// is reports whether a link is bad at a time.
func (s *spell) is(link uint64, at protocol.Time) bool {
	key := protocol.Mix(uint64(s.links) + link*golden)
	slot := (uint64(at) + below(key, s.slot)) / s.slot
	for {
		u := protocol.Mix(key+slot*golden) >> 1
		if u < s.change {
			return u < s.bad
		}
		slot-- // before 0 there are slots, too
	}
}
