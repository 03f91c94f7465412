package scenarios

import (
	"fmt"

	"swarmlab/netmodel"
)

// Churn is the coming and going of a group's nodes; the zero value is none. Each node is up for a
// while and down for a while, in turns, all its life on its own.
type Churn struct {
	Session  Span                 `yaml:"session"`
	Offline  Span                 `yaml:"offline"`
	Graceful netmodel.Probability `yaml:"graceful"` // share of leaves that are not crashes
	Start    string               `yaml:"start"`    // steady, empty or together
	Table    string               `yaml:"table"`    // lost or kept
}

// Span is a distribution of spans of time, as netmodel.ParseSpan reads it, in canonical form.
type Span string

func parseSpan(text string) (Span, error) {
	s, err := netmodel.ParseSpan(text)
	if err != nil {
		return "", err
	}
	return Span(s.String()), nil
}

// Span returns the distribution.
func (s Span) Span() netmodel.Span {
	parsed, err := netmodel.ParseSpan(string(s))
	if err != nil {
		panic(fmt.Sprintf("scenarios: the span %q is not canonical: %v", string(s), err))
	}
	return parsed
}

// means are the mean session and the mean time offline, each at least 1 ns.
func (c *Churn) means() (session, offline uint64) {
	return max(uint64(c.Session.Span().Mean()), 1), max(uint64(c.Offline.Span().Mean()), 1)
}
