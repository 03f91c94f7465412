package netmodel

import "time"

// Span is a distribution of lengths of time, such as those of sessions: from 1 ns to 146 years. It
// is a small value of [ParseSpan] that can be compared; who draws from it tabulates it first. The
// zero Span is none.
type Span struct {
	form  form
	scale time.Duration // its parameter that is a length: mean, scale, median...
	high  time.Duration // of a uniform span
	shape uint64        // or sigma; in millionths
}

// IsZero reports whether the span is none.
func (s Span) IsZero() bool { return s.form == formNone }

// Mean returns the mean, by its formula. The mean of what [Lengths] have agrees with it to 1e-3 in
// the worst case that ParseSpan accepts, and to 2e-6 for all published fits: see [ParseSpan].
func (s Span) Mean() time.Duration { return s.formula() }

// Quantile returns the length below which a span stays with probability p.
func (s Span) Quantile(p Probability) time.Duration {
	if p > Certain {
		panic("netmodel: a quantile of more than certainty")
	}
	below := min(max(2*min(p.threshold(), 1<<63-1), rarest), ^rarest+1)
	return time.Duration(s.quantile(below, -below))
}
