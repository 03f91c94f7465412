package netmodel

import "math/bits"

// fixed is a signed number in units of 2^-56: from -128 to 128, in steps of 1.4e-17. It is wide
// enough for the logarithm of every probability that 64 bits can express, and for every normal
// deviate of such a probability. Out of range wraps around: callers know their ranges.
type fixed int64

const (
	fixedBits = 56
	one       = fixed(1) << fixedBits

	ln2Q64   = 0xb17217f7d1cf79ab // ln 2 in units of 2^-64
	log2eQ63 = 0xb8aa3b295c17f0bc // 1/ln 2 in units of 2^-63

	expTerms = 20 // (ln 2)^20/20! < 2^-64
	lnTerms  = 20 // 3^-(2*20+1) < 2^-64

	maxInt64 = 1<<63 - 1
)

// mul returns x*y, rounded to nearest.
func (x fixed) mul(y fixed) fixed {
	hi, lo := bits.Mul64(x.abs(), y.abs())
	lo, carry := bits.Add64(lo, 1<<(fixedBits-1), 0)
	p := fixed((hi+carry)<<(64-fixedBits) | lo>>fixedBits)
	if (x < 0) != (y < 0) {
		return -p
	}
	return p
}

// div returns x/y for x >= 0, y > 0 and a quotient in range, rounded down.
func (x fixed) div(y fixed) fixed {
	q, _ := bits.Div64(uint64(x)>>(64-fixedBits), uint64(x)<<fixedBits, uint64(y))
	return fixed(q)
}

func (x fixed) abs() uint64 {
	if x < 0 {
		return uint64(-x)
	}
	return uint64(x)
}

// expParts returns e^x as m*2^e, where m is in units of 2^-63 and 1 <= m < 2.
func expParts(x fixed) (m uint64, e int) {
	// e^x = 2^(x/ln 2): a whole power of two, and 2^f with 0 <= f < 1 from the exponential series.
	hi, lo := bits.Mul64(x.abs(), log2eQ63) // in units of 2^-(56+63)
	e = int(hi >> (fixedBits - 1))
	f := hi<<(65-fixedBits) | lo>>(fixedBits-1)
	if x < 0 {
		e, f = -e, -f
		if f != 0 {
			e--
		}
	}
	r, _ := bits.Mul64(f, ln2Q64)
	m = 1 << 63
	for k := uint64(expTerms); k > 0; k-- {
		term, _ := bits.Mul64(m, r)
		m = 1<<63 + term/k
	}
	return m, e
}

// exp returns e^x, for x < ln 128.
func (x fixed) exp() fixed { return fixed(scaleExp(int64(one), x)) }

// scaleExp returns v*e^x for v >= 0, rounded to nearest; at most the greatest int64.
func scaleExp(v int64, x fixed) int64 {
	m, e := expParts(x)
	hi, lo := bits.Mul64(uint64(v), m)
	shift := 63 - e // of the 128-bit product, to the right
	switch {
	case shift < 0 || shift < 64 && hi>>min(shift, 63) != 0:
		return maxInt64
	case shift >= 128:
		return 0
	case shift > 64:
		return int64((hi>>(shift-65) + 1) >> 1)
	case shift == 64:
		return saturate(hi + lo>>63)
	case shift == 0:
		return saturate(lo)
	}
	return saturate((hi<<(64-shift) | lo>>shift) + lo>>(shift-1)&1)
}

func saturate(v uint64) int64 { return int64(min(v, maxInt64)) }

// ln returns the natural logarithm of v/2^scale, for v > 0 and a result in range.
func ln(v uint64, scale int) fixed {
	zeros := bits.LeadingZeros64(v)
	m := v << zeros // 1 <= m < 2 in units of 2^-63
	// ln m = 2 artanh s with s = (m-1)/(m+1), so s < 1/3.
	num := m - 1<<63
	s, _ := bits.Div64(num>>1, num<<63, 1<<63+num>>1) // units of 2^-64; (m+1)/2 to fit
	square, _ := bits.Mul64(s, s)
	sum := uint64(0) // units of 2^-63
	for k := lnTerms; k >= 0; k-- {
		sum, _ = bits.Mul64(sum, square)
		sum += 1 << 63 / uint64(2*k+1)
	}
	sum, _ = bits.Mul64(sum, s)
	part := fixed(sum >> (62 - fixedBits)) // doubled
	return part + lnPower(63-zeros-scale)
}

// lnPower returns n ln 2.
func lnPower(n int) fixed {
	hi, lo := bits.Mul64(fixed(n).abs(), ln2Q64)
	p := fixed(hi<<fixedBits | lo>>(64-fixedBits))
	if n < 0 {
		return -p
	}
	return p
}
