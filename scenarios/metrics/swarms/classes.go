package swarms

import (
	"math"

	"swarmlab/scenarios/findings"
)

// withinClass is the share of the time of regular unchokes among leechers that peers of a group, or
// of any, spend on their own group.
func withinClass(run *findings.Run, group string, _ float64) float64 {
	own, all := unchoked(run.Swarm, group)
	if len(Groups([]*findings.Run{run})) < 2 {
		return math.NaN() // there are no classes
	}
	return quotient(own, all)
}

// clustering is the same by what it would be at random.
func clustering(run *findings.Run, group string, _ float64) float64 {
	s := run.Swarm
	sizes, total := map[string]int{}, 0
	for n := range s.Peers {
		if p := &s.Peers[n]; Leeches(p) {
			sizes[p.Group]++
			total++
		}
	}
	own, all := unchoked(s, group)
	if all == 0 || len(sizes) < 2 {
		return math.NaN()
	}
	// Each peer's time is as much as it is: its share at random is that of its group.
	random := 0.0
	eachUnchoke(s, group, func(t *findings.Transfer) {
		random += float64(t.Unchoked) * float64(sizes[t.FromGroup]-1) / float64(total-1)
	})
	if random == 0 {
		return math.NaN()
	}
	return float64(own) / random
}

// eachUnchoke calls f for the transfers from leechers of a group, or of any, to leechers.
func eachUnchoke(s *findings.Swarm, group string, f func(*findings.Transfer)) {
	leeching := make(map[place]bool, len(s.Peers))
	for n := range s.Peers {
		p := &s.Peers[n]
		leeching[place{p.Node, p.Torrent}] = Leeches(p)
	}
	for n := range s.Transfers {
		t := &s.Transfers[n]
		if (group == "" || t.FromGroup == group) && leeching[place{t.From, t.Torrent}] &&
			leeching[place{t.To, t.Torrent}] {
			f(t)
		}
	}
}

func unchoked(s *findings.Swarm, group string) (own, all int64) {
	eachUnchoke(s, group, func(t *findings.Transfer) {
		all += t.Unchoked
		if t.FromGroup == t.ToGroup {
			own += t.Unchoked
		}
	})
	return own, all
}

func foundShare(by string) string {
	return "distinct peers of which peers that download learnt first by " + by + ", by the " +
		"others that were in the swarm at any time while they were, observers too; all added up"
}

func found(count func(*findings.Peer) int32) func(*findings.Run, string, float64) float64 {
	return func(run *findings.Run, _ string, _ float64) float64 {
		learnt, others := 0.0, 0.0
		for n := range run.Swarm.Peers {
			p := &run.Swarm.Peers[n]
			if !Leeches(p) {
				continue
			}
			learnt += float64(count(p))
			others += float64(p.Others)
		}
		if learnt == 0 || others == 0 {
			return math.NaN()
		}
		return learnt / others
	}
}
