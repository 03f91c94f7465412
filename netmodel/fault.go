package netmodel

import (
	"fmt"
	"time"

	"swarmlab/protocol"
)

// FaultKind is what a fault does to datagrams, or to nodes.
type FaultKind uint8

const (
	// Loss loses a share of datagrams, independently.
	Loss FaultKind = iota
	// Partition loses all datagrams.
	Partition
	// Sever loses all datagrams of a share of the pairs of nodes, in both directions: the network
	// is not transitive any more.
	Sever
	// PathBursts loses datagrams in bursts, after Gilbert and Elliott: each directed pair of nodes
	// is by turns good and bad, and while bad, loses.
	PathBursts
	// LineBursts is the same for the line of each node of Whom, with both its directions.
	LineBursts
	// Duplicate has a share of datagrams arrive twice, the copy up to Delay later.
	Duplicate
	// Reorder delays a share of datagrams by up to Delay, so that others overtake them.
	Reorder
	// Slow delays all datagrams by Delay while the line of the node of Whom is slow, which it is
	// by turns, or always.
	Slow
	// Corrupt flips a few bits of a share of datagrams, which arrive so; see [Damage].
	Corrupt
	// Pause freezes the nodes of Whom that run when it begins, as a machine that sleeps does: they
	// do nothing, what arrives is lost, and when it is over they go on with what is overdue.
	Pause
	// Crash takes the nodes of Whom down when it begins; those that are to be up when it is over
	// start then. Whoever plans when nodes are up carries it out, not the network.
	Crash

	faultKinds = int(Crash) + 1
)

// String returns the name that the scenario file has for a kind.
func (k FaultKind) String() string {
	switch k {
	case Loss:
		return "loss"
	case Partition:
		return "partition"
	case Sever:
		return "sever"
	case PathBursts:
		return "path-bursts"
	case LineBursts:
		return "line-bursts"
	case Duplicate:
		return "duplicate"
	case Reorder:
		return "reorder"
	case Slow:
		return "slow"
	case Corrupt:
		return "corrupt"
	case Pause:
		return "pause"
	case Crash:
		return "crash"
	}
	return "?"
}

// ParseFaultKind reads what String wrote.
func ParseFaultKind(text string) (FaultKind, error) {
	known := ""
	for k := range FaultKind(faultKinds) {
		if text == k.String() {
			return k, nil
		}
		known += ", " + k.String()
	}
	return 0, fmt.Errorf("%s is no kind of fault: use one of %s", quote(text), known[2:])
}

// OfNodes reports whether a kind befalls nodes; otherwise it befalls datagrams.
func (k FaultKind) OfNodes() bool { return k == Pause || k == Crash }

// Fault is something wrong with the network for a while. What lasts for the whole run is a fault
// from 0 to [protocol.Never].
//
// It concerns the datagrams from a node of Whom to one of Others and, unless it is OneWay, those
// from Others to Whom. The time that counts is that of sending, when the sender's line is done with
// it, also for what is on its way to a node. Faults that overlap act in the order of the list: what
// is lost meets no later one, and takes the copy along that was made of it before.
type Fault struct {
	Kind     FaultKind
	From, To protocol.Time // it begins at From and is over at To
	Whom     Whom
	// Others are all nodes by default; for a partition, all that are not in Whom. Not for faults of
	// nodes, nor is OneWay, which is not for Sever either.
	Others Whom
	OneWay bool
	// Draw names its random numbers; two faults of one kind must not share it. As long as it
	// stays the same, other faults may come and go without changing what this one does.
	Draw uint32

	// Share is that of datagrams concerned (Loss, Duplicate, Reorder, Corrupt), of pairs (Sever),
	// or of time (the bursts, Slow); above 0, and Certain at most, but 99.9 % for what comes in
	// spells. Not for Partition, nor for faults of nodes.
	Share Probability
	// Bad is the loss within bursts, above 0.
	Bad Probability
	// Length is how long a burst or a slow spell lasts in the mean, 1 ms to 24 h, in a geometric
	// distribution; 0 for Slow if Share is Certain.
	Length time.Duration
	// Delay is the greatest additional delay (Duplicate, Reorder: evenly drawn from 1 ns), or the
	// delay of Slow; up to Ceiling.
	Delay time.Duration
}

const (
	faultsMax = 1000
	spellMin  = time.Millisecond
	spellMost = 24 * time.Hour

	spellShareMost = Certain / 1000 * 999
)

// uses tells which of the settings a kind has.
type uses struct{ share, bad, length, delay bool }

func (k FaultKind) uses() uses {
	switch k {
	case Loss, Sever, Corrupt:
		return uses{share: true}
	case PathBursts, LineBursts:
		return uses{share: true, bad: true, length: true}
	case Duplicate, Reorder:
		return uses{share: true, delay: true}
	case Slow:
		return uses{share: true, length: true, delay: true}
	}
	return uses{}
}

// check refuses settings that are out of range, or that mean nothing for the kind.
func (f *Fault) check() error {
	if int(f.Kind) >= faultKinds {
		return fmt.Errorf("kind: %d is no kind of fault", f.Kind)
	}
	if f.From < 0 {
		return fmt.Errorf("from: %v is before the run", time.Duration(f.From))
	}
	if f.To == f.From {
		return fmt.Errorf("to: it is over at %v, when it begins: let it last",
			time.Duration(f.To))
	}
	if f.To < f.From {
		return fmt.Errorf("to: it is over at %v, and begins at %v: exchange them",
			time.Duration(f.To), time.Duration(f.From))
	}
	if f.Kind == Sever && f.OneWay {
		return fmt.Errorf("one_way: a pair is severed in both directions: use partition")
	}
	if f.Kind.OfNodes() && f.Others != (Whom{}) {
		return fmt.Errorf("others: means nothing for %v: leave it out", f.Kind)
	}
	if f.Kind.OfNodes() && f.OneWay {
		return fmt.Errorf("one_way: means nothing for %v: leave it out", f.Kind)
	}
	u := f.Kind.uses()
	forever := f.Kind == Slow && f.Share == Certain
	for _, c := range []struct {
		key              string
		needed           bool
		value, low, high uint64
		text             string
	}{
		{"share", u.share, uint64(f.Share), 1, uint64(Certain), "above 0% to 100%"},
		{"bad", u.bad, uint64(f.Bad), 1, uint64(Certain), "above 0% to 100%"},
		{"length", u.length && !forever, uint64(f.Length), uint64(spellMin), uint64(spellMost),
			"1ms to 24h"},
		{"delay", u.delay, uint64(f.Delay), 1, uint64(Ceiling), "above 0s to 1h"},
	} {
		switch {
		case !c.needed && c.value != 0:
			return fmt.Errorf("%s: means nothing for %v: leave it out", c.key, f.Kind)
		case c.needed && (c.value < c.low || c.value > c.high):
			return fmt.Errorf("%s: is outside %s, which %v needs", c.key, c.text, f.Kind)
		}
	}
	if u.length && !forever && f.Share > spellShareMost {
		return fmt.Errorf("share: %v of the time is nearly always: take %v at most, or "+
			"for all the time slow or loss", f.Share, spellShareMost)
	}
	return nil
}
