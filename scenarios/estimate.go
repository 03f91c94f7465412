package scenarios

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// What a simulation costs, measured on the reference machine and rounded up. They make estimates
// that are right to a factor of about two, which is enough to choose a size and to refuse what
// cannot fit.
const (
	bytesPerRun  = 24 << 20 // of the program, its tables and pools
	bytesPerNode = 300      // identity, lookup state, tokens, pending wake-up
	bytesPerSlot = 12       // a contact's place in a routing table

	bytesPerOperation = 250 // of a run under way: its event, its row, and what growing takes
	bytesPerResult    = 112 // a row, kept until all runs are done
	bytesPerDigit     = 512 // of the node numbers, in the checkpoint of a simulated second

	datagramsPerJoinStep   = 20 // of one node's join, for each doubling of the network
	datagramsPerLookup     = 12 // queries and replies of a lookup,
	datagramsPerLookupStep = 1  // and more for each doubling of the network
	datagramsPerStore      = 16 // announce_peer to the k closest, and the replies
	datagramsPerRefresh    = 8  // of one bucket

	datagramsPerCPUSecond = 500_000
)

// Estimate is what a scenario will cost, before anything is allocated.
type Estimate struct {
	Cells     int
	Runs      int           // of all cells, repetitions included
	Nodes     int           // of the largest run
	Memory    uint64        // bytes, of the largest run while it is under way
	Retained  uint64        // bytes, of the records of all runs, which are kept to the end
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
		total.Retained = plus(total.Retained, times(run.Retained, uint64(s.Repeat)))
		total.Datagrams = plus(total.Datagrams, times(run.Datagrams, uint64(s.Repeat)))
	}
	total.CPU = cpuTime(total.Datagrams)
	return total, nil
}

// estimateRun is the cost of one run of a scenario without sweep.
func (s *Scenario) estimateRun() Estimate {
	run := Estimate{Cells: 1, Runs: 1, Memory: bytesPerRun}
	for i := range s.Groups {
		g := &s.Groups[i]
		run.Nodes += g.Size
		run.Memory = plus(run.Memory, g.memory())
		run.Datagrams = plus(run.Datagrams, g.upkeep(s.Duration))
	}
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
	run.Retained = plus(run.Retained, checkpoints)
	run.Memory = plus(run.Memory, checkpoints)
	run.CPU = cpuTime(run.Datagrams)
	return run
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

// memory is that of the group's nodes and their routing tables, which are allocated in full.
func (g *Group) memory() uint64 {
	sizes := g.DHT.Buckets
	slots := 0
	for depth := range g.TableDepth() {
		slots += sizes[min(depth, len(sizes)-1)]
	}
	return times(uint64(g.Size), uint64(bytesPerNode+bytesPerSlot*slots))
}

// upkeep is the number of datagrams that the group's nodes cause by themselves.
func (g *Group) upkeep(duration Duration) uint64 {
	nodes, total := uint64(g.Size), uint64(0)
	idle := duration // time in which buckets fall due for a refresh
	if g.Tables == TablesJoin {
		total = times(nodes, datagramsPerJoinStep*doublings(g.Size))
		idle = max(duration-g.DHT.Refresh, 0)
	}
	if g.DHT.Refresh > 0 {
		perPeriod := times(nodes, doublings(g.Size/g.DHT.K)*datagramsPerRefresh)
		hi, lo := bits.Mul64(perPeriod, uint64(idle))
		if hi >= uint64(g.DHT.Refresh) {
			return math.MaxUint64
		}
		refreshes, _ := bits.Div64(hi, lo, uint64(g.DHT.Refresh))
		total = plus(total, refreshes)
	}
	return total
}

// doublings is the binary logarithm, rounded up.
func doublings(nodes int) uint64 { return uint64(bits.Len(uint(nodes))) }

// CheckMemory refuses a scenario whose largest run does not fit into that many bytes, beside the
// records of all runs.
func (e Estimate) CheckMemory(available uint64) error {
	if plus(e.Memory, e.Retained) <= available {
		return nil
	}
	if e.Memory > available {
		return fmt.Errorf("a run of %d nodes needs about %s of memory, and %s are available; "+
			"simulate fewer nodes, smaller buckets or fewer operations", e.Nodes,
			byteText(e.Memory), byteText(available))
	}
	return fmt.Errorf("the records of %d runs need about %s of memory, beside %s for a run, and "+
		"%s are available; simulate shorter, fewer operations or fewer runs", e.Runs,
		byteText(e.Retained), byteText(e.Memory), byteText(available))
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
	ns := times(datagrams, uint64(time.Second/datagramsPerCPUSecond))
	return time.Duration(min(ns, math.MaxInt64))
}

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

// RunDatagrams is the estimated number of datagrams of one run of a scenario without sweep.
func (s *Scenario) RunDatagrams() uint64 { return s.estimateRun().Datagrams }
