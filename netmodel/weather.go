package netmodel

import (
	"fmt"
	"slices"
	"time"

	"swarmlab/protocol"
)

// Trip is the fate of one datagram on its way between two lines.
type Trip struct {
	Delay time.Duration
	Lost  bool
	Copy  time.Duration // how much later than the datagram a copy of it arrives; 0: there is none
	Flaw  uint64        // how it, and its copy, are damaged, for Damage; 0: they are not
}

// Weather is the list of faults of a run, ready to be asked. It is immutable: every answer is a
// pure function of the time and of the datagram.
type Weather struct {
	faults []fault
	spans  []span
	pauses []uint16 // faults of that kind
}

// span is a time without changes: from its begin to that of the next.
type span struct {
	from   protocol.Time
	active []uint16 // faults, in the order of the list
}

// fault is a Fault that is ready.
type fault struct {
	Fault
	whom, others crowd
	draws        stream
	share, bad   uint64 // thresholds
	spell        spell
	steady       bool // slow all the time
}

// newWeather prepares faults; nil if there are none.
func newWeather(cfg *Config, m model) (*Weather, error) {
	if len(cfg.Faults) == 0 {
		return nil, nil
	}
	if len(cfg.Faults) > faultsMax {
		return nil, fmt.Errorf("faults: there are %d: at most %d", len(cfg.Faults), faultsMax)
	}
	w := &Weather{faults: make([]fault, len(cfg.Faults))}
	for i := range cfg.Faults {
		if err := w.faults[i].prepare(cfg, m, i); err != nil {
			return nil, fmt.Errorf("faults[%d].%w", i, err)
		}
		if err := unlike(cfg.Faults[:i], &cfg.Faults[i]); err != nil {
			return nil, fmt.Errorf("faults[%d].%w", i, err)
		}
	}
	w.spans = cut(cfg.Faults)
	for i := range w.faults {
		if w.faults[i].Kind == Pause {
			w.pauses = append(w.pauses, uint16(i))
		}
	}
	return w, nil
}

// unlike refuses a fault that draws the same random numbers as one before it.
func unlike(before []Fault, f *Fault) error {
	for i := range before {
		if f.Kind == before[i].Kind && f.Draw == before[i].Draw && f.Kind != Partition &&
			!f.Kind.OfNodes() {
			return fmt.Errorf("draw: faults[%d] is a %v with the draw %d, too: they would hit "+
				"the same datagrams; give one another number", i, f.Kind, f.Draw)
		}
	}
	return nil
}

func (f *fault) prepare(cfg *Config, m model, i int) error {
	f.Fault = cfg.Faults[i]
	if err := f.check(); err != nil {
		return err
	}
	var err error
	if f.whom, err = f.Whom.build(cfg.Seed, m); err != nil {
		return fmt.Errorf("whom.%w", err)
	}
	if f.others, err = f.Others.build(cfg.Seed, m); err != nil {
		return fmt.Errorf("others.%w", err)
	}
	if f.Kind == Partition && f.others.everybody { // the faults of a Weather stay where they are
		f.others.without = &f.whom
	}
	if f.whom.empty(uint32(cfg.Nodes)) {
		return nobody("whom", cfg.Nodes)
	}
	switch {
	case !f.others.empty(uint32(cfg.Nodes)):
	case f.others.without != nil:
		return fmt.Errorf("whom: names all %d nodes, so that nobody is on the other side; name a "+
			"part of them", cfg.Nodes)
	default:
		return nobody("others", cfg.Nodes)
	}
	f.draws = newStream(cfg.Seed, purposeFault^f.key())
	f.share, f.bad = f.Share.threshold(), f.Bad.threshold()
	f.steady = f.Kind == Slow && f.Share == Certain
	if f.Length > 0 && !f.steady {
		f.spell = newSpell(newStream(cfg.Seed, purposeSpell^f.key()), f.Share, f.Length)
	}
	return nil
}

func nobody(key string, nodes int) error {
	return fmt.Errorf("%s: names nobody among %d nodes; raise its share, or name nodes that there "+
		"are", key, nodes)
}

// key sets the streams of a fault apart from those of all others.
func (f *fault) key() uint64 { return uint64(f.Kind)<<24 | uint64(f.Draw)<<32 }

// cut returns the spans between the moments at which a fault begins or is over, with those that
// befall datagrams.
func cut(faults []Fault) []span {
	edges := []protocol.Time{0}
	for i := range faults {
		edges = append(edges, faults[i].From, faults[i].To)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	spans := make([]span, len(edges))
	for e, from := range edges {
		spans[e].from = from
		for i := range faults {
			if faults[i].From <= from && from < faults[i].To && !faults[i].Kind.OfNodes() {
				spans[e].active = append(spans[e].active, uint16(i))
			}
		}
	}
	return spans
}

// Faults returns the number of faults.
func (w *Weather) Faults() int { return len(w.faults) }

// Fault returns one of the faults, by its place in the list.
func (w *Weather) Fault(i int) Fault { return w.faults[i].Fault }

// Concerns reports whether a node is in the Whom of a fault.
func (w *Weather) Concerns(i int, node uint32) bool { return w.faults[i].whom.has(node) }

// Pauses reports whether any fault freezes nodes.
func (w *Weather) Pauses() bool { return len(w.pauses) > 0 }

// Frozen returns which fault has frozen a node that was started at a time, and until when; of
// several the last to end. It is -1 if the node runs.
func (w *Weather) Frozen(
	now protocol.Time, node uint32, started protocol.Time,
) (fault int, until protocol.Time) {
	fault = -1
	for _, i := range w.pauses {
		f := &w.faults[i]
		if f.From <= now && now < f.To && started <= f.From && f.To > until && f.whom.has(node) {
			fault, until = int(i), f.To
		}
	}
	return fault, until
}

// Alter changes the trip of a datagram that sets out at a time, and adds 1 to the hits of each
// fault that did something to it. hits has as many elements as there are faults.
func (w *Weather) Alter(at protocol.Time, src, dst, seq uint32, trip *Trip, hits []uint64) {
	for _, i := range w.active(at) {
		f := &w.faults[i]
		there := f.whom.has(src) && f.others.has(dst)
		back := !f.OneWay && f.whom.has(dst) && f.others.has(src)
		if (there || back) && f.strike(at, src, dst, seq, there, back, trip) {
			hits[i]++
			if trip.Lost {
				return
			}
		}
	}
}

func (w *Weather) active(at protocol.Time) []uint16 {
	low, high := 0, len(w.spans) // the first one begins at 0
	for high-low > 1 {
		middle := int(uint(low+high) / 2)
		if w.spans[middle].from <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return w.spans[low].active
}

// strike reports whether the fault did something to the trip. there and back tell at which ends of
// it a node of Whom is.
func (f *fault) strike(
	at protocol.Time, src, dst, seq uint32, there, back bool, trip *Trip,
) bool {
	switch f.Kind {
	case Partition:
		trip.Lost = true
	case Loss:
		trip.Lost = f.hits(src, dst, seq, f.share)
	case Sever:
		trip.Lost = f.draws.pair(src, dst)>>1 < f.share
	case PathBursts:
		link := uint64(src)<<32 | uint64(dst)
		trip.Lost = f.spell.is(link, at) && f.hits(src, dst, seq, f.bad)
	case LineBursts:
		trip.Lost = f.either(at, src, dst, there, back) && f.hits(src, dst, seq, f.bad)
	case Slow:
		if !f.steady && !f.either(at, src, dst, there, back) {
			return false
		}
		trip.Delay += f.Delay
		return true
	case Duplicate:
		if trip.Copy != 0 || !f.hits(src, dst, seq, f.share) {
			return false
		}
		trip.Copy = f.some(src, dst, seq)
		return true
	case Reorder:
		if !f.hits(src, dst, seq, f.share) {
			return false
		}
		trip.Delay += f.some(src, dst, seq)
		return true
	case Corrupt:
		if !f.hits(src, dst, seq, f.share) {
			return false
		}
		trip.Flaw = max(1, protocol.Mix(trip.Flaw^f.draws.message(src, dst, seq)+golden))
		return true
	}
	return trip.Lost
}

// hits draws whether a datagram is among a share of all.
func (f *fault) hits(src, dst, seq uint32, share uint64) bool {
	return f.draws.message(src, dst, seq)>>1 < share
}

// some draws a delay from 1 ns to Delay, independently of hits.
func (f *fault) some(src, dst, seq uint32) time.Duration {
	u := protocol.Mix(f.draws.message(src, dst, seq) + golden)
	return 1 + time.Duration(below(u, uint64(f.Delay)))
}

// either reports whether the line of one of the ends that are in Whom is in a bad spell.
func (f *fault) either(at protocol.Time, src, dst uint32, there, back bool) bool {
	return there && f.spell.is(uint64(src), at) || back && f.spell.is(uint64(dst), at)
}
