package metrics

import "swarmlab/scenarios/findings"

// nodeMetrics are of the nodes of one client or of all. Their values are in perNode.
var nodeMetrics = []Definition{
	{Name: "nodes.online", Unit: "nodes",
		Definition: "mean number of nodes that were up after the warm-up"},
	{Name: "traffic.datagrams_per_node_s", Unit: "datagrams/s",
		Definition: "datagrams sent after the warm-up, by all causes, per second that a node " +
			"was up"},
	{Name: "traffic.bytes_per_node_s", Unit: "B/s",
		Definition: "bytes of these datagrams, without IP and UDP headers"},
	{Name: "traffic.li_bytes_per_node_s", Unit: "B/s",
		Definition: "the same datagrams as p2psim counts them: 20 bytes each, and 4 for each id " +
			"or address in it, which are the target of a query and the contacts in an answer",
		Source: "Li et al., INFOCOM 2005"},
	{Name: "traffic.maintenance", Unit: "share",
		Definition: "of the queries that ended after the warm-up, the share that no lookup of " +
			"the workload had sent: those of joins and of the table's upkeep. Announces that " +
			"failed count among them"},
	{Name: "table.contacts", Unit: "contacts",
		Definition: "contacts in the routing table of a node that is up, sampled each minute " +
			"after the warm-up, of at most 500 nodes of each client in each group"},
	{Name: "table.stale_share", Unit: "share",
		Definition: "share of these contacts whose node is down or has another id, by the global " +
			"view"},
	{Name: "table.good_share", Unit: "share",
		Definition: "share of these contacts that are good in the belief of the table's owner"},
}

// AnyClient stands for all clients together.
const AnyClient = ""

func perNode(run *findings.Run, client string, _ float64) []float64 {
	var sum findings.ClientRun
	for _, c := range run.Clients {
		if client == AnyClient || c.Client == client {
			sum.Online += c.Online
			sum.Sent.Datagrams += c.Sent.Datagrams
			sum.Sent.Bytes += c.Sent.Bytes
			sum.Queries += c.Queries
			sum.Asked += min(c.Asked, c.Queries)
			sum.Named += c.Named
		}
	}
	tables, contacts, stale, good := 0.0, 0.0, 0.0, 0.0
	for n := range run.Series {
		if s := &run.Series[n]; client == AnyClient || s.Client == client {
			tables += float64(s.Tables)
			contacts += float64(s.Contacts)
			stale += float64(s.Stale)
			good += float64(s.Good)
		}
	}
	return []float64{
		sum.Online.Seconds() / run.Measured.Seconds(),
		float64(sum.Sent.Datagrams) / sum.Online.Seconds(),
		float64(sum.Sent.Bytes) / sum.Online.Seconds(),
		(20*float64(sum.Sent.Datagrams) + 4*float64(sum.Queries+sum.Named)) / sum.Online.Seconds(),
		float64(sum.Queries-sum.Asked) / float64(sum.Queries),
		contacts / tables,
		stale / contacts,
		good / contacts,
	}
}
