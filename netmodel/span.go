package netmodel

import (
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// Span is a distribution of lengths of time, such as those of sessions: from 1 ns to 146 years. It
// is an immutable value of [ParseSpan]; copies share their tables. The zero Span is none.
type Span struct {
	form  form
	scale time.Duration // its parameter that is a length: mean, scale, median...
	high  time.Duration // of a uniform span
	shape uint64        // or sigma; in millionths
	table *Table
	found *biased
}

// IsZero reports whether the span is none.
func (s Span) IsZero() bool { return s.form == formNone }

// Mean returns the mean, by its formula. The mean of what Draw returns agrees with it to 1e-3 in
// the worst case that ParseSpan accepts, and to 2e-6 for all published fits: see [ParseSpan].
func (s Span) Mean() time.Duration { return s.formula() }

// Quantile returns the length below which a span stays with probability p.
func (s Span) Quantile(p Probability) time.Duration {
	if p > Certain {
		panic("netmodel: a quantile of more than certainty")
	}
	u, overflow := bits.Add64(p.threshold(), p.threshold(), 0)
	if overflow != 0 {
		u--
	}
	return time.Duration(s.table.Sample(u))
}

// Draw returns the length of a new interval, at the cost of one number: the quantile of it. Spans
// of different parameters that draw from the same stream are long together and short together.
func (s Span) Draw(r *protocol.Rand) time.Duration {
	return time.Duration(s.table.Sample(r.Uint64()))
}

// Running returns of an interval that is found running at a random moment how long it has lasted
// and how long it will yet. Both have the same distribution, of density (1-F(x))/mean (the
// equilibrium or residual-life distribution of renewal theory), and their sum is the length, in
// which long intervals have the greater weight. rest is at least 1 ns.
func (s Span) Running(r *protocol.Rand) (age, rest time.Duration) {
	length := s.found.draw(s.table, r)
	age = time.Duration(r.Uint64n(uint64(length)))
	return age, time.Duration(length) - age
}

// tabulated is the mean of what Draw returns.
func (s *Span) tabulated() uint64 { return uint64(s.found.mean) }
