package swarms

import (
	"slices"

	"swarmlab/protocol"
)

// company is when peers were in one swarm: all that came and all that left it, by time.
type company struct{ joined, left []protocol.Time }

// companies are those of all torrents. Observers are company, too: others find them.
func (w *World) companies() []company {
	all := make([]company, len(w.torrents))
	for node := range w.peers {
		for k := range w.peers[node].parts {
			if s := &w.peers[node].parts[k]; s.came() {
				c := &all[s.torrent.number]
				from, to := s.stayed(w.sim.Now())
				c.joined, c.left = append(c.joined, from), append(c.left, to)
			}
		}
	}
	for n := range all {
		slices.Sort(all[n].joined)
		slices.Sort(all[n].left)
	}
	return all
}

// others counts the peers that were there at any moment of a stay, without the one that stayed.
func (c *company) others(from, to protocol.Time) int {
	came, _ := slices.BinarySearch(c.joined, to+1)
	gone, _ := slices.BinarySearch(c.left, from)
	return came - gone - 1
}
