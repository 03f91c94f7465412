package lab

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
)

const (
	stormMost   = 8 // faults
	faultLeast  = 30 * time.Second
	faultDelays = 3 * time.Second // the longest
	percent     = netmodel.Certain / 100
)

// storm draws a list of faults, their kinds, times, nodes and strengths, that begin and end in a
// time. It is a function of the seed. Each fault has a number of its own for its random draws, so
// that it stays the same when others are taken out of the list.
func storm(s *scenarios.Scenario, seed uint64, from, to scenarios.Duration) []scenarios.Fault {
	r := protocol.NewRand(seed, purposeStorm, 0)
	var list []scenarios.Fault
	for n := range 1 + r.Intn(stormMost) {
		f := drawFault(s, &r)
		f.Draw = n + 1
		f.From, f.To = drawTime(&r, from, to)
		trial := *s
		trial.Seed, trial.Repeat, trial.Faults = seed, 1, []scenarios.Fault{f}
		if trial.Validate() == nil { // in a small network a share may be nobody
			list = append(list, f)
		}
	}
	return list
}

// drawTime draws a part of a time, in whole seconds and half a minute at least.
func drawTime(r *protocol.Rand, from, to scenarios.Duration) (begin, end scenarios.Duration) {
	const second = scenarios.Duration(time.Second)
	room := int((to - from) / second)
	least := min(int(faultLeast/time.Second), room)
	length := least + r.Intn(room-least+1)
	begin = from + scenarios.Duration(r.Intn(room-length+1))*second
	return begin, begin + scenarios.Duration(length)*second
}

// drawFault draws what goes wrong, how badly, and for whom.
func drawFault(s *scenarios.Scenario, r *protocol.Rand) scenarios.Fault {
	kinds := []netmodel.FaultKind{netmodel.Loss, netmodel.Partition, netmodel.Sever,
		netmodel.PathBursts, netmodel.LineBursts, netmodel.Duplicate, netmodel.Reorder,
		netmodel.Slow, netmodel.Corrupt, netmodel.Pause, netmodel.Crash}
	kind := kinds[r.Intn(len(kinds))]
	f := scenarios.Fault{Kind: kind.String(), Whom: drawWhom(s, r)}
	if kind != netmodel.Sever && !kind.OfNodes() {
		f.OneWay = r.Intn(4) == 0
	}
	switch kind {
	case netmodel.Partition, netmodel.Pause, netmodel.Crash:
		if f.Whom.Group == "" { // a partition of everybody is one from nobody
			f.Whom = scenarios.Whom{Share: between(r, 20, 60)}
		}
	case netmodel.Loss, netmodel.Sever, netmodel.Corrupt:
		f.Share = between(r, 5, 80)
	case netmodel.PathBursts, netmodel.LineBursts:
		f.Share, f.Bad = between(r, 5, 50), between(r, 50, 100)
		f.Length = scenarios.Duration(1+r.Intn(60)) * scenarios.Duration(time.Second)
	case netmodel.Duplicate, netmodel.Reorder:
		f.Share, f.Delay = between(r, 5, 100), drawDelay(r)
	case netmodel.Slow:
		f.Share, f.Delay = between(r, 10, 90), drawDelay(r)
		f.Length = scenarios.Duration(1+r.Intn(60)) * scenarios.Duration(time.Second)
	}
	return f
}

// drawWhom draws who is concerned: everybody, a share, or some that follow each other.
func drawWhom(s *scenarios.Scenario, r *protocol.Rand) scenarios.Whom {
	switch r.Intn(3) {
	case 0:
		return scenarios.Whom{}
	case 1:
		return scenarios.Whom{Share: between(r, 10, 60)}
	}
	g := &s.Groups[r.Intn(len(s.Groups))]
	count := 1 + r.Intn((g.Size+1)/2)
	return scenarios.Whom{Group: g.Name, First: r.Intn(g.Size - count + 1), Count: count}
}

// between draws a share, in whole percents.
func between(r *protocol.Rand, low, high int) netmodel.Probability {
	return netmodel.Probability(low+r.Intn(high-low+1)) * percent
}

// drawDelay draws a delay, in whole hundredths of the longest.
func drawDelay(r *protocol.Rand) scenarios.Duration {
	return scenarios.Duration(1+r.Intn(100)) * scenarios.Duration(faultDelays) / 100
}
