package netmodel

import (
	"time"

	"swarmlab/protocol"
)

// Lengths are what is drawn from a [Span]: its tables, of 330 KB, which take milliseconds to make
// and are never written again. Any number of readers may share them.
type Lengths struct {
	table *Table
	found *biased
	seen  *Observed // instead of the two, for an empirical span
}

// Tabulate makes the tables of a span that is not none.
func (s Span) Tabulate() *Lengths {
	if s.IsZero() {
		panic("netmodel: none is no distribution: see Churn.Check")
	}
	if s.form == formEmpirical {
		return &Lengths{seen: s.observed()}
	}
	t := NewTable(s.tabulate)
	return &Lengths{table: t, found: newBiased(t)}
}

// Draw returns the length of a new interval, at the cost of one number: the quantile of it. Spans
// of different parameters that draw from the same stream are long together and short together.
func (l *Lengths) Draw(r *protocol.Rand) time.Duration {
	if l.seen != nil {
		return time.Duration(l.seen.quantile(r.Uint64()))
	}
	return time.Duration(l.table.Sample(r.Uint64()))
}

// Running returns of an interval that is found running at a random moment how long it has lasted
// and how long it will yet. Both have the same distribution, of density (1-F(x))/mean (the
// equilibrium or residual-life distribution of renewal theory), and their sum is the length, in
// which long intervals have the greater weight. rest is at least 1 ns.
func (l *Lengths) Running(r *protocol.Rand) (age, rest time.Duration) {
	length := int64(0)
	if l.seen != nil {
		length = l.seen.draw(r)
	} else {
		length = l.found.draw(l.table, r)
	}
	age = time.Duration(r.Uint64n(uint64(length)))
	return age, time.Duration(length) - age
}

// mean is that of what Draw returns.
func (l *Lengths) mean() uint64 {
	if l.seen != nil {
		return uint64(l.seen.mean)
	}
	return uint64(l.found.mean)
}
