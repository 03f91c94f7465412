package netmodel

import "math/bits"

const (
	millionths  = 1_000_000
	gammaShift  = 16 // Stirling's series is used from here on: five terms leave 1e-16
	fixedBounds = 127 * one
)

// ratio returns x*num/den, cut to what fixed holds; den must not be 0.
func (x fixed) ratio(num, den uint64) fixed {
	hi, lo := bits.Mul64(x.abs(), num)
	q := uint64(fixedBounds)
	if hi < den {
		q, _ = bits.Div64(hi, lo, den)
	}
	q = min(q, uint64(fixedBounds))
	if x < 0 {
		return -fixed(q)
	}
	return fixed(q)
}

// lnGamma returns the natural logarithm of the gamma function, for 1 <= x <= 12.
func lnGamma(x fixed) fixed {
	// Gamma(x+16) by Stirling's series, and back by Gamma(x+1) = x Gamma(x).
	shifted := fixed(0)
	for i := range fixed(gammaShift) {
		shifted += ln(uint64(x+i<<fixedBits), fixedBits)
	}
	x += gammaShift << fixedBits
	inverse := one.div(x)
	square := inverse.mul(inverse)
	// The coefficients are B(2k)/(2k(2k-1)) with Bernoulli's numbers B.
	series := one/12 - square.mul(one/360-
		square.mul(one/1260-square.mul(one/1680-square.mul(one/1188))))
	lnX := ln(uint64(x), fixedBits)
	return (x - one/2).mul(lnX) - x + halfLn2Pi + inverse.mul(series) - shifted
}
