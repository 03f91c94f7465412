package metrics

import (
	"math"
	"slices"
	"time"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics/swarms"
)

// Definition is an entry of the dictionary of metrics.
type Definition struct {
	Name       string `json:"name"`
	Unit       string `json:"unit"`
	Definition string `json:"definition"`
	Source     string `json:"source,omitempty"`

	counts bool // small whole numbers from 1, whose whole distribution is worth having
	kind   string
	// value returns the observation of one lookup, as a whole number of units divided by scale,
	// and whether there is one.
	value func(*findings.Lookup) (int64, bool)
	scale float64

	// Of swarms: the observation of one peer that came to download, or the one of a whole run of
	// so many seconds, of one group or of all; what is not a number is none.
	peer    func(*findings.Peer) float64
	whole   func(run *findings.Run, group string, seconds float64) float64
	grouped bool   // there is one for each group, too
	group   string // whose it is

	audited bool // of accounting: see Audit.metrics
	detail  bool // and of some of the users only

	// Of a ledger: the observation of a run. Words in capitals in the name are blanks, and with is
	// what stands for them.
	claim func(c *findings.Claims, with []string) float64
	with  []string
}

// OfLookups reports whether each lookup has the metric; others have one value a run or peer.
func (d *Definition) OfLookups() bool { return d.value != nil }

const (
	anyKind = ""
	// shareScale has shares of single lookups in millionths.
	shareScale = 1_000_000
)

// Definitions returns the dictionary. In names of metrics that every group of peers has for
// itself, GROUP stands for its name; of accounting, METHOD and CHEAT stand for those, and other
// words in capitals for what a ledger has several of. Metrics of lookups come three times, by the
// kind of operation: find_node lookups are lookup.*, the others get_peers.* and announce.*.
func Definitions() []Definition {
	var all []Definition
	for _, kind := range []string{
		scenarios.KindLookup, scenarios.KindGetPeers, scenarios.KindAnnounce,
	} {
		for _, d := range lookupMetrics {
			if d.kind != anyKind && d.kind != kind {
				continue
			}
			prefix := kind
			if d.Name == "hops.first_value" {
				prefix = scenarios.KindLookup
			}
			d.Name, d.kind = prefix+"."+d.Name, kind
			all = append(all, d)
		}
	}
	for _, g := range runGroups() {
		all = append(all, g.metrics...)
	}
	all = append(append(all, swarmMetrics()...), auditMetrics()...)
	return append(all, claimMetrics...)
}

// runGroup is metrics with one observation a run that are worked out together.
type runGroup struct {
	metrics []Definition
	// values returns those of one run of so many seconds, in the order of metrics. What has no
	// value is not a number.
	values func(run *findings.Run, client string, seconds float64) []float64
	// byClient: they can be those of the nodes of one client; others are of the whole run.
	byClient bool
}

func runGroups() []runGroup {
	return []runGroup{
		{runMetrics, perRun, false}, {pathMetrics, perPath, false}, {nodeMetrics, perNode, true},
		{terrainMetrics, perTerrain, false}, {churnMetrics, perChurn, false},
		{healthMetrics, perTable, true}, {recordMetrics, perRecord, true},
		{censusMetrics, perCensus, false}, {connectivityMetrics, perConnectivity, false},
		{definitionsFrom(swarms.OfFluid), swarms.PerFluid, false},
	}
}

// none is as many values that are not there.
func none(count int) []float64 {
	return slices.Repeat([]float64{math.NaN()}, count)
}

func positive(field func(*findings.Lookup) int32) func(*findings.Lookup) (int64, bool) {
	return func(l *findings.Lookup) (int64, bool) { v := field(l); return int64(v), v > 0 }
}

func always(field func(*findings.Lookup) int32) func(*findings.Lookup) (int64, bool) {
	return func(l *findings.Lookup) (int64, bool) { return int64(field(l)), true }
}

// reached reports whether the hops and the time to the closest contact count: a lookup for a node
// must have found it.
func reached(l *findings.Lookup) bool {
	return l.Contact > 0 && (l.Success || l.Kind != scenarios.KindLookup)
}

var lookupMetrics = []Definition{
	{Name: "hops.contact", Unit: "hops", counts: true, scale: 1,
		Definition: "length of the chain of referrals to the closest contact that answered; " +
			"1 if it was in the asking node's own table. Of lookups that found their target only",
		Source: "Roos, Salah, Strufe, arXiv 1307.7000",
		value:  func(l *findings.Lookup) (int64, bool) { return int64(l.Contact), reached(l) }},
	{Name: "hops.first_value", Unit: "hops", counts: true, scale: 1, kind: scenarios.KindGetPeers,
		Definition: "depth of the first contact that returned peers; measured on get_peers",
		Source:     "ProbeLab RFM 7",
		value:      positive(func(l *findings.Lookup) int32 { return l.FirstValue })},
	{Name: "hops.discover_k", Unit: "hops", counts: true, scale: 1,
		Definition: "smallest depth at which all k closest contacts found had been seen",
		Source:     "ProbeLab RFM 17, hops for closest",
		value:      positive(func(l *findings.Lookup) int32 { return l.DiscoverK })},
	{Name: "hops.total", Unit: "hops", counts: true, scale: 1,
		Definition: "greatest depth of a contact that answered before the lookup ended",
		Source:     "ProbeLab RFM 17, total hops",
		value:      positive(func(l *findings.Lookup) int32 { return l.Total })},
	{Name: "rounds", Unit: "rounds", scale: 1,
		Definition: "waves of queries: 1 more than the largest wave that had ended when a query " +
			"was sent; in synchronous mode, the number of rounds",
		value: always(func(l *findings.Lookup) int32 { return l.Rounds })},
	{Name: "messages", Unit: "queries", scale: 1,
		Definition: "queries sent by the lookup, without those that announce",
		value:      always(func(l *findings.Lookup) int32 { return l.Messages })},
	{Name: "timeouts", Unit: "queries", scale: 1,
		Definition: "queries of the lookup without an answer within the query timeout",
		value:      always(func(l *findings.Lookup) int32 { return l.Timeouts })},
	{Name: "timeout_share", Unit: "share", scale: shareScale,
		Definition: "share of the lookup's queries that had no answer within the query timeout: " +
			"the dead nodes that it met, and those that a NAT or firewall kept it from",
		value: func(l *findings.Lookup) (int64, bool) {
			return int64(l.Timeouts) * shareScale / int64(max(l.Messages, 1)), l.Messages > 0
		}},
	{Name: "latency_ms", Unit: "ms", scale: float64(time.Millisecond),
		Definition: "simulated time from the request to the end of the lookup",
		value:      func(l *findings.Lookup) (int64, bool) { return l.Latency, true }},
	{Name: "found_ms", Unit: "ms", scale: float64(time.Millisecond),
		Definition: "simulated time from the request until the closest contact found had " +
			"answered: all that comes after is for certainty. Of lookups that found their " +
			"target only",
		value: func(l *findings.Lookup) (int64, bool) { return l.Found, reached(l) }},
	{Name: "first_value_ms", Unit: "ms", scale: float64(time.Millisecond),
		kind: scenarios.KindGetPeers,
		Definition: "simulated time from the request until the first peers came. Of lookups " +
			"that found some only",
		value: func(l *findings.Lookup) (int64, bool) { return l.FirstPeers, l.FirstValue > 0 }},
	{Name: "success", Unit: "share", scale: 1,
		Definition: "lookup: the running node closest to the target, by the global view, " +
			"answered; where there are NATs, the closest that lets strangers in, or k closer " +
			"ones; get_peers: a peer was found; announce: a node stored it",
		value: func(l *findings.Lookup) (int64, bool) {
			if l.Success {
				return 1, true
			}
			return 0, true
		}},
	{Name: "recall", Unit: "nodes", scale: 1,
		Definition: "how many of the k running nodes closest to the target, by the global view, " +
			"are among the k found; where there are NATs, of those that let strangers in or " +
			"answered this lookup",
		value: always(func(l *findings.Lookup) int32 { return l.Recall })},
	{Name: "peers", Unit: "peers", scale: 1, kind: scenarios.KindGetPeers,
		Definition: "distinct peers found",
		value:      always(func(l *findings.Lookup) int32 { return l.Peers })},
	{Name: "stored", Unit: "nodes", scale: 1, kind: scenarios.KindAnnounce,
		Definition: "nodes that acknowledged announce_peer",
		value:      always(func(l *findings.Lookup) int32 { return l.Peers })},
}

// runMetrics are of the network and the workload. Their values are in perRun.
var runMetrics = []Definition{
	{Name: "network.messages_per_node_s", Unit: "datagrams/s",
		Definition: "datagrams sent, by all causes, per node and simulated second of the whole " +
			"run, joins and warm-up included"},
	{Name: "network.bytes_per_node_s", Unit: "B/s",
		Definition: "bytes of these datagrams, without IP and UDP headers"},
	{Name: "network.lost", Unit: "share",
		Definition: "share of the datagrams sent that the network lost"},
	{Name: "workload.unfinished", Unit: "lookups",
		Definition: "operations that had not ended when their node left or the run ended; they " +
			"are not measured"},
	{Name: "workload.unfinished_share", Unit: "share",
		Definition: "share of the operations that nodes began which had not ended when the node " +
			"left or the run ended. Success and times are of the others only: where lookups are " +
			"slow and sessions short, of the faster ones"},
	{Name: "workload.skipped", Unit: "operations",
		Definition: "operations whose node was not running; they are not measured"},
}

func perRun(run *findings.Run, _ string, seconds float64) []float64 {
	sent := run.Ledger.Sent
	nodeSeconds := float64(run.Nodes) * seconds
	begun := run.Asked - int(run.Tally.Skipped)
	return []float64{
		float64(sent.Datagrams) / nodeSeconds,
		float64(sent.Bytes) / nodeSeconds,
		float64(run.Ledger.Lost.Datagrams) / max(float64(sent.Datagrams), 1),
		float64(begun - run.Ended),
		float64(begun-run.Ended) / max(float64(begun), 1),
		float64(run.Tally.Skipped),
	}
}
