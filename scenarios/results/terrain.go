package results

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/stats"
)

// FaultsFile has a row for each fault of each run; there is none if no fault is written.
const FaultsFile = "faults.csv"

// Terrain is what a run had beside delay and loss.
type Terrain struct {
	Gated  bool // some nodes are behind NATs or firewalls
	Narrow bool // access lines have limits
	Faults []FaultHits
}

// FaultHits is one fault of a run, how many datagrams it did something to, and how many nodes it
// froze or crashed.
type FaultHits struct {
	Fault     string // as the scenario file has it
	Datagrams uint64 // of a pause those that it lost, of a crash none
	Nodes     uint64
}

// FaultSummary is one fault of a cell.
type FaultSummary struct {
	Fault     string        `json:"fault"`
	Kind      string        `json:"kind"`
	From      stats.Number  `json:"from_s"`
	To        stats.Number  `json:"to_s"`
	Datagrams stats.Summary `json:"datagrams"` // it did something to; one observation a run
	Nodes     stats.Summary `json:"nodes"`     // it froze or crashed; likewise
}

// terrainMetrics are of runs that had what they tell of. Their values are in perTerrain.
var terrainMetrics = []Definition{
	{Name: "network.filtered", Unit: "share",
		Definition: "share of the datagrams sent that a NAT or firewall did not let in"},
	{Name: "nodes.reachable", Unit: "share",
		Definition: "share of the nodes that are up that let in a datagram from a node they " +
			"never sent to, sampled each minute after the warm-up"},
	{Name: "table.shut_share", Unit: "share",
		Definition: "share of the contacts in sampled routing tables whose node is up, but " +
			"lets in no datagram from a node it never sent to, or not by the contact's port"},
	{Name: "network.dropped", Unit: "share",
		Definition: "share of the datagrams sent that found the queue of an access line full"},
	{Name: "network.copied", Unit: "share",
		Definition: "copies that the network made of datagrams, as a share of those sent"},
	{Name: "network.fault_hits", Unit: "datagrams",
		Definition: "datagrams that faults did something to; one that two faults hit counts twice"},
}

func perTerrain(run *Run, _ string, _ float64) []float64 {
	none, sent := math.NaN(), float64(run.Ledger.Sent.Datagrams)
	values := []float64{none, none, none, none, none, none}
	if run.Terrain.Gated {
		online, reachable, contacts, shut := 0.0, 0.0, 0.0, 0.0
		for n := range run.Series {
			s := &run.Series[n]
			online += float64(s.Online)
			reachable += float64(s.Reachable)
			contacts += float64(s.Contacts)
			shut += float64(s.Shut)
		}
		values[0] = float64(run.Ledger.Filtered.Datagrams) / sent
		values[1], values[2] = reachable/online, shut/contacts
	}
	if run.Terrain.Narrow {
		values[3] = float64(run.Ledger.Dropped.Datagrams) / sent
	}
	if len(run.Terrain.Faults) > 0 {
		hits := uint64(0)
		for _, f := range run.Terrain.Faults {
			hits += f.Datagrams
		}
		values[4] = float64(run.Ledger.Copied.Datagrams) / sent
		values[5] = float64(hits)
	}
	return values
}

// summariseFaults sums up the faults of a cell, which are the same in each of its runs.
func summariseFaults(s *scenarios.Scenario, runs []*Run) []FaultSummary {
	var all []FaultSummary
	for n, hits := range runs[0].Terrain.Faults {
		f := FaultSummary{Fault: hits.Fault}
		if n < len(s.Faults) {
			from, to := s.Faults[n].From, s.Faults[n].To
			if to == 0 { // the end of the run
				to = s.Duration
			}
			f.Kind = s.Faults[n].Kind
			f.From = stats.Number(time.Duration(from).Seconds())
			f.To = stats.Number(time.Duration(to).Seconds())
		}
		datagrams, nodes := make([]float64, len(runs)), make([]float64, len(runs))
		for r, run := range runs {
			hits := run.Terrain.Faults[n]
			datagrams[r], nodes[r] = float64(hits.Datagrams), float64(hits.Nodes)
		}
		f.Datagrams, f.Nodes = stats.OfRuns(datagrams), stats.OfRuns(nodes)
		f.Datagrams.Unit, f.Nodes.Unit = "datagrams", "nodes"
		all = append(all, f)
	}
	return all
}

// addFaults adds a row for each fault of each run, if there are any.
func (o *Outcome) addFaults(g *staging, obsolete *[]string) error {
	for _, run := range o.Runs {
		if len(run.Terrain.Faults) > 0 {
			return g.add(FaultsFile, o.writeFaults)
		}
	}
	*obsolete = append(*obsolete, FaultsFile)
	return nil
}

func (o *Outcome) writeFaults(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "number", "fault", "datagrams", "nodes"})
	for _, run := range o.Runs {
		for n, f := range run.Terrain.Faults {
			c.Write([]string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10),
				strconv.Itoa(n), f.Fault, strconv.FormatUint(f.Datagrams, 10),
				strconv.FormatUint(f.Nodes, 10)})
		}
	}
	c.Flush()
	return c.Error()
}
