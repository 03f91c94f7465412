package metrics

import (
	"math"

	"swarmlab/scenarios/findings"
)

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

func perTerrain(run *findings.Run, _ string, _ float64) []float64 {
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
