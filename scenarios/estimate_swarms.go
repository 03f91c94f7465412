package scenarios

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/swarm"
)

// What peers of torrents cost, measured on the reference machine and rounded up.
const (
	bytesPerPeer       = 24 << 10 // itself, and the addresses that it knows
	bytesPerConnection = 4000     // at one end, with what is on its way
	bytesPerTransfer   = 400      // a pair of peers in the ledger, and its row

	messagesPerBlock      = 2
	messagesPerConnection = 30 // greetings, interest, choking, peer exchange
	messagesPerCPUSecond  = 400_000

	statementsPerConnection = 3     // of one end, reports and receipts delivered to an office
	signaturesPerCPUSecond  = 8_000 // made, and checked
)

// estimateSwarms is the cost of one run of a scenario with torrents. Its messages are counted as
// datagrams.
func (s *Scenario) estimateSwarms() Estimate {
	run := Estimate{Cells: 1, Runs: 1, Memory: bytesPerRun, Nodes: s.Nodes()}
	all := make([]uint64, len(s.Torrents)) // peers
	signatures := uint64(0)
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, n := range s.wanted(g) {
			all[n] += s.takers(g)
		}
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, n := range s.wanted(g) {
			geo := s.Torrents[n].Geometry()
			run.addPeers(g, s.takers(g), all[n], geo)
			signatures = plus(signatures, s.signatures(g, s.takers(g), all[n], geo))
		}
	}
	checkpoints := times(uint64(s.Duration/Duration(time.Second)), checkpointBytes(run.Nodes))
	run.Memory = plus(plus(run.Memory, run.Retained), checkpoints)
	run.CPU = sumOf(swarmTime(run.Datagrams), 1, signingTime(signatures))
	return run
}

// wanted are the torrents that peers of a group take part in.
func (s *Scenario) wanted(g *Group) []int {
	if g.Taking() == 1 {
		return []int{max(s.Torrent(g), 0)}
	}
	all := make([]int, len(s.Torrents))
	for n := range all {
		all[n] = n
	}
	return all
}

// takers is how many peers of a group take part in each of them.
func (s *Scenario) takers(g *Group) uint64 {
	n := uint64(len(s.wanted(g)))
	return (times(g.comers(s), uint64(g.Taking())) + n - 1) / n
}

// addPeers adds the peers of a group in a torrent of so many peers in all.
func (e *Estimate) addPeers(g *Group, peers, all uint64, geo swarm.Geometry) {
	links := g.links(all)
	pieces := uint64(geo.Pieces())
	each := plus(times(links, bytesPerConnection+pieces/8), bytesPerPeer+pieces*8)
	e.Memory = plus(e.Memory, times(peers, each))
	e.Retained = plus(e.Retained, times(times(peers, links), bytesPerTransfer))
	messages := times(links, messagesPerConnection)
	if g.Complete < netmodel.Certain {
		blocks := uint64(geo.Total)/swarm.BlockSize + 1
		messages = plus(messages, plus(times(blocks, messagesPerBlock), times(links, pieces)))
	}
	e.Datagrams = plus(e.Datagrams, times(peers, messages))
}

// links is how many connections a peer has in a torrent of so many peers in all.
func (g *Group) links(all uint64) uint64 {
	return min(uint64(g.Swarm.Connections), max(all, 1)-1, uint64(g.Swarm.Initiate)*3/2)
}

// signatures is how many the peers of a group make: for each window of bytes that they get, and on
// what they tell the office of each connection.
func (s *Scenario) signatures(g *Group, peers, all uint64, geo swarm.Geometry) (n uint64) {
	a := &s.Audit
	if a.Settle == 0 {
		return 0
	}
	n = times(times(peers, g.links(all)), statementsPerConnection)
	if a.Receipts > 0 && g.Complete < netmodel.Certain {
		n = plus(n, times(peers, uint64(geo.Total)/uint64(a.Receipts)+1))
	}
	return n
}

// swarmTime is how long so many messages of peers take.
func swarmTime(messages uint64) time.Duration {
	return cpuTime(portionOf(messages, datagramsPerCPUSecond, messagesPerCPUSecond))
}

// signingTime is how long so many signatures take.
func signingTime(signatures uint64) time.Duration {
	return cpuTime(portionOf(signatures, datagramsPerCPUSecond, signaturesPerCPUSecond))
}

// comers is how many peers of a group come before the run ends, at most.
func (g *Group) comers(s *Scenario) uint64 {
	if g.Arrive.Rate == (Pace{}) {
		return uint64(g.Size)
	}
	return min(uint64(g.Size), g.Arrive.Rate.Expected(time.Duration(s.Duration)))
}
