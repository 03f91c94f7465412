package netmodel

import "math/bits"

const (
	octaves     = 40  // halvings of the tail probability that are tabulated, on either side
	octaveCells = 256 // cells per octave, equally wide
	cellBits    = 8   // of octaveCells
)

// Quantile is an inverse cumulative distribution function, asked at both ends at once so that
// neither tail loses precision: a variable lies below low with probability tail/2^64, and above
// high with the same probability, where 0 < tail <= 2^63. It must be monotone.
type Quantile func(tail uint64) (low, high int64)

// Table is the inverse cumulative distribution function of an integer quantity, tabulated.
//
// Cells are equally wide within an octave of the tail probability and half as wide in the next:
// relative precision is the same for the median and for events of probability 10^-12. Within a
// cell values are interpolated linearly, with an error below 1e-6 standard deviations for a normal
// variable.
type Table struct {
	// For either side the value at each cell's edge, by rising tail probability: 2^-64 (for 0),
	// 2^-(octaves+1), ..., 1/2.
	edges [2][octaves*octaveCells + 2]int64
}

// NewTable tabulates q. It calls q about 10,000 times.
func NewTable(q Quantile) *Table {
	t := new(Table)
	t.edges[0][0], t.edges[1][0] = q(1)
	for octave := range octaves {
		width := uint64(1) << (63 - octaves + octave - cellBits)
		for cell := range octaveCells {
			i := 1 + octave*octaveCells + cell
			t.edges[0][i], t.edges[1][i] = q(width * uint64(octaveCells+cell))
		}
	}
	const middle = 1 + octaves*octaveCells
	t.edges[0][middle], t.edges[1][middle] = q(1 << 63)
	return t
}

// Sample returns the value at the quantile u/2^64. For uniformly random u it has the table's
// distribution.
func (t *Table) Sample(u uint64) int64 {
	side := u >> 63
	tail := u ^ -side // measured from the nearer end
	var cell, frac uint64
	if zeros := uint(bits.LeadingZeros64(tail)); zeros <= octaves {
		scaled := tail << zeros << 1 // the leading 1 falls off
		cell = 1 + uint64(octaves-zeros)<<cellBits + scaled>>(64-cellBits)
		frac = scaled << cellBits
	} else {
		frac = tail << octaves << 1
	}
	edges := &t.edges[side]
	low := edges[cell]
	return low + interpolate(edges[cell+1]-low, frac)
}

// interpolate returns d*frac/2^64, rounded down; d may be negative.
func interpolate(d int64, frac uint64) int64 {
	hi, _ := bits.Mul64(uint64(d), frac)
	return int64(hi - uint64(d>>63)&frac)
}

// min returns the least value that Sample returns.
func (t *Table) min() int64 { return t.edges[0][0] }
