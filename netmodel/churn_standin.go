package netmodel

import (
	"fmt"
	"strings"
	"time"

	"swarmlab/protocol"
)

// This file holds the place of the model of churn: exponential spans only.

// Span is a distribution of lengths of time.
type Span struct{ mean time.Duration }

// ParseSpan reads exponential(30m).
func ParseSpan(text string) (Span, error) {
	inner, ok := strings.CutPrefix(text, "exponential(")
	inner, closed := strings.CutSuffix(inner, ")")
	mean, err := time.ParseDuration(inner)
	if !ok || !closed || err != nil || mean <= 0 {
		return Span{}, fmt.Errorf("%q is not a span; write exponential(30m)", text)
	}
	return Span{mean}, nil
}

// String returns the text that gives the span.
func (s Span) String() string {
	text := s.mean.String()
	if trimmed, ok := strings.CutSuffix(text, "m0s"); ok {
		text = trimmed + "m"
	}
	if trimmed, ok := strings.CutSuffix(text, "h0m"); ok {
		text = trimmed + "h"
	}
	return "exponential(" + text + ")"
}

// Mean returns the mean.
func (s Span) Mean() time.Duration { return s.mean }

// Draw returns the length of a new interval.
func (s Span) Draw(r *protocol.Rand) time.Duration {
	return time.Duration(scaleExp(int64(s.mean), lnOf(-ln(max(r.Uint64(), 1), 64))))
}

func lnOf(x fixed) fixed { return ln(uint64(max(x, 1)), fixedBits) }

// ChurnStart says who is up at the start.
type ChurnStart uint8

// The starts.
const (
	StartSteady ChurnStart = iota
	StartEmpty
	StartTogether
)

// Churn is the coming and going of nodes.
type Churn struct {
	Session, Offline Span
	Graceful         Probability
	Start            ChurnStart
}

// LifeEvent is what happens to a node.
type LifeEvent uint8

// The events.
const (
	LifeStart LifeEvent = iota
	LifeStop
	LifeCrash
)

// Life is the coming and going of one node.
type Life struct {
	churn *Churn
	rand  protocol.Rand
	at    protocol.Time
	up    bool
	begun bool
}

const purposeChurn = 0x636875726e

// Life returns the life of a node.
func (c *Churn) Life(seed, node uint64) Life {
	l := Life{churn: c, rand: protocol.NewRand(seed, purposeChurn, node)}
	switch c.Start {
	case StartTogether:
		l.up = true
	case StartSteady:
		on, off := uint64(c.Session.mean), uint64(c.Offline.mean)
		l.up = l.rand.Uint64n(on+off) < on
	}
	return l
}

// Next returns the next event and its time.
func (l *Life) Next() (protocol.Time, LifeEvent) {
	if !l.begun {
		l.begun = true
		if l.up {
			return 0, LifeStart
		}
	}
	if l.up {
		l.at = l.at.Add(l.churn.Session.Draw(&l.rand))
		l.up = false
		if l.rand.Uint64()>>1 < l.churn.Graceful.threshold() {
			return l.at, LifeStop
		}
		return l.at, LifeCrash
	}
	l.at = l.at.Add(l.churn.Offline.Draw(&l.rand))
	l.up = true
	return l.at, LifeStart
}
