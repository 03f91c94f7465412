package results

import "math"

// withinClass is the share of the time of regular unchokes among leechers that peers of a group, or
// of any, spend on their own group.
func withinClass(run *Run, group string, _ float64) float64 {
	own, all := run.Swarm.unchoked(group)
	if len(groupsOf([]*Run{run})) < 2 {
		return math.NaN() // there are no classes
	}
	return quotient(own, all)
}

// clustering is the same by what it would be at random.
func clustering(run *Run, group string, _ float64) float64 {
	s := run.Swarm
	sizes, total := map[string]int{}, 0
	for n := range s.Peers {
		if p := &s.Peers[n]; p.leeches() {
			sizes[p.Group]++
			total++
		}
	}
	own, all := s.unchoked(group)
	if all == 0 || len(sizes) < 2 {
		return math.NaN()
	}
	// Each peer's time is as much as it is: its share at random is that of its group.
	random := 0.0
	s.eachUnchoke(group, func(t *Transfer) {
		random += float64(t.Unchoked) * float64(sizes[t.FromGroup]-1) / float64(total-1)
	})
	if random == 0 {
		return math.NaN()
	}
	return float64(own) / random
}

// eachUnchoke calls f for the transfers from leechers of a group, or of any, to leechers.
func (s *Swarm) eachUnchoke(group string, f func(*Transfer)) {
	leeches := make(map[place]bool, len(s.Peers))
	for n := range s.Peers {
		p := &s.Peers[n]
		leeches[place{p.Node, p.Torrent}] = p.leeches()
	}
	for n := range s.Transfers {
		t := &s.Transfers[n]
		if (group == "" || t.FromGroup == group) && leeches[place{t.From, t.Torrent}] &&
			leeches[place{t.To, t.Torrent}] {
			f(t)
		}
	}
}

func (s *Swarm) unchoked(group string) (own, all int64) {
	s.eachUnchoke(group, func(t *Transfer) {
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

func found(count func(*Peer) int32) func(*Run, string, float64) float64 {
	return func(run *Run, _ string, _ float64) float64 {
		learnt, others := 0.0, 0.0
		for n := range run.Swarm.Peers {
			p := &run.Swarm.Peers[n]
			if !p.leeches() {
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
