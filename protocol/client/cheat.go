package client

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"swarmlab/protocol/tracker"
)

// Cheat is a way to lie about transfers. What is not said of one is done as by the honest.
type Cheat uint8

// The cheats, by their numbers in the studies: Honest is A0, Multiplier A1, and so on.
const (
	Honest Cheat = iota
	// Multiplier announces and reports a multiple of what it uploaded.
	Multiplier
	// Constant announces uploads at a rate that it has invented, and shares them out among its
	// peers in its reports.
	Constant
	// FakeSeed does the same, and announces that it has everything and downloaded nothing.
	FakeSeed
	// Ghost never announces to trackers, and neither reports nor signs.
	Ghost
	// UnderReport announces and reports a share of what it downloaded. It signs for all.
	UnderReport
	// Collusion invents transfers in both directions with each accomplice. Reports and receipts
	// agree: what one says to have sent, in the torrents that it takes part in, the other one says
	// to have got, and signs for, even if it takes no part in them.
	Collusion
	// Sybil is one of a ring that one operator runs: it invents transfers to the first accomplice,
	// who is the next of the ring, and from the last.
	Sybil
	// Withholder signs no receipts, and reports that it received nothing.
	Withholder
	// Framer reports that it got nothing from its victim, and that it sent it what is invented.
	Framer
	// FakeHave tells peers of pieces that it does not have, and does not serve them.
	FakeHave
	// Shared is one of several clients with one account, who differ in nothing else: its owner
	// enrols them with one key.
	Shared
	// Whitewash comes back as somebody else: its owner assigns and enrols it anew.
	Whitewash
	// Adaptive is a multiplier that stays below what it knows to be seen: a factor of little more
	// than 1, and nothing where it uploads nothing.
	Adaptive
	cheats
)

var cheatNames = [cheats]string{"honest", "multiplier", "constant", "fake-seed", "ghost",
	"under-report", "collusion", "sybil", "withholder", "framer", "fake-have", "shared",
	"whitewash", "adaptive"}

// String returns the word for c.
func (c Cheat) String() string { return cheatNames[c] }

// Cheats returns the words for all cheats, in their order.
func Cheats() (words []string) {
	for c := range cheats {
		words = append(words, c.String())
	}
	return words
}

// CheatConfig is how the clients of a group cheat.
type CheatConfig struct {
	Kind Cheat
	// Factor is what is claimed of each 1000 bytes: above 1000 for Multiplier and Adaptive, below
	// for UnderReport, without meaning for others.
	Factor uint32
	// Rate is what Constant, FakeSeed, Collusion, Sybil, Framer and FakeHave invent: bytes a second
	// in each torrent, of Collusion with each accomplice.
	Rate uint64
}

const (
	factorMost = 1000_000
	rateMost   = 1 << 40
)

// Validate returns what is out of its range.
func (c *CheatConfig) Validate() error {
	switch c.Kind {
	case Multiplier, Adaptive:
		if c.Factor <= 1000 || c.Factor > factorMost {
			return fmt.Errorf("the factor of the cheat %v is %d thousandths; "+
				"it must be more than 1000, and at most %d", c.Kind, c.Factor, factorMost)
		}
	case UnderReport:
		if c.Factor >= 1000 {
			return fmt.Errorf("the factor of the cheat %v is %d thousandths; "+
				"it must be less than 1000", c.Kind, c.Factor)
		}
	case Constant, FakeSeed, Collusion, Sybil, Framer, FakeHave:
		if c.Rate == 0 || c.Rate > rateMost {
			return fmt.Errorf("the rate of the cheat %v is %d bytes a second; "+
				"it must be from 1 to %d", c.Kind, c.Rate, uint64(rateMost))
		}
	}
	return nil
}

// claim changes what trackers are told by a client with so many accomplices, some time after it
// began with a torrent.
func (c *CheatConfig) claim(t *tracker.Totals, over time.Duration, accomplices int) {
	switch c.Kind {
	case Multiplier, Adaptive:
		t.Uploaded = c.scale(t.Uploaded)
	case Constant:
		t.Uploaded += c.invented(over)
	case FakeSeed:
		*t = tracker.Totals{Uploaded: t.Uploaded + c.invented(over)}
	case UnderReport:
		t.Downloaded = c.scale(t.Downloaded)
	case Collusion:
		t.Uploaded += c.invented(over) * uint64(accomplices)
		t.Downloaded += c.invented(over) * uint64(accomplices)
	case Sybil:
		if accomplices > 0 {
			t.Uploaded += c.invented(over)
			t.Downloaded += c.invented(over)
		}
	}
}

// scale returns what is claimed of so many bytes.
func (c *CheatConfig) scale(n uint64) uint64 {
	return fraction(n, uint64(c.Factor), 1000)
}

// invented returns the bytes that are invented in a time.
func (c *CheatConfig) invented(over time.Duration) uint64 {
	return fraction(c.Rate, uint64(max(over, 0)), uint64(time.Second))
}

// fraction returns n times a divided by b, or the greatest number if it is greater.
func fraction(n, a, b uint64) uint64 {
	hi, lo := bits.Mul64(n, a)
	if hi >= b {
		return math.MaxUint64
	}
	n, _ = bits.Div64(hi, lo, b)
	return n
}
