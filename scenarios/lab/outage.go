package lab

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// suffer changes the plan for the faults that crash nodes, and returns how many nodes each fault of
// the list befalls that befalls nodes. Those that a crash keeps down are up again when it is over,
// if they were to be up then.
func (l *lives) suffer(w *netmodel.Weather) []uint64 {
	if w == nil {
		return nil
	}
	struck := make([]uint64, w.Faults())
	crashed := false
	for i := range struck {
		if f := w.Fault(i); f.Kind == netmodel.Crash {
			struck[i] = l.crash(&f, func(node uint32) bool { return w.Concerns(i, node) })
			crashed = true
		}
	}
	if crashed { // who is up is no longer who joined first
		l.churned = true
		l.sort()
	}
	for i := range struck {
		if f := w.Fault(i); f.Kind == netmodel.Pause {
			for node := range uint32(len(l.offset) - 1) {
				if w.Concerns(i, node) && l.runs(node, f.From) {
					struck[i]++
				}
			}
		}
	}
	return struck
}

// runs tells whether a node has started at a time, or before, and is not gone by then.
func (l *lives) runs(node uint32, at protocol.Time) bool { return l.up(node, at+1) }

// crash cuts the sessions of some nodes, and returns how many were up when it began.
func (l *lives) crash(f *netmodel.Fault, concerns func(node uint32) bool) (struck uint64) {
	offset := make([]uint32, 1, len(l.offset))
	sessions := make([]session, 0, len(l.sessions))
	for node := range uint32(len(l.offset) - 1) {
		if !concerns(node) {
			sessions = append(sessions, l.of(node)...)
		} else {
			for _, s := range l.of(node) {
				if s.from <= f.From && f.From < s.to {
					struck++
				}
				sessions = s.without(f.From, f.To, sessions)
			}
		}
		offset = append(offset, uint32(len(sessions)))
	}
	l.offset, l.sessions, l.rank = offset, sessions, nil
	return struck
}

// without appends what is left of a session if its node is down for a time.
func (s session) without(from, to protocol.Time, dst []session) []session {
	if to <= s.from || s.to <= from {
		return append(dst, s)
	}
	if s.from < from {
		dst = append(dst, session{from: s.from, to: from})
	}
	if to < s.to {
		dst = append(dst, session{from: to, to: s.to, graceful: s.graceful})
	}
	return dst
}
