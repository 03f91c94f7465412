package netmodel

import (
	"math/bits"
	"time"
)

// spanMax is the longest span, 146 years: what would be longer is cut down to it. Two of them still
// fit an int64.
const spanMax = int64(1) << 62

// rarest is the least tail probability that a span is tabulated for, in units of 2^-64: 2^-41.
// Between it and 0 a straight line would join quantiles that are far apart, and a Pareto tail would
// gain a mass that it does not have: the quantile stays level there instead.
const rarest = uint64(1) << (63 - octaves)

// quantile returns the length below which a span stays with probability below/2^64, and above which
// it goes with above/2^64, its complement. Both are given so that the smaller one is exact.
func (s *Span) quantile(below, above uint64) int64 {
	rarity := -ln(above, 64)
	scale, x := int64(s.scale), fixed(0)
	switch s.form {
	case formExponential:
		x = ln(uint64(rarity), fixedBits)
	case formWeibull:
		x = ln(uint64(rarity), fixedBits).ratio(millionths, s.shape)
	case formPareto:
		x = rarity.ratio(millionths, s.shape)
	case formLognormal:
		x = normalTail(min(below, above)).ratio(s.shape, millionths)
		if below < above {
			x = -x
		}
	case formUniform:
		return max(scale+interpolate(int64(s.high-s.scale), below), 1)
	}
	return max(min(scaleExp(scale, x), spanMax), 1)
}

// tabulate is the Quantile of the span.
func (s *Span) tabulate(tail uint64) (low, high int64) {
	tail = max(tail, rarest)
	return s.quantile(tail, -tail), s.quantile(-tail, tail)
}

// formula returns the mean by its closed form, or more than spanMax.
func (s *Span) formula() time.Duration {
	x := fixed(0)
	switch s.form {
	case formEmpirical:
		return time.Duration(s.observed().mean)
	case formWeibull:
		x = lnGamma(one + one.ratio(millionths, s.shape))
	case formPareto:
		hi, lo := bits.Mul64(uint64(s.scale), millionths) // scale + scale/(shape-1)
		if hi >= s.shape-millionths {
			return maxInt64
		}
		more, _ := bits.Div64(hi, lo, s.shape-millionths)
		return s.scale + time.Duration(min(more, uint64(spanMax)))
	case formLognormal:
		sigma := one.ratio(s.shape, millionths)
		x = sigma.mul(sigma) / 2
	case formUniform:
		return s.scale + (s.high-s.scale)/2
	}
	return time.Duration(scaleExp(int64(s.scale), x))
}
