package lab

import (
	"slices"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

// arrivalsEvery is the window in which arrivals are counted: the pause between two crawls of
// Steiner, En-Najjary and Biersack (IMC 2007).
const arrivalsEvery = protocol.Time(5 * time.Minute)

// countUp counts a node that is online, and has been for that long.
func countUp(u *findings.Uptimes, age protocol.Time) {
	u.Online++
	if age > protocol.Time(5*time.Hour) {
		u.Over5h++
	}
	if age > protocol.Time(24*time.Hour) {
		u.Over24h++
	}
}

// churnSeen returns the uptimes of the nodes online at the start of a run and at its end, and how
// many sessions begin in each window after the warm-up. It follows the lives of the nodes once
// more: they are functions of the seed, and what a session was before the start is in them alone.
// Groups without churn count for nothing; without any, it returns nil.
func churnSeen(s *scenarios.Scenario, seed uint64, laws *laws) (*findings.ChurnSeen, error) {
	var seen *findings.ChurnSeen
	var lengths []protocol.Time
	end := protocol.Time(s.Duration)
	node := uint64(0)
	for i := range s.Groups {
		g := &s.Groups[i]
		all, err := laws.of(s, g)
		if err != nil {
			return nil, err
		}
		if all == nil {
			node += uint64(g.Size)
			continue
		}
		if seen == nil {
			seen = &findings.ChurnSeen{Arrivals: make([]int64,
				(end-protocol.Time(s.Warmup))/arrivalsEvery)}
		}
		for range g.Size {
			lengths = see(seen, all.Of(seed, node), protocol.Time(s.Warmup), end, lengths)
			node++
		}
	}
	if seen != nil {
		seen.Sessions = sumUp(lengths)
	}
	return seen, nil
}

// sumUp reorders the lengths.
func sumUp(lengths []protocol.Time) findings.Lengths {
	all := findings.Lengths{Count: int64(len(lengths))}
	if all.Count == 0 {
		return all
	}
	slices.Sort(lengths)
	var whole, rest int64 // of the mean: the sum of heavy tails may exceed an int64
	for _, l := range lengths {
		whole, rest = whole+int64(l)/all.Count, rest+int64(l)%all.Count
	}
	all.Mean = time.Duration(whole + rest/all.Count)
	all.Median = time.Duration(lengths[all.Count/2])
	return all
}

// see counts what happens in one life, and appends the lengths of the sessions that begin.
func see(seen *findings.ChurnSeen, life netmodel.Life, from, end protocol.Time,
	lengths []protocol.Time) []protocol.Time {
	if life.Online() {
		countUp(&seen.Start, -life.Begun())
	}
	counted := false // the session under way
	for over := false; ; {
		online, begun := life.Online(), life.Begun()
		at, event := life.Next()
		if at > end && !over {
			over = true
			if online {
				countUp(&seen.End, end-begun)
			}
		}
		if online && counted && at != protocol.Never {
			lengths = append(lengths, at-begun)
		}
		if over {
			return lengths
		}
		counted = event == netmodel.Starts && at > 0 && at >= from
		if window := (at - from) / arrivalsEvery; counted && int(window) < len(seen.Arrivals) {
			seen.Arrivals[window]++
		}
	}
}
