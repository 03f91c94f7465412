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
	flagUsed     = 1
	flagUnproven = 2 // it never answered us: it sent a query, or somebody mentioned it
	flagInsecure = 4 // BEP 42 does not allow its id at its address, and the node cares
	flagAsked    = 8 // upkeep has asked it, and there is neither an answer nor a failure yet
	flagsMask    = 15

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

// filledSlot is a contact that answered at a time which may lie before 0.
func filledSlot(r Ref, heard protocol.Time) slot {
	since := seconds(max(heard, 0)) - seconds(max(-heard, 0))
	return slot{r, since<<seenShift | flagUsed}
}

// senderSlot is a contact that sent us a query, from an address that may be forged.
func senderSlot(r Ref, now protocol.Time) slot {
	return slot{r, seconds(now)<<seenShift | flagUsed | flagUnproven}
}

// hearsay is a contact that we never heard from.
func hearsay(r Ref) slot { return slot{r, flagUsed | flagUnproven} }

func (s slot) used() bool { return s.meta&flagUsed != 0 }

// proven reports whether the contact has ever answered us.
func (s slot) proven() bool { return s.meta&flagUnproven == 0 }

func (s slot) secure() bool { return s.meta&flagInsecure == 0 }

func (s slot) isAsked() bool { return s.meta&flagAsked != 0 }

// seen returns the second when the contact was last heard from, or its low 24 bits.
func (s slot) seen() uint32 { return s.meta >> seenShift }

func (s slot) fails() int { return int(s.meta & failsMask / failsOne) }

// silentFor returns the seconds since the contact was last heard from.
func (s slot) silentFor(now protocol.Time) uint32 {
	return (seconds(now) - s.meta>>seenShift) & seenMask
}

// staler reports whether the contact was last heard from before another one was.
func (s slot) staler(than slot) bool {
	return int32(s.seen()<<seenShift-than.seen()<<seenShift) < 0
}

// heard notes a message from the contact; an answer also proves it and clears its failures.
func (s *slot) heard(now protocol.Time, answered bool) {
	keep := uint32(flagsMask | failsMask)
	if answered {
		keep = flagUsed | flagInsecure
	}
	s.meta = seconds(now)<<seenShift | s.meta&keep
}

func (s *slot) failed() {
	s.meta &^= flagAsked
	if s.fails() < failsMax {
		s.meta += failsOne
	}
}

// A contact is good if it has ever answered us and was heard from lately, bad after too many
// failures in a row, and questionable otherwise (BEP 5). With AdmitAnswered all in the buckets have
// answered.

func (g *Group) isBad(s slot) bool { return s.fails() >= g.cfg.StalenessLimit }

func (g *Group) isGood(s slot, now protocol.Time) bool {
	return s.fails() <= g.cfg.GoodFailures && s.proven() && s.silentFor(now) < g.goodSeconds
}
