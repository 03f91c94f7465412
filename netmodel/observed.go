package netmodel

import (
	"math/bits"
	"slices"

	"swarmlab/protocol"
)

// Observed are measured lengths of time, or the quantiles of some, from a file: see
// [LoadObserved]. It is the law of an empirical [Span], exactly: of n lengths each is drawn with
// probability 1/n, and between quantiles the law is even. It is immutable, and any number of spans
// may share it.
type Observed struct {
	cells []observedCell
	mean  int64 // rounded down
}

// observedCell has an even law from low to high, which may be the same.
type observedCell struct {
	below uint64 // the probability of this and all cells before, in units of 2^-64; 0 for 1
	found uint64 // that with each length weighted by itself, in units of the last one's top bit
	low   int64
	high  int64
}

// Mean returns the mean length, in ns.
func (o *Observed) Mean() int64 { return o.mean }

// newObserved takes cells in order, whose below are set, and weighs them.
func newObserved(cells []observedCell) *Observed {
	sum := func(store func(cell *observedCell, hi, lo uint64)) (hi, lo uint64) {
		before := uint64(0)
		for n := range cells {
			c := &cells[n]
			moreHi, moreLo := bits.Mul64(c.below-before, uint64(c.low+c.high))
			if len(cells) == 1 { // its probability is 2^64/2^64
				moreHi, moreLo = uint64(c.low+c.high), 0
			}
			var carry uint64
			lo, carry = bits.Add64(lo, moreLo, 0)
			hi += moreHi + carry
			before = c.below
			store(c, hi, lo)
		}
		return hi, lo
	}
	hi, _ := sum(func(*observedCell, uint64, uint64) {})
	shift := uint(bits.LeadingZeros64(hi))
	sum(func(c *observedCell, hi, lo uint64) { c.found = hi<<shift | lo>>(64-shift) })
	return &Observed{cells: cells, mean: int64(hi >> 1)} // sums of two edges are doubled
}

// at returns the cell that has the quantile u/2^64.
func (o *Observed) at(u uint64) int {
	last := len(o.cells) - 1
	n, exact := slices.BinarySearchFunc(o.cells[:last], u, func(c observedCell, u uint64) int {
		switch {
		case c.below < u:
			return -1
		case c.below > u:
			return 1
		}
		return 0
	})
	if exact { // the cell ends before it
		n++
	}
	return n
}

// quantile returns the length at the quantile u/2^64.
func (o *Observed) quantile(u uint64) int64 {
	n := o.at(u)
	c, before := &o.cells[n], uint64(0)
	if c.low == c.high {
		return c.low
	}
	if n > 0 {
		before = o.cells[n-1].below
	}
	part := u
	if width := c.below - before; width != 0 {
		part, _ = bits.Div64(u-before, 0, width)
	}
	return c.low + interpolate(c.high-c.low, part)
}

// draw returns a length that is found under way.
func (o *Observed) draw(r *protocol.Rand) int64 {
	u := r.Uint64n(o.cells[len(o.cells)-1].found) + 1
	n, _ := slices.BinarySearchFunc(o.cells, u, func(c observedCell, u uint64) int {
		if c.found < u {
			return -1
		}
		return 1
	})
	return foundWithin(o.cells[n].low, o.cells[n].high, r)
}
