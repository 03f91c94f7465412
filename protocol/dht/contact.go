package dht

import (
	"time"

	"swarmlab/protocol"
)

// slot is a contact in a bucket: eight bytes, so that a bucket of eight is one cache line. The
// second word is, from the top: seconds when last heard from (24 bits, 194 days), failures in a
// row (4 bits), flags (4 bits). The zero slot is empty; the slots of a bucket in use come first.
type slot struct {
	ref  Ref
	meta uint32
}

const (
	flagUsed  = 1
	failsOne  = 1 << 4
	failsMax  = 15
	failsMask = failsMax << 4
	seenShift = 8
	seenMask  = 1<<24 - 1
)

// seconds counts up to 136 years; a slot keeps the low 24 bits.
func seconds(t protocol.Time) uint32 { return uint32(uint64(t) / uint64(time.Second)) }

func newSlot(r Ref, now protocol.Time) slot {
	return slot{r, seconds(now)<<seenShift | flagUsed}
}

func (s slot) used() bool { return s.meta&flagUsed != 0 }

func (s slot) fails() int { return int(s.meta & failsMask / failsOne) }

// silentFor returns the seconds since the contact was last heard from.
func (s slot) silentFor(now protocol.Time) uint32 {
	return (seconds(now) - s.meta>>seenShift) & seenMask
}

// heard notes a message from the contact; an answer also clears its failures.
func (s *slot) heard(now protocol.Time, answered bool) {
	keep := uint32(flagUsed | failsMask)
	if answered {
		keep = flagUsed
	}
	s.meta = seconds(now)<<seenShift | s.meta&keep
}

func (s *slot) failed() {
	if s.fails() < failsMax {
		s.meta += failsOne
	}
}

// A slot's contact has answered us at least once, or it would not be in the table. It is good if
// it was heard from lately, bad after too many failures in a row, and questionable otherwise
// (BEP 5).

func (g *Group) isBad(s slot) bool { return s.fails() >= g.cfg.StalenessLimit }

func (g *Group) isGood(s slot, now protocol.Time) bool {
	return s.fails() == 0 && s.silentFor(now) < g.goodSeconds
}
