package scenarios

import "swarmlab/netmodel"

// Churn is the coming and going of a group's nodes; the zero value is none. Each node is up for a
// while and down for a while, in turns, all its life on its own.
type Churn struct {
	Session  netmodel.Span        `yaml:"session"`
	Offline  netmodel.Span        `yaml:"offline"`
	Graceful netmodel.Probability `yaml:"graceful"` // share of leaves that are not crashes
	Start    string               `yaml:"start"`    // steady, empty or together
	Table    string               `yaml:"table"`    // lost or kept
}

// None reports whether the nodes stay.
func (c *Churn) None() bool { return c.Session.IsZero() }

// means are the mean session and the mean time offline, each at least 1 ns.
func (c *Churn) means() (session, offline uint64) {
	return max(uint64(c.Session.Mean()), 1), max(uint64(c.Offline.Mean()), 1)
}
