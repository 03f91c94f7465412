package netmodel

import (
	"fmt"
	"time"

	"swarmlab/protocol"
)

// Purposes of the random streams of churn ("churn"). The numbers are part of the meaning of a seed.
const (
	purposeLife    = 0x636875726e_01 // all of one node, from the seed of the run
	purposeOnline  = 0x636875726e_02 // is it online at 0? From the node's own key, as below
	purposeSession = 0x636875726e_03 // length of a session
	purposeOffline = 0x636875726e_04 // length of a time offline
	purposeEnd     = 0x636875726e_05 // how a session ends
)

// Life is the sequence of one node's sessions. It is a value of 48 bytes: a copy goes on from where
// it was taken, by itself.
type Life struct {
	churn  *Churn
	key    uint64
	begun  protocol.Time // the present session or time offline
	ends   protocol.Time
	round  uint64 // of a session and a time offline, in the order of the first round
	online bool
	opened bool // the state at 0
	silent bool // nothing was told yet
}

// Life returns the life of a node: a pure function of the churn, the seed and the node's number.
//
// Each length has a random stream of its own, by its place in the life. So two groups that differ
// in one law only, or in how sessions end, agree in all others; and where the parameters of a law
// differ, the long sessions of one are the long sessions of the other.
func (c *Churn) Life(seed, node uint64) Life {
	if c.Session.IsZero() || c.Offline.IsZero() {
		panic(fmt.Sprintf("netmodel: the life of node %d has no law: see Churn.Check", node))
	}
	l := Life{churn: c, key: uint64(protocol.NewRand(seed, purposeLife, node)), silent: true}
	r := l.stream(purposeOnline)
	l.online = c.online(&r)
	l.opened = l.online
	span, r := l.law()
	if c.Start == Steady {
		age, rest := span.Running(&r)
		l.begun, l.ends = -protocol.Time(age), protocol.Time(rest)
		return l
	}
	l.ends = protocol.Time(span.Draw(&r))
	return l
}

// Next returns what happens next to the node, and when. Times rise from call to call. A node that
// is online at 0 starts at 0, even if its session is older: see Begun. Once it has returned Never
// nothing more happens.
func (l *Life) Next() (at protocol.Time, e Event) {
	if l.silent {
		l.silent = false
		if l.online {
			return 0, Starts
		}
	}
	at, e = l.ends, Starts
	if at == protocol.Never {
		return at, e
	}
	if l.online {
		e = l.end()
	}
	l.online, l.begun = !l.online, at
	if l.online == l.opened {
		l.round++
	}
	span, r := l.law()
	l.ends = later(at, span.Draw(&r))
	return at, e
}

// Begun returns when the session or the time offline began that the node is in after the last event
// of Next; before the first call, the one that it is in at 0. It lies before 0 for what a steady
// start found under way.
func (l *Life) Begun() protocol.Time { return l.begun }

// Online reports whether that is a session.
func (l *Life) Online() bool { return l.online }

// law returns the distribution of the present interval, and its stream.
func (l *Life) law() (*Span, protocol.Rand) {
	if l.online {
		return &l.churn.Session, l.stream(purposeSession)
	}
	return &l.churn.Offline, l.stream(purposeOffline)
}

// end tells how the present session ends.
func (l *Life) end() Event {
	r := l.stream(purposeEnd)
	if r.Uint64()>>1 < l.churn.Graceful.threshold() {
		return Stops
	}
	return Crashes
}

func (l *Life) stream(purpose uint64) protocol.Rand {
	return protocol.NewRand(l.key, purpose, l.round)
}

// later returns t+d, or Never if that is beyond all times.
func later(t protocol.Time, d time.Duration) protocol.Time {
	if protocol.Time(d) > protocol.Never-t {
		return protocol.Never
	}
	return t.Add(d)
}
