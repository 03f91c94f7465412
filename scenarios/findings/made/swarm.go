package made

import (
	"time"

	"swarmlab/scenarios/findings"
)

const second = int64(time.Second)

// Swarm is a swarm worked out by hand: a seed with 100 B/s, and two fast and two slow leechers
// that come at 1 s for 1,000 bytes and leave when they have them, the slow ones at 21 s and the
// fast ones at 16 s. The lines could have brought that in 10.67 s.
func Swarm() *findings.Swarm {
	peer := func(node uint32, group string, up, down uint64, done int64,
		leeched uint64) findings.Peer {
		return findings.Peer{Cell: 7, Node: node, Group: group, Torrent: "film", Size: 1000,
			Joined: second, FirstPiece: 3 * second, Completed: done, Left: done, UpRate: up,
			DownRate: down, LeechedUp: leeched, Useful: 1000, Remotes: 4, Connected: 40 * second,
			Interested: 30 * second, FirstFound: second + second/2, Others: 4,
			FoundTracker: 3, FoundPEX: 1}
	}
	s := &findings.Swarm{Peers: []findings.Peer{
		{Cell: 7, Node: 0, Group: "seeds", Torrent: "film", Size: 1000, Complete: 1000,
			UpRate: 100},
		peer(1, "fast", 100, 400, 16*second, 1000),
		peer(2, "fast", 100, 400, 16*second, 800),
		peer(3, "slow", 50, 200, 21*second, 200),
		peer(4, "slow", 50, 200, 21*second, 100),
	}}
	give := func(from, to uint32, bytes uint64, unchoked int64) {
		t := findings.Transfer{Cell: 7, From: from, To: to, FromGroup: s.Peers[from].Group,
			ToGroup: s.Peers[to].Group, Torrent: "film", Sent: bytes, Delivered: bytes,
			Unchoked: unchoked * second}
		s.Transfers = append(s.Transfers, t)
		s.Peers[from].PayloadUp += bytes
		s.Peers[from].OverheadUp += bytes / 20
		s.Peers[to].PayloadDown += bytes
	}
	give(0, 1, 600, 6)
	give(0, 2, 500, 6)
	give(0, 3, 500, 6)
	give(0, 4, 400, 6)
	give(1, 2, 500, 9)
	give(1, 3, 200, 1)
	give(1, 4, 300, 0)
	give(2, 1, 400, 6)
	give(2, 3, 200, 2)
	give(2, 4, 200, 2)
	give(3, 4, 200, 3)
	give(4, 3, 100, 1)
	s.Peers[4].Wasted = 100
	for at := int64(5); at <= 30; at += 5 {
		row := findings.SwarmSample{Cell: 7, At: at * second, Torrent: "film", Leechers: 4,
			Seeds: 1, Arrived: 4, CopiesMin: 1, CopiesMean: 2, UpBytes: 800, UpCapacity: 2000,
			LeecherUpBytes: 300, LeecherUpCapacity: 1500}
		switch {
		case at > 21:
			row.Leechers, row.Completed, row.UpBytes, row.LeecherUpBytes = 0, 4, 0, 0
		case at > 10:
			row.CopiesMin = 2
		}
		s.Samples = append(s.Samples, row)
	}
	return s
}
