package netmodel

import (
	"errors"
	"fmt"
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// Trace is when the nodes of a measured network were online, from a file: see [LoadTrace]. It is
// immutable; any number of groups and runs may share it. It takes 8 bytes for each coming and each
// going, and 12 for each node.
type Trace struct {
	first []uint32        // of each node's times; one more for the end
	times []protocol.Time // up, down, up..., and Never to end each node's
	end   protocol.Time   // the last one that was observed
	total [2]uint64       // of the time online, in ns: the high word and the low one
}

// Nodes returns the number of nodes.
func (t *Trace) Nodes() int { return len(t.first) - 1 }

// Sessions returns the number of sessions of all nodes.
func (t *Trace) Sessions() int { return (len(t.times) - t.Nodes()) / 2 }

// End returns the last time at which anything was observed.
func (t *Trace) End() time.Duration { return time.Duration(t.end) }

// Earliest returns when, from a time of the trace on, a node is online for the first time, and
// whether there is one.
func (t *Trace) Earliest(from time.Duration) (at time.Duration, ok bool) {
	earliest := protocol.Never
	for node := range t.Nodes() {
		of := t.times[t.first[node]:t.first[node+1]]
		for n := 0; n+1 < len(of); n += 2 {
			if of[n+1] > protocol.Time(from) {
				earliest = min(earliest, max(of[n], protocol.Time(from)))
				break
			}
		}
	}
	return time.Duration(earliest), earliest != protocol.Never
}

// online returns the share of the nodes' time for which they are online.
func (t *Trace) online() Probability {
	hi, lo := bits.Mul64(uint64(t.end), uint64(t.Nodes())) // at most 2^62 times 2^22
	shift := uint(bits.Len64(hi))
	whole := hi<<(64-shift) | lo>>shift
	part := t.total[0]<<(64-shift) | t.total[1]>>shift
	hi, lo = bits.Mul64(min(part, whole), uint64(Certain))
	p, _ := bits.Div64(hi, lo, max(whole, 1))
	return Probability(p)
}

// Replay is a trace to be replayed; the zero value is none. Time 0 of a run is From in the trace.
//
// The nodes of the trace are dealt to those that replay them by the seed of the run, without
// repetition as long as there are as many: with one seed a trace of 500 nodes gives 300 nodes a
// sample, 500 a permutation, and the second 500 of 1000 another permutation. Two nodes of the same
// trace node come and go together.
//
// At the end of the trace all stays as it was: who was online when the observation ended did not
// leave then, and nobody returns.
type Replay struct {
	Of   *Trace
	From time.Duration
}

// at returns a time of a node by its place.
func (r *Replay) at(place uint32) protocol.Time {
	at := r.Of.times[place]
	if at == protocol.Never {
		return at
	}
	return at - protocol.Time(r.From)
}

func (c *Churn) checkTrace() error {
	switch {
	case !c.Session.IsZero() || !c.Offline.IsZero() || c.AlwaysOn != 0 || !c.Arrivals.IsZero():
		return errors.New("trace: it replaces session, offline, always_on and arrivals: " +
			"give the one or the others")
	case c.Trace.From < 0 || c.Trace.From >= c.Trace.Of.End():
		return fmt.Errorf("trace_from: %s is not within the trace, which ends at %s: write less",
			formatDuration(c.Trace.From), formatDuration(c.Trace.Of.End()))
	case c.Graceful > Certain:
		return fmt.Errorf("graceful: %v is above 100%%: a probability is 0 to 100%%", c.Graceful)
	}
	return nil
}

// replay puts a life to where its node of the trace is at 0.
func (l *Life) replay(node uint64) {
	replay := &l.lives.Trace
	l.round = replay.Of.first[dealt(l.seed, node, uint64(replay.Of.Nodes()))]
	for l.ends = replay.at(l.round); l.ends <= 0; l.ends = replay.at(l.round) {
		l.online, l.begun = !l.online, l.ends
		l.round++
	}
}

// dealt returns the card that goes to a node when packs of count cards, each shuffled, are dealt
// one after the other. It is a cipher of the node's number in its pack, of four Feistel rounds,
// repeated until it gives one of the cards (Black and Rogaway, Ciphers with arbitrary finite
// domains, 2002).
func dealt(seed, node, count uint64) uint64 {
	key := uint64(protocol.NewRand(seed, purposeDeal, node/count))
	half := uint(bits.Len64(count-1)+1) / 2
	mask := uint64(1)<<half - 1
	card := node % count
	for again := true; again; again = card >= count {
		left, right := card>>half, card&mask
		for round := range uint64(4) {
			left, right = right, left^protocol.Mix(key+round*golden+right)>>(64-half)&mask
		}
		card = left<<half | right
	}
	return card
}
