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
)

// estimateSwarms is the cost of one run of a scenario with torrents. Its messages are counted as
// datagrams.
func (s *Scenario) estimateSwarms() Estimate {
	run := Estimate{Cells: 1, Runs: 1, Memory: bytesPerRun, Nodes: s.Nodes()}
	all := make([]uint64, len(s.Torrents)) // peers
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, n := range s.wanted(g) {
			all[n] += s.takers(g)
		}
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, n := range s.wanted(g) {
			run.addPeers(g, s.takers(g), all[n], s.Torrents[n].Geometry())
		}
	}
	checkpoints := times(uint64(s.Duration/Duration(time.Second)), checkpointBytes(run.Nodes))
	run.Memory = plus(plus(run.Memory, run.Retained), checkpoints)
	run.CPU = s.swarmTime(run.Datagrams)
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
	links := min(uint64(g.Swarm.Connections), max(all, 1)-1, uint64(g.Swarm.Initiate)*3/2)
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

// swarmTime is how long so many messages of peers take.
func (s *Scenario) swarmTime(messages uint64) time.Duration {
	return cpuTime(portionOf(messages, datagramsPerCPUSecond, messagesPerCPUSecond))
}

// comers is how many peers of a group come before the run ends, at most.
func (g *Group) comers(s *Scenario) uint64 {
	if g.Arrive.Rate == (Pace{}) {
		return uint64(g.Size)
	}
	return min(uint64(g.Size), g.Arrive.Rate.Expected(time.Duration(s.Duration)))
}
