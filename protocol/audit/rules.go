package audit

import (
	"math/bits"
	"time"
)

// Severity is how much a rule makes of what it finds.
type Severity uint8

// The severities.
const (
	Clean Severity = iota
	Low
	Medium
	High
)

// Rules is M5: what is not plausible in a single claim. They are the rules of OpenTracker's guide
// against cheating, R1 to R3, which asks that nobody be banned by them alone.
type Rules struct {
	// BytesPerSec is the fastest upload that is believed. The guide says 80 MB/s.
	BytesPerSec uint64
	// Agent says whether the client program is known by other means than its peer id, such as the
	// user agent of HTTP; nil if there are none.
	Agent func(c *Claim) bool
}

// PublishedCap is the fastest upload that the guide believes, in bytes per second.
const PublishedCap = 80_000_000

// Finding is what the rules say of a claim.
type Finding struct {
	Velocity Severity // R1: Low above the cap, Medium from twice, High from more than five times
	Empty    Severity // R2: High if something was uploaded and nobody was there to receive it
	Stranger Severity // R3: Medium if an unknown client uploaded something
}

// Worst returns the greatest severity of the three.
func (f Finding) Worst() Severity { return max(f.Velocity, f.Empty, f.Stranger) }

// Check holds the rules against a claim.
func (r *Rules) Check(c *Claim) (f Finding) {
	if c.Credit.Uploaded == 0 {
		return f
	}
	if !c.First {
		f.Velocity = r.velocity(c)
	}
	if c.Leechers == 0 {
		f.Empty = High
	}
	if !KnownClient(c.PeerID) && (r.Agent == nil || !r.Agent(c)) {
		f.Stranger = Medium
	}
	return f
}

// velocity takes the time between announces for at least a second: who has just finished announces
// that within moments of the announce before, with all of a piece.
func (r *Rules) velocity(c *Claim) Severity {
	over := uint64(max(c.Over(), time.Second))
	switch {
	case !r.faster(c.Credit.Uploaded, over, 1):
		return Clean
	case !r.faster(c.Credit.Uploaded, over, 2):
		return Low
	case !r.faster(c.Credit.Uploaded, over, 5):
		return Medium
	}
	return High
}

// faster reports whether n bytes in so many nanoseconds are more than so many times the cap.
func (r *Rules) faster(n, over, times uint64) bool {
	hi, lo := bits.Mul64(n, uint64(time.Second))
	capHi, capLo := bits.Mul64(over, r.BytesPerSec)
	overflow, capLo := bits.Mul64(capLo, times)
	carry, capHi := bits.Mul64(capHi, times)
	capHi, more := bits.Add64(capHi, overflow, 0)
	if carry+more > 0 {
		return false
	}
	return hi > capHi || hi == capHi && lo > capLo
}

// over reports whether part is more than a share, in parts per million, of whole.
func over(part, whole, share uint64) bool {
	hi, lo := bits.Mul64(part, million)
	toHi, toLo := bits.Mul64(whole, share)
	return hi > toHi || hi == toHi && lo > toLo
}
