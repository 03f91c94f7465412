package lab

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
)

// arrivalsEvery is the window in which arrivals are counted: the pause between two crawls of
// Steiner, En-Najjary and Biersack (IMC 2007).
const arrivalsEvery = protocol.Time(5 * time.Minute)

// ageOf are the uptimes of nodes that are online, counted for results.Uptimes.
func ageOf(u *results.Uptimes, age protocol.Time) {
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
func churnSeen(s *scenarios.Scenario, seed uint64, laws *laws) *results.ChurnSeen {
	var seen *results.ChurnSeen
	end := protocol.Time(s.Duration)
	node := uint64(0)
	for i := range s.Groups {
		g := &s.Groups[i]
		all := laws.of(&g.Churn)
		if all == nil {
			node += uint64(g.Size)
			continue
		}
		if seen == nil {
			seen = &results.ChurnSeen{Arrivals: make([]int32,
				(end-protocol.Time(s.Warmup))/arrivalsEvery)}
		}
		for range g.Size {
			see(seen, all.Of(seed, node), protocol.Time(s.Warmup), end)
			node++
		}
	}
	return seen
}

// see follows one life.
func see(seen *results.ChurnSeen, life netmodel.Life, from, end protocol.Time) {
	if life.Online() {
		ageOf(&seen.Start, -life.Begun())
	}
	for {
		online, begun := life.Online(), life.Begun()
		at, event := life.Next()
		if at > end {
			if online {
				ageOf(&seen.End, end-begun)
			}
			return
		}
		if event != netmodel.Starts || at == 0 || at < from {
			continue
		}
		if window := (at - from) / arrivalsEvery; int(window) < len(seen.Arrivals) {
			seen.Arrivals[window]++
		}
	}
}
