package netmodel

import (
	"errors"
	"fmt"
	"math/bits"
)

// Churn is how the nodes of a group come and go: each alternates between sessions and times
// offline, independently of all others, and all lengths are independent of each other; or each
// replays a node of a trace. Fill it, or take a [ChurnPreset], and call Check once. [NewLives]
// makes of it the [Life] of each node.
type Churn struct {
	Session  Span
	Offline  Span        // between two sessions
	Graceful Probability // that a session ends in good order, and not in a crash
	AlwaysOn Probability // share of nodes that never leave, once they are online
	Arrivals Rhythm      // of the rate at which nodes come online
	Start    Start
	// Trace, if there is one, is replayed: then there are no laws, and none of the three above.
	Trace Replay
}

// Start is the state of a group at time 0.
type Start uint8

const (
	// Steady is the state that the group would reach in the long run, so that there is nothing to
	// wait for: a node is online with the probability of [Churn.Online], and what it is in the
	// middle of has begun before 0. With the heavy tails of measured sessions other starts need
	// weeks to get there. With a [Rhythm] that state is a different one at each time of the day:
	// the group begins three periods before 0 as if the rate had been even until then, and at 0 it
	// has followed the rhythm for so long.
	Steady Start = iota
	// Empty has all nodes offline: each arrives after a whole time offline.
	Empty
	// Together has all nodes online, each at the beginning of a session.
	Together
)

// ParseStart reads steady, empty or together.
func ParseStart(text string) (Start, error) {
	for s := Steady; s <= Together; s++ {
		if text == s.String() {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%s is no start: use steady, empty or together", quote(text))
}

// String returns the word that ParseStart reads.
func (s Start) String() string {
	switch s {
	case Steady:
		return "steady"
	case Empty:
		return "empty"
	case Together:
		return "together"
	}
	return "?"
}

// Check refuses what is missing or out of range, by the names of the scenario file.
func (c *Churn) Check() error {
	switch {
	case c.Trace.Of != nil:
		return c.checkTrace()
	case c.Session.IsZero():
		return errors.New("session: none is given: write for instance weibull(0.59, 41.9m)")
	case c.Offline.IsZero():
		return errors.New("offline: none is given, and few measurements published one: " +
			"write for instance exponential(30m)")
	case c.Graceful > Certain:
		return fmt.Errorf("graceful: %v is above 100%%: a probability is 0 to 100%%", c.Graceful)
	case c.AlwaysOn > Certain:
		return fmt.Errorf("always_on: %v is above 100%%: a share is 0 to 100%%", c.AlwaysOn)
	case c.Start > Together:
		return errors.New("start: there is no such start: use steady, empty or together")
	}
	for _, law := range []struct {
		name string
		span Span
	}{{"session", c.Session}, {"offline", c.Offline}} {
		if law.span.file != "" && law.span.seen == nil {
			return fmt.Errorf("%s: the lengths of %s were not read", law.name, law.span)
		}
	}
	if err := c.Arrivals.check(); err != nil {
		return fmt.Errorf("arrivals: %w", err)
	}
	return nil
}

// Online returns the probability that a node is online at a random moment in the long run: the mean
// session over the mean of a session with the time offline after it, and 1 for those that are
// always on. The shipped Arrivals move it by less than 1 % of it. Of a trace, it is the share of
// its nodes' time.
func (c *Churn) Online() Probability {
	if c.Trace.Of != nil {
		return c.Trace.Of.online()
	}
	session := uint64(c.Session.Mean())
	hi, lo := bits.Mul64(session, uint64(Certain-min(c.AlwaysOn, Certain)))
	p, _ := bits.Div64(hi, lo, session+uint64(c.Offline.Mean()))
	return c.AlwaysOn + Probability(p)
}

// Event is what happens to a node.
type Event uint8

const (
	Starts  Event = iota // the node comes online
	Stops                // it leaves in good order, see [protocol.Group].Stop
	Crashes              // it is gone without a word
)

// String returns a verb.
func (e Event) String() string {
	switch e {
	case Starts:
		return "starts"
	case Stops:
		return "stops"
	case Crashes:
		return "crashes"
	}
	return "?"
}
