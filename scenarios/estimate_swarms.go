package scenarios

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/swarm"
)

// What peers of torrents cost, measured on the reference machine and rounded up.
const (
	bytesPerPeer       = 24 << 10 // itself, and the addresses that it knows
	bytesPerConnection = 2000     // at one end, with what is on its way
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
		all[max(s.Torrent(&s.Groups[i]), 0)] += s.Groups[i].comers(s)
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		n := max(s.Torrent(g), 0)
		peers, geo := g.comers(s), s.Torrents[n].Geometry()
		links := min(uint64(g.Swarm.Connections), max(all[n], 1)-1,
			uint64(g.Swarm.Initiate)*3/2)
		pieces := uint64(geo.Pieces())
		each := plus(times(links, bytesPerConnection+pieces/8), bytesPerPeer+pieces*8)
		run.Memory = plus(run.Memory, times(peers, each))
		run.Retained = plus(run.Retained, times(times(peers, links), bytesPerTransfer))
		messages := times(links, messagesPerConnection)
		if g.Complete < netmodel.Certain {
			blocks := uint64(geo.Total)/swarm.BlockSize + 1
			messages = plus(messages, plus(times(blocks, messagesPerBlock), times(links, pieces)))
		}
		run.Datagrams = plus(run.Datagrams, times(peers, messages))
	}
	checkpoints := times(uint64(s.Duration/Duration(time.Second)), checkpointBytes(run.Nodes))
	run.Memory = plus(plus(run.Memory, run.Retained), checkpoints)
	run.CPU = s.swarmTime(run.Datagrams)
	return run
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
