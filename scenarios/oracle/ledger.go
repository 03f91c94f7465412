package oracle

import "math"

// Weibull is a distribution of session lengths, S(t) = exp(-(t/Scale)^Shape).
type Weibull struct{ Shape, Scale float64 }

// Mean returns the mean, in the unit of Scale.
func (w Weibull) Mean() float64 { return w.Scale * math.Gamma(1+1/w.Shape) }

// Survival returns the probability of a session longer than t.
func (w Weibull) Survival(t float64) float64 {
	return math.Exp(-math.Pow(t/w.Scale, w.Shape))
}

// Quantile returns the length that a share p of all sessions does not exceed, 0 <= p < 1.
func (w Weibull) Quantile(p float64) float64 {
	return w.Scale * math.Pow(-math.Log1p(-p), 1/w.Shape)
}

// Undercount returns the share of all bytes that a tracker's ledger misses although nobody lies:
// what was transferred, at a constant rate, since the last announce of a session of length L that
// ended without a word, which a share abrupt of them do:
//
//	abrupt * E[L - T*floor(L/T)] / E[L]
//
// with T the announce interval, in the unit of Scale. The expectation is E[L] less T times the
// sum of S(nT) over n >= 1.
func (w Weibull) Undercount(abrupt, interval float64) float64 {
	told := 0.0
	for n := 1.0; ; n++ {
		s := w.Survival(n * interval)
		told += s
		if s < 1e-15 {
			break
		}
	}
	mean := w.Mean()
	return abrupt * (mean - interval*told) / mean
}

// Escape returns the probability that one of n users is not audited in a period in which the others
// make so many audits in all, each of one drawn from all but the auditor itself (Ngan, Wallach,
// Druschel 2003): ((n-2)/(n-1))^audits, near 1/e if each makes one. Over t periods it is the
// t-th power.
func Escape(n int, audits float64) float64 {
	return math.Pow(float64(n-2)/float64(n-1), audits)
}
