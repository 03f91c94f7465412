package audit

// Fault says why a claim, a report, a receipt or an observation is not believed. The zero Fault is
// OK.
type Fault uint8

// The faults. Their names, given by String, are stable and fit for counters.
const (
	OK           Fault = iota
	Short              // fewer bytes than its kind has: it was cut off
	Long               // more bytes than its kind has
	BadVersion         // of a version that is not known
	BadSignature       // not signed by the one in whose name it speaks, or altered since
	Stranger           // of or about nobody that is known
	Self               // about oneself
	Stale              // not newer than the one before: replayed, or overtaken
	Backward           // a counter that only rises has gone back, or begun anew
	Jump               // a counter rose by more than anybody can transfer
	Surplus            // acknowledges more than was sent
	BadPiece           // a piece that the torrent does not have
	BadField           // a bitfield that does not fit the torrent
	Repeated           // a piece that the peer was known to have
	Flood              // pieces faster than anybody can receive them; too many bad receipts
	Unknown            // about a peer that is not watched
	Full               // there is no room for more
	faults
)

var faultNames = [faults]string{
	"ok", "short", "long", "bad_version", "bad_signature", "stranger", "self", "stale", "backward",
	"jump", "surplus", "bad_piece", "bad_field", "repeated", "flood", "unknown", "full",
}

// String returns the name of f, in lower case with underscores.
func (f Fault) String() string {
	if f >= faults {
		return "unknown_fault"
	}
	return faultNames[f]
}

// Counts counts by fault what was taken (OK) and what was not.
type Counts [faults]uint64

// note counts a fault and returns it.
func (c *Counts) note(f Fault) Fault {
	c[f]++
	return f
}

// Refused returns how many were not taken.
func (c *Counts) Refused() (n uint64) {
	for f := OK + 1; f < faults; f++ {
		n += c[f]
	}
	return n
}

// Each calls f with the name and the count of each fault that occurred, in a fixed order.
func (c *Counts) Each(f func(name string, n uint64)) {
	for k := OK + 1; k < faults; k++ {
		if c[k] > 0 {
			f(k.String(), c[k])
		}
	}
}
