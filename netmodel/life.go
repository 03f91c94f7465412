package netmodel

import (
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

// Lives are the lives of a group: a churn, with the tables of its laws. They are never written
// again.
type Lives struct {
	Churn
	session, offline *Lengths
}

// NewLives tabulates the laws of a churn that was checked, which takes tens of milliseconds.
func NewLives(c Churn) *Lives { return &Lives{c, c.Session.Tabulate(), c.Offline.Tabulate()} }

// Life is the sequence of one node's sessions. It is a value of 48 bytes: a copy goes on from where
// it was taken, by itself.
type Life struct {
	lives  *Lives
	key    uint64
	begun  protocol.Time // the present session or time offline
	ends   protocol.Time
	round  uint64 // of a session and a time offline, in the order of the first round
	online bool
	opened bool // the state at 0
	silent bool // nothing was told yet
}

// Of returns the life of a node: a pure function of the churn, the seed and the node's number.
//
// Each length has a random stream of its own, by its place in the life. So two groups that differ
// in one law only, or in how sessions end, agree in all others; and where the parameters of a law
// differ, the long sessions of one are the long sessions of the other.
func (ls *Lives) Of(seed, node uint64) Life {
	l := Life{lives: ls, key: uint64(protocol.NewRand(seed, purposeLife, node)), silent: true}
	r := l.stream(purposeOnline)
	l.online = ls.online(&r)
	l.opened = l.online
	lengths, r := l.law()
	if ls.Start == Steady {
		age, rest := lengths.Running(&r)
		l.begun, l.ends = -protocol.Time(age), protocol.Time(rest)
		return l
	}
	l.ends = protocol.Time(lengths.Draw(&r))
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
	lengths, r := l.law()
	l.ends = later(at, lengths.Draw(&r))
	return at, e
}

// Begun returns when the session or the time offline began that the node is in after the last event
// of Next; before the first call, the one that it is in at 0. It lies before 0 for what a steady
// start found under way.
func (l *Life) Begun() protocol.Time { return l.begun }

// Online reports whether that is a session.
func (l *Life) Online() bool { return l.online }

// law returns the distribution of the present interval, and its stream.
func (l *Life) law() (*Lengths, protocol.Rand) {
	if l.online {
		return l.lives.session, l.stream(purposeSession)
	}
	return l.lives.offline, l.stream(purposeOffline)
}

// online draws the state at time 0.
func (ls *Lives) online(r *protocol.Rand) bool {
	switch ls.Start {
	case Empty:
		return false
	case Together:
		return true
	}
	session := ls.session.mean()
	return r.Uint64n(session+ls.offline.mean()) < session
}

// end tells how the present session ends.
func (l *Life) end() Event {
	r := l.stream(purposeEnd)
	if r.Uint64()>>1 < l.lives.Graceful.threshold() {
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
