package netmodel

// tooHeavy reports whether more than a thousandth of the mean is in spans that no table has: longer
// than spanMax, or rarer than the rarest. It compares logarithms of the share of the mean that is
// in longer spans than the longest one tabulated, by its closed form.
func (s *Span) tooHeavy() bool {
	most := -ln(spanErrors, 0)
	switch s.form {
	case formExponential:
		return lnGammaTail(one+one, s.longest(millionths)) > most
	case formWeibull:
		return lnGammaTail(one+one.ratio(millionths, s.shape), s.longest(s.shape)) > most
	case formPareto: // (minimum/x)^(shape-1)
		return -s.longest(s.shape).ratio(s.shape-millionths, s.shape) > most
	case formLognormal: // as rare as lengths are that are nearer by sigma deviations
		sigma := one.ratio(s.shape, millionths)
		deviations := normalTail(rarest)
		if room := s.headroom(); room < deviations.mul(sigma) {
			deviations = room.ratio(millionths, s.shape)
		}
		return deviations-sigma < normalTail(^uint64(0)/spanErrors)
	}
	return false
}

// headroom returns ln(spanMax/scale).
func (s *Span) headroom() fixed { return ln(uint64(spanMax), 0) - ln(uint64(s.scale), 0) }

// longest returns (x/scale)^shape of the longest span x that a table has, for the laws in which
// that, or its logarithm in Pareto's, is the logarithm of the probability of longer ones.
func (s *Span) longest(shape uint64) fixed {
	rarity := -ln(rarest, 64)
	power := s.headroom().ratio(shape, millionths)
	if s.form == formPareto {
		return min(power, rarity)
	}
	if power > ln(uint64(rarity), fixedBits) {
		return rarity
	}
	return power.exp()
}

// lnGammaTail returns the logarithm of the regularised upper incomplete gamma function Q(a, x), for
// 1 <= a <= 11 and x up to 30; where x is below a-1, and Q above 1/3, that of 1. It has the sum
//
//	Gamma(a, x) = x^(a-1) e^-x (1 + (a-1)/x + (a-1)(a-2)/x^2 + ...)
//
// to the first term that is not positive, which is the greatest of those left out.
func lnGammaTail(a, x fixed) fixed {
	a -= one
	if x <= a {
		return 0
	}
	sum, term := one, one
	for c := a; c > 0; c -= one {
		term = term.mul(c).div(x)
		sum += term
	}
	lnX := ln(uint64(x), fixedBits)
	return a.mul(lnX) - x + ln(uint64(sum), fixedBits) - lnGamma(a+one)
}
