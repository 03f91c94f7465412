package swarms

import (
	"math"
	"slices"

	"swarmlab/scenarios/findings"
)

// Groups returns the names of the groups with peers that came to download, sorted.
func Groups(runs []*findings.Run) []string {
	var all []string
	for _, run := range runs {
		if run.Swarm == nil {
			continue
		}
		for n := range run.Swarm.Peers {
			name := run.Swarm.Peers[n].Group
			if !Leeches(&run.Swarm.Peers[n]) {
				continue
			}
			if at, found := slices.BinarySearch(all, name); !found {
				all = slices.Insert(all, at, name)
			}
		}
	}
	return all
}

// Leeches tells whether the peer came to download.
func Leeches(p *findings.Peer) bool { return p.Complete < p.Size }

// untilDone returns when the peer had what it came for, or left, or the run ended, at end.
func untilDone(p *findings.Peer, end int64) int64 {
	switch {
	case p.Completed > 0:
		return p.Completed
	case p.Left > 0:
		return p.Left
	}
	return end
}

// quotient is not a number where there is nothing to divide by.
func quotient[N int64 | uint64](a, b N) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// since returns seconds, or what is not a number where there was no such event.
func since(from, event int64) float64 {
	if event == 0 {
		return math.NaN()
	}
	return float64(event-from) / 1e9
}

// OfPeers are of peers that came to download, with one observation each.
var OfPeers = []Metric{
	{Name: "swarm.completion_s", Unit: "s", Grouped: true,
		Definition: "simulated time from a peer's coming until it had verified all pieces; of " +
			"peers that came to download, and did",
		Peer: func(p *findings.Peer) float64 { return since(p.Joined, p.Completed) }},
	{Name: "swarm.first_piece_s", Unit: "s",
		Definition: "simulated time from a peer's coming until it had verified a first piece",
		Peer:       func(p *findings.Peer) float64 { return since(p.Joined, p.FirstPiece) }},
	{Name: "swarm.completed", Unit: "share", Grouped: true,
		Definition: "share of the peers that came to download that had all before the run ended",
		Peer: func(p *findings.Peer) float64 {
			if p.Completed > 0 {
				return 1
			}
			return 0
		}},
	{Name: "swarm.share_ratio", Unit: "ratio", Grouped: true,
		Definition: "payload that a peer which came to download gave to others, by what it was " +
			"given, in the network's books; also after it had completed",
		Peer: func(p *findings.Peer) float64 { return quotient(p.PayloadUp, p.PayloadDown) }},
	{Name: "swarm.served", Unit: "files", Grouped: true,
		Definition: "payload that a peer had sent when it completed, by the size of the torrent",
		Source:     "Bharambe, Herley, Padmanabhan, INFOCOM 2006: blocks served",
		Peer:       func(p *findings.Peer) float64 { return quotient(p.LeechedUp, p.Size) }},
	{Name: "swarm.interest", Unit: "share", Grouped: true,
		Definition: "of the time that a peer which was downloading had connections, all added " +
			"up, the share in which it was interested in what the other end has",
		Source: "Legout, Urvoy-Keller, Michiardi, IMC 2006",
		Peer:   func(p *findings.Peer) float64 { return quotient(p.Interested, p.Connected) }},
	{Name: "swarm.connections", Unit: "peers", Grouped: true,
		Definition: "distinct peers that a peer was connected with in all",
		Peer:       func(p *findings.Peer) float64 { return float64(p.Remotes) }},
	{Name: "swarm.found_first_s", Unit: "s", Grouped: true,
		Definition: "simulated time from a peer's coming until it had learnt of another, by " +
			"tracker, DHT or peer exchange",
		Peer: func(p *findings.Peer) float64 { return since(p.Joined, p.FirstFound) }},
}
