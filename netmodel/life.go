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
	purposeAlways  = 0x636875726e_06 // is it always on?
	purposeBurst   = 0x636875726e_07 // of the rate of a slot, from the seed of the run
	purposeDeal    = 0x636875726e_08 // which node of a trace
)

// Lives are the lives of a group: a churn, with the tables of its laws. They are never written
// again.
type Lives struct {
	Churn
	session, offline *Lengths
	pulse            *pulse // nil: even
}

// NewLives tabulates the laws of a churn that was checked, which takes tens of milliseconds.
func NewLives(c Churn) *Lives {
	if c.Trace.Of != nil {
		return &Lives{Churn: c}
	}
	return &Lives{c, c.Session.Tabulate(), c.Offline.Tabulate(), newPulse(c.Arrivals)}
}

// Life is the sequence of one node's sessions. It is a value of 48 bytes: a copy goes on from where
// it was taken, by itself.
type Life struct {
	lives  *Lives
	seed   uint64
	key    uint64
	begun  protocol.Time // the present session or time offline
	ends   protocol.Time
	round  uint32 // of a session and a time offline, in the order of the first; or place in a trace
	online bool
	opened bool // the state at the beginning
	silent bool // nothing was told yet
	always bool // never leaves
}

// Of returns the life of a node: a pure function of the churn, the seed and the node's number.
//
// Each length has a random stream of its own, by its place in the life. So two groups that differ
// in one law only, or in how sessions end, agree in all others; and where the parameters of a law
// differ, the long sessions of one are the long sessions of the other.
func (ls *Lives) Of(seed, node uint64) Life {
	l := Life{lives: ls, seed: seed, key: uint64(protocol.NewRand(seed, purposeLife, node)),
		silent: true}
	if ls.Trace.Of != nil {
		l.replay(node)
		return l
	}
	if ls.AlwaysOn > 0 {
		r := l.stream(purposeAlways)
		l.always = r.Uint64()>>1 < ls.AlwaysOn.threshold()
	}
	r := l.stream(purposeOnline)
	l.online = ls.online(&r) || l.always && ls.Start == Steady
	l.opened = l.online
	switch {
	case l.online && l.always:
		l.begun, l.ends = -protocol.Time(spanMax), protocol.Never
		if ls.Start != Steady {
			l.begun = 0
		}
	case ls.Start == Steady:
		l.join()
	default:
		lengths, r := l.law()
		l.ends = l.later(0, lengths.Draw(&r))
	}
	return l
}

// join finds the node in the middle of something, at 0 or, with a rhythm, before.
func (l *Life) join() {
	lead := protocol.Time(0)
	if l.lives.pulse != nil {
		lead = l.lives.pulse.lead
	}
	lengths, r := l.law()
	age, rest := lengths.Running(&r)
	l.begun, l.ends = -lead.Add(age), l.later(-lead, rest)
	for l.ends <= 0 {
		l.turn()
	}
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
	l.turn()
	return at, e
}

// turn ends what the node is in the middle of.
func (l *Life) turn() {
	l.online, l.begun = !l.online, l.ends
	if l.lives.Trace.Of != nil {
		l.round++
		l.ends = l.lives.Trace.at(l.round)
		return
	}
	if l.online == l.opened {
		l.round++
	}
	if l.online && l.always {
		l.ends = protocol.Never
		return
	}
	lengths, r := l.law()
	l.ends = l.later(l.begun, lengths.Draw(&r))
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
	return protocol.NewRand(l.key, purpose, uint64(l.round))
}

// later returns when an interval ends that begins at t and takes d at an even rate, or Never if
// that is beyond all times.
func (l *Life) later(t protocol.Time, d time.Duration) protocol.Time {
	if p := l.lives.pulse; p != nil && !l.online {
		d = p.stretch(l.seed, t, d)
	}
	if t > 0 && protocol.Time(d) > protocol.Never-t {
		return protocol.Never
	}
	return t.Add(d)
}
