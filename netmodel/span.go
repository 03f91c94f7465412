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
	file  string        // of an empirical span
	seen  *Observed     // what is in the file; nil: it was not read
}

// IsZero reports whether the span is none.
func (s Span) IsZero() bool { return s.form == formNone }

// Mean returns the mean, by its formula. The mean of what [Lengths] have agrees with it to 1e-3 in
// the worst case that ParseSpan accepts, and to 2e-6 for all published fits: see [ParseSpan].
func (s Span) Mean() time.Duration { return s.formula() }

// File returns the file that an empirical span names, and nothing for other spans.
func (s Span) File() string { return s.file }

// Named returns an empirical span with another name of its file.
func (s Span) Named(file string) Span {
	s.file = file
	return s
}

// Of returns an empirical span with what its file has. Without it, it has no mean, and none of its
// lengths can be drawn.
func (s Span) Of(o *Observed) Span {
	s.seen = o
	return s
}

func (s *Span) observed() *Observed {
	if s.seen == nil {
		panic("netmodel: the lengths of " + s.String() + " were not read: see Churn.Check")
	}
	return s.seen
}

// Quantile returns the length below which a span stays with probability p.
func (s Span) Quantile(p Probability) time.Duration {
	if p > Certain {
		panic("netmodel: a quantile of more than certainty")
	}
	if s.form == formEmpirical {
		return time.Duration(s.observed().quantile(2*min(p.threshold(), 1<<63-1) | 1))
	}
	below := min(max(2*min(p.threshold(), 1<<63-1), rarest), ^rarest+1)
	return time.Duration(s.quantile(below, -below))
}
