package netmodel

import (
	"math/bits"
	"slices"

	"swarmlab/protocol"
)

const sideCells = octaves*octaveCells + 1

// biased draws from a table's distribution with each value weighted by its length: who looks at a
// random moment finds long intervals more often than short ones. Within a cell of the table the
// distribution is even, so the weights are exact integers and nothing is approximated.
type biased struct {
	sums [2 * sideCells]uint64 // of the weights up to each cell, in units of the last one's top bit
	mean int64                 // of the table, without weights, rounded down
}

// newBiased weighs the cells of a table of values above 0 and up to spanMax.
func newBiased(t *Table) *biased {
	b := new(biased)
	hi, lo := uint64(0), uint64(0)
	b.weigh(t, func(_ int, weightHi, weightLo uint64) {
		var carry uint64
		lo, carry = bits.Add64(lo, weightLo, 0)
		hi += weightHi + carry
	})
	b.mean = int64(hi >> 1)                // probabilities count 2^-64, weights are doubled
	shift := uint(bits.LeadingZeros64(hi)) // hi is not 0 while the mean is above 1
	hi, lo = 0, 0
	b.weigh(t, func(cell int, weightHi, weightLo uint64) {
		var carry uint64
		lo, carry = bits.Add64(lo, weightLo, 0)
		hi += weightHi + carry
		b.sums[cell] = hi<<shift | lo>>(64-shift)
	})
	return b
}

// weigh calls f with each cell's probability times the sum of its two edges.
func (b *biased) weigh(t *Table, f func(cell int, hi, lo uint64)) {
	for cell := range b.sums {
		low, high := t.cell(cell)
		if low <= 0 || high < low || high > spanMax {
			panic("netmodel: the table's values are out of order")
		}
		width := uint64(1) << (63 - octaves)
		if i := cell % sideCells; i > 0 {
			width = 1 << (63 - octaves - cellBits + (i-1)/octaveCells)
		}
		hi, lo := bits.Mul64(width, uint64(low+high))
		f(cell, hi, lo)
	}
}

// cell returns the least and the greatest value in a cell; those of the lower side come first.
func (t *Table) cell(cell int) (low, high int64) {
	if i := cell - sideCells; i >= 0 {
		return t.edges[1][i+1], t.edges[1][i]
	}
	return t.edges[0][cell], t.edges[0][cell+1]
}

// draw returns a value that was found at a random moment.
func (b *biased) draw(t *Table, r *protocol.Rand) int64 {
	total := b.sums[len(b.sums)-1]
	cell, _ := slices.BinarySearch(b.sums[:], r.Uint64n(total)+1) // the first that reaches it
	low, high := t.cell(cell)
	return foundWithin(low, high, r)
}

// foundWithin returns a value that was found at a random moment, of a law that is even from low to
// high. The density rises from low to high in proportion: an even part, and a rising one, which the
// greater of two even draws has.
func foundWithin(low, high int64, r *protocol.Rand) int64 {
	width := uint64(high-low) + 1
	d := r.Uint64n(width)
	if r.Uint64n(uint64(low+high)) >= 2*uint64(low) {
		d = max(d, r.Uint64n(width))
	}
	return low + int64(d)
}
