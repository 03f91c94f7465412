package scenarios

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"swarmlab/protocol/dht"
)

// What a simulation costs, measured on the reference machine and rounded up. They make estimates
// that are right to a factor of about two, which is enough to choose a size and to refuse what
// cannot fit.
const (
	bytesPerRun  = 24 << 20 // of the program, its tables and pools
	bytesPerNode = 300      // identity, lookup state, tokens, pending wake-up
	bytesPerSlot = 12       // a contact's place in a routing table

	bytesPerOperation = 250 // of a run under way: its event, its row, and what growing takes
	bytesPerResult    = 128 // a row, in memory when its cell is summed up
	bytesPerDigit     = 512 // of the node numbers, in the checkpoint of a simulated second

	datagramsPerJoinStep   = 20 // of one node's join, for each doubling of the network
	datagramsPerLookup     = 12 // queries and replies of a lookup,
	datagramsPerLookupStep = 1  // and more for each doubling of the network
	datagramsPerStore      = 16 // announce_peer to the k closest, and the replies
	datagramsPerRefresh    = 8  // of one bucket

	bytesPerTerrain = 80  // of a node where there are NATs, lines or faults,
	bytesPerGate    = 512 // and of one behind a NAT: whom it has sent to

	bytesPerSession = 80 // of a node that comes and goes: its interval and two events

	datagramsPerCPUSecond = 500_000
)

// Estimate is what a scenario will cost, before anything is allocated.
type Estimate struct {
	Cells     int
	Runs      int           // of all cells, repetitions included
	Nodes     int           // of the largest run
	Memory    uint64        // bytes, of the largest run while it is under way
	Retained  uint64        // bytes, of the rows of a cell, which are in memory to be summed up
	Datagrams uint64        // of all runs
	CPU       time.Duration // of all runs
	Longest   time.Duration // CPU time of the longest run
}

// Estimate adds up all cells. The error is that of Cells.
func (s *Scenario) Estimate() (Estimate, error) {
	cells, err := s.Cells()
	if err != nil {
		return Estimate{}, err
	}
	total := Estimate{Cells: len(cells), Runs: len(cells) * s.Repeat}
	for _, cell := range cells {
		run := cell.Scenario.estimateRun()
		total.Nodes = max(total.Nodes, run.Nodes)
		total.Memory = max(total.Memory, run.Memory)
		total.Longest = max(total.Longest, run.CPU)
		total.Retained = max(total.Retained, times(run.Retained, uint64(s.Repeat)))
		total.Datagrams = plus(total.Datagrams, times(run.Datagrams, uint64(s.Repeat)))
		total.CPU = sumOf(total.CPU, s.Repeat, run.CPU)
	}
	return total, nil
}

// estimateRun is the cost of one run of a scenario without sweep.
func (s *Scenario) estimateRun() Estimate {
	if s.Swarms() {
		return s.estimateSwarms()
	}
	if s.Ledgers() {
		return s.estimateLedgers()
	}
	run := Estimate{Cells: 1, Runs: 1, Memory: bytesPerRun}
	run.Nodes = s.Nodes()
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, p := range g.Portions() {
			run.Memory = plus(run.Memory, s.memory(g, p))
			run.Datagrams = plus(run.Datagrams, s.upkeep(g, p))
		}
	}
	if n := s.Crawl.Planted + s.Probes.Vantages; n > 0 {
		own := Portion{s.Groups[0].Portions()[0].Client, n}
		run.Memory = plus(run.Memory, s.memory(&s.Groups[0], own))
	}
	run.Memory = plus(run.Memory, s.terrainMemory(run.Nodes))
	for i := range s.Workload {
		w := &s.Workload[i]
		operations := w.operations()
		each := datagramsPerLookup + datagramsPerLookupStep*doublings(run.Nodes)
		if w.Kind == KindAnnounce {
			each += datagramsPerStore
		}
		run.Datagrams = plus(run.Datagrams, times(operations, each))
		run.Memory = plus(run.Memory, times(operations, bytesPerOperation))
		run.Retained = plus(run.Retained, times(operations, bytesPerResult))
	}
	checkpoints := times(uint64(s.Duration/Duration(time.Second)), checkpointBytes(run.Nodes))
	run.Memory = plus(run.Memory, checkpoints)
	run.CPU = cpuTime(run.Datagrams)
	return run
}

// terrainMemory is what NATs, access lines and faults need.
func (s *Scenario) terrainMemory(nodes int) uint64 {
	n := &s.Network
	each := uint64(0)
	if n.NAT.Gated() || !n.Links.None() || len(s.Faults) > 0 {
		each = bytesPerTerrain
	}
	if n.NAT.Gated() {
		each += bytesPerGate
	}
	return times(uint64(nodes), each)
}

// checkpointBytes is the size of a checkpoint, which grows with the digits of the node numbers.
func checkpointBytes(nodes int) uint64 {
	digits := uint64(1)
	for n := nodes; n > 128; n = (n + 127) / 128 {
		digits++
	}
	return 56 + digits*bytesPerDigit
}

// operations is the number that the rate gives from start to stop.
func (w *Work) operations() uint64 { return w.Rate.Expected(time.Duration(w.Stop - w.Start)) }

// memory is that of some nodes, their routing tables, which are allocated in full, and their
// sessions.
func (s *Scenario) memory(g *Group, p Portion) uint64 {
	c := s.Config(g, p.Client)
	slots := 0
	for depth := range c.Depth {
		slots += c.Buckets[min(depth, len(c.Buckets)-1)]
	}
	each := plus(uint64(bytesPerNode+bytesPerSlot*slots), times(bytesPerSession, g.returns(s)))
	return times(uint64(p.Size), each)
}

// upkeep is the number of datagrams that some nodes cause by themselves: they join, again after
// each time that they were away, and keep their tables.
func (s *Scenario) upkeep(g *Group, p Portion) uint64 {
	c, nodes := s.Config(g, p.Client), uint64(p.Size)
	joins, idle := g.returns(s), s.Duration
	if g.Tables == TablesJoin {
		joins++
		idle = max(idle-Duration(c.Refresh), 0)
	}
	total := times(nodes, times(joins, datagramsPerJoinStep*doublings(s.Nodes())))
	each, period := doublings(s.Nodes()/c.K)*datagramsPerRefresh, uint64(c.Refresh)
	if c.Upkeep != dht.UpkeepRefresh {
		each, period = datagramsPerHour(c.Upkeep), uint64(time.Hour)
	}
	if period == 0 {
		return total
	}
	return plus(total, portionOf(times(nodes, each), uint64(g.online(idle)), period))
}

// portionOf returns x*part/whole, rounded down, or the largest number.
func portionOf(x, part, whole uint64) uint64 {
	hi, lo := bits.Mul64(x, part)
	if hi >= whole {
		return math.MaxUint64
	}
	q, _ := bits.Div64(hi, lo, whole)
	return q
}

// datagramsPerHour is what one node that is up costs with another upkeep than that of BEP 5, as
// measured in the scenario clients.
func datagramsPerHour(u dht.Upkeep) uint64 {
	switch u {
	case dht.UpkeepProbe, dht.UpkeepAsk:
		return 1200
	case dht.UpkeepCheck:
		return 2000
	}
	return 12_000 // pings: most of all nodes that ask, to find one that does not answer
}

// returns is how often a node comes back in a run, rounded up.
func (g *Group) returns(s *Scenario) uint64 {
	if g.Churn.None() {
		return 0
	}
	cycle := plus(g.Churn.means())
	return (uint64(s.Duration) + cycle - 1) / cycle
}

// online is the share of a time that a node is up.
func (g *Group) online(of Duration) Duration {
	if g.Churn.None() {
		return of
	}
	session, offline := g.Churn.means()
	return Duration(portionOf(uint64(of), session, plus(session, offline)))
}

// doublings is the binary logarithm, rounded up.
func doublings(nodes int) uint64 { return uint64(bits.Len(uint(nodes))) }

// CheckMemory refuses a scenario whose largest run does not fit into that many bytes, beside the
// rows of all runs of a cell.
func (e Estimate) CheckMemory(available uint64) error {
	if plus(e.Memory, e.Retained) <= available {
		return nil
	}
	if e.Memory > available {
		return fmt.Errorf("a run of %d nodes needs about %s of memory, and %s are available; "+
			"simulate fewer nodes, smaller buckets or fewer operations", e.Nodes,
			byteText(e.Memory), byteText(available))
	}
	return fmt.Errorf("the rows of %d runs of a cell need about %s of memory, beside %s for a "+
		"run, and %s are available; simulate shorter, fewer operations or fewer runs",
		e.Runs/max(e.Cells, 1), byteText(e.Retained), byteText(e.Memory), byteText(available))
}

// byteText writes a size with a readable unit, rounded down.
func byteText(size uint64) string {
	switch {
	case size >= 10<<30:
		return fmt.Sprintf("%d GiB", size>>30)
	case size >= 10<<20:
		return fmt.Sprintf("%d MiB", size>>20)
	}
	return fmt.Sprintf("%d KiB", size>>10)
}

func cpuTime(datagrams uint64) time.Duration {
	return durationOf(times(datagrams, uint64(time.Second/datagramsPerCPUSecond)))
}

// sumOf adds a time so often to another one.
func sumOf(a time.Duration, n int, b time.Duration) time.Duration {
	return durationOf(plus(uint64(a), times(uint64(n), uint64(b))))
}

func durationOf(ns uint64) time.Duration { return time.Duration(min(ns, math.MaxInt64)) }

// plus and times stay at the largest number instead of overflowing.
func plus(a, b uint64) uint64 {
	if sum, carry := bits.Add64(a, b, 0); carry == 0 {
		return sum
	}
	return math.MaxUint64
}

func times(a, b uint64) uint64 {
	if hi, product := bits.Mul64(a, b); hi == 0 {
		return product
	}
	return math.MaxUint64
}

// RunTime is the estimated CPU time of one run of a scenario without sweep.
func (s *Scenario) RunTime() time.Duration { return s.estimateRun().CPU }
