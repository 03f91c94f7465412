package scenarios

import "strings"

// rule is all there is to know about one setting beside its type, which the structs give.
// The table of rules is the one place that knows defaults, ranges and meanings: reading, --set,
// sweeps, printing and the documentation all go by it.
type rule struct {
	path string // names in capitals stand for any name
	// fallback is the value when none is written; required if there is no sensible one.
	fallback string
	// instead returns what takes the place of fallback in view of the settings before this one, or
	// nothing; nil: nothing ever does.
	instead func(s *Scenario) string
	// limits is a range "low..high", or the allowed words "a|b|c", or empty.
	limits string
	// word is written in place of the zero value, which it names.
	word string
	// when restricts the setting to values of a sibling: "model=uniform|regions", or to all but
	// some: "trace!=none".
	when    string
	meaning string
}

const (
	required = "required"
	nameForm = "name" // limits of a name
)

const (
	restWord = "rest"
	evenWord = "even"
	allWord  = "all"
)

const regionWords = "us-east|us-west|oregon|ireland|frankfurt|tokyo|seoul|singapore|sydney|" +
	"sao-paulo"

const anySpan = "0s..8760h"

// latencies are from netmodel.Floor, below which nothing is simulated, to netmodel.Ceiling.
const latencies = "100us..1h"

// clientWord stands for the value that a node's client has, and is the default of all settings
// below dhtPath.
const (
	clientWord = "client"
	dhtPath    = "groups.NAME.dht."
)

var scenarioRules = []rule{
	{path: "name", fallback: required, limits: nameForm,
		meaning: "short name for folders and figures: a-z, 0-9, - and _"},
	{path: "title", meaning: "one line for figures and lists"},
	{path: "seed", fallback: "1", limits: "0..18446744073709551615",
		meaning: "of everything random; the same seed gives the same run, bit for bit"},
	{path: "duration", fallback: "10m", limits: "1s..8760h",
		meaning: "simulated time of a run, the warm-up included"},
	{path: "warmup", fallback: "0s", limits: anySpan,
		meaning: "operations that start before this are not measured"},
	{path: "network", fallback: "{}", meaning: "what every datagram meets"},
	{path: "groups", fallback: required,
		meaning: "the nodes: populations of one configuration each"},
	{path: "workload", fallback: "[]", meaning: "what the nodes are asked to do"},
	{path: "faults", fallback: noneWord, word: noneWord,
		meaning: "what goes wrong with the network, and when, as in [{kind: partition, from: 5m, " +
			"to: 8m, whom: {share: 30%}}]; each is counted"},
	{path: "crawl", fallback: noneWord, word: noneWord,
		meaning: "crawlers within the network that estimate its size, as in {at: 1h, zone: 4}; " +
			"they are held against the truth"},
	{path: "probes", fallback: noneWord, word: noneWord,
		meaning: "observers to whom nodes come by themselves, and who then try to reach these, " +
			"as in {from: 1h, vantages: 4}"},
	{path: "vary", fallback: "none", word: "none",
		meaning: "a sweep: PATH: [VALUES] for each varied setting; every combination is a cell"},
	{path: "repeat", fallback: "1", limits: "1..10000",
		meaning: "runs of each cell, each with a seed of its own"},
	{path: "until", fallback: noneWord, word: noneWord,
		meaning: "stops the runs of a cell before repeat, as in {metric: lookup.latency_ms, " +
			"half_width: 2%}; none: there are repeat runs"},
	{path: "until.metric", fallback: required,
		meaning: "a metric of metrics.json whose mean is to be known well enough"},
	{path: "until.half_width", fallback: required, limits: "0.01%..100%",
		meaning: "well enough: half the 95 % interval, as a share of the mean"},
	{path: "until.first", fallback: "20", limits: "2..10000",
		meaning: "runs of a cell at the first look; each further look is at twice as many"},
	{path: "transient", fallback: noneWord, word: noneWord,
		meaning: "a metric of lookups, as in lookup.latency_ms: the beginning of each run that " +
			"its MSER-5 rule finds unlike the rest is not measured, beside the warm-up; as to " +
			"lookups only, series and traffic begin with the warm-up's end"},
	{path: "budget", fallback: "{}",
		meaning: "what one run may cost. A run that exceeds it has failed; the others go on"},
	{path: "budget.time", fallback: "24h", limits: "100ms..8760h", word: "unlimited",
		meaning: "of the wall clock; other programs that keep the machine busy count, too"},
	{path: "budget.events", fallback: "unlimited", limits: "1..18446744073709551615",
		word: "unlimited", meaning: "that the simulator processes: datagrams and wake-ups. The " +
			"same run exceeds it everywhere, or nowhere"},
	{path: "figures", fallback: "[hops, hops-cdf, latency-cdf]", instead: figuresOf,
		limits: "hops|hops-cdf|latency-cdf|hops-size|calibration|id-space|buckets|clients|" +
			"targets|sweep|heat|front|timeline|table-health|holders|" +
			"crawl|connectivity|latency-targets|completion|utilisation|availability|" +
			"population|share-ratio|exchange|discovery|free-riders|accounting|methods|" +
			"accounting-errors|swarm-balance|observers|receipts|undercount|detection|roc|audits",
		meaning: "drawn after the run. Of swarms they are by default completion, utilisation and " +
			"share-ratio, of audited ones accounting and methods, too; of ledgers undercount"},
	{path: "targets", fallback: noneWord, word: noneWord,
		meaning: "published values that the results are held against"},
	{path: "study", fallback: "{}",
		meaning: "what the figures sweep, heat and front show of a sweep. Their axes are those " +
			"of vary, in its order; the first value of each is taken for the default"},
	{path: "study.metrics", fallback: "[lookup.latency_ms.p50, traffic.bytes_per_node_s, " +
		"lookup.latency_ms.p90, lookup.success]",
		meaning: "metrics of metrics.json, each for its mean, or with the end .p50, .p90 or " +
			".p99 for that quantile"},
	{path: "study.cost", fallback: "traffic.bytes_per_node_s",
		meaning: "what is paid, in the figure front"},
	{path: "study.worth", fallback: "lookup.latency_ms.p50",
		meaning: "what it is paid for, in the figure front"},
	{path: "study.success", fallback: "0%", limits: "0%..100%",
		meaning: "a cell of which fewer lookups succeed (lookup.success) is no choice in the " +
			"figure front, however fast and cheap it is"},
	{path: "quick", fallback: "none", word: "none",
		meaning: "settings for a short variant, PATH: VALUE each; for the option --quick"},
}

var networkRules = []rule{
	{path: "network.latency", fallback: "{}", meaning: "model of the delay between two nodes"},
	{path: "network.latency.model", fallback: "regions",
		limits: "constant|uniform|lognormal|regions|coordinates|matrix",
		meaning: "constant; drawn per pair (uniform, lognormal); between regions of the world" +
			" (regions); on a plane (coordinates); or measured (matrix)"},
	{path: "network.latency.delay", fallback: "50ms", limits: latencies, when: "model=constant",
		meaning: "one way, of every pair"},
	{path: "network.latency.low", fallback: "20ms", limits: latencies, when: "model=uniform",
		meaning: "shortest one-way delay"},
	{path: "network.latency.high", fallback: "80ms", limits: latencies, when: "model=uniform",
		meaning: "longest one-way delay"},
	{path: "network.latency.median", fallback: "67.5ms", limits: latencies, when: "model=lognormal",
		meaning: "median one-way delay over the pairs"},
	{path: "network.latency.sigma", fallback: "0.6", limits: "0..3", when: "model=lognormal",
		meaning: "standard deviation of the delay's logarithm; measured networks have 0.3 to 1"},
	{path: "network.latency.intra_region", fallback: "10ms", limits: "0s..1h",
		when: "model=regions", meaning: "round trip between two places of one region"},
	{path: "network.latency.access", fallback: "12ms", limits: "0s..1h", when: "model=regions",
		meaning: "median one-way delay of a node's access line; counts at both ends"},
	{path: "network.latency.access_sigma", fallback: "0.8", limits: "0..3", when: "model=regions",
		meaning: "spread of the access delay: standard deviation of its logarithm"},
	{path: "network.latency.spread", fallback: "20.15ms", limits: "0s..1m",
		when: "model=coordinates",
		meaning: "standard deviation of each of a node's two coordinates, as one-way delay; the " +
			"defaults have the median and mean round trip of the King measurement, 156 and 178 ms"},
	{path: "network.latency.height", fallback: "16.15ms", limits: "0s..1h",
		when:    "model=coordinates",
		meaning: "median height of a node above the plane; counts at both ends"},
	{path: "network.latency.height_sigma", fallback: "1", limits: "0..3",
		when:    "model=coordinates",
		meaning: "standard deviation of the height's logarithm"},
	{path: "network.latency.file", fallback: required, when: "model=matrix",
		meaning: "square matrix of round trips in ms, a row a line; relative to this file"},
	{path: "network.jitter", fallback: "0s", limits: "0s..1h",
		meaning: "each message takes longer by 0 to this, evenly drawn"},
	{path: "network.loss", fallback: "0%", limits: "0%..100%",
		meaning: "probability that a datagram is lost, each one independently"},
	{path: "network.nat", fallback: noneWord, word: noneWord,
		meaning: "who is behind a NAT or a firewall, as in {open: 45%, restricted: 35%, " +
			"symmetric: 10%, firewalled: 10%} or {preset: dht-2010s}; none: all are open"},
	{path: "network.nat.preset", fallback: customWord, limits: "custom|dht-2010s",
		meaning: "custom: the shares below; dht-2010s: a public DHT of the 2010s, 35% open, 22% " +
			"symmetric, 10% firewalled, and 33% behind other NATs"},
	{path: "network.nat.open", fallback: restWord, limits: "0.1%..100%", word: restWord,
		meaning: "share of nodes that everybody can reach; rest: what the other shares leave. " +
			"Beside a preset, the others share what it leaves as they do there"},
	{path: "network.nat.full_cone", fallback: "0%", limits: "0%..100%", when: "preset=custom",
		meaning: "share behind a NAT that lets in everybody, once the node has sent something"},
	{path: "network.nat.restricted", fallback: "0%", limits: "0%..100%", when: "preset=custom",
		meaning: "share behind a NAT that lets in whose address the node has sent to"},
	{path: "network.nat.port_restricted", fallback: "0%", limits: "0%..100%",
		when:    "preset=custom",
		meaning: "share behind a NAT that lets in whose address and port the node has sent to"},
	{path: "network.nat.symmetric", fallback: "0%", limits: "0%..100%", when: "preset=custom",
		meaning: "share behind a NAT that shows another port to each that the node sends to"},
	{path: "network.nat.firewalled", fallback: "0%", limits: "0%..100%", when: "preset=custom",
		meaning: "share behind a firewall that lets in nothing but answers"},
	{path: "network.nat.timeout", fallback: "1m", limits: "1s..24h",
		meaning: "what a NAT or firewall knows is forgotten this long after the node's last " +
			"datagram there"},
	{path: "network.links", fallback: noneWord, word: noneWord,
		meaning: "how wide access lines are, as in {lines: [{down: 10Mbit/s, up: 1Mbit/s}]} or " +
			"{preset: bharambe-2006}; none: no limits"},
	{path: "network.links.preset", fallback: customWord, limits: "custom|bharambe-2006",
		meaning: "custom: the lines below; bharambe-2006: four kinds, from 784/128 kbit/s to " +
			"10/5 Mbit/s (Bharambe et al., INFOCOM 2006)"},
	{path: "network.links.lines", fallback: required, when: "preset=custom",
		meaning: "kinds of lines, whose shares make 100%"},
	{path: "network.links.lines.NUMBER.share", fallback: "100%", limits: "0%..100%",
		meaning: "of the nodes"},
	{path: "network.links.lines.NUMBER.down", fallback: required, word: "unlimited",
		limits: "1kbit/s..1000Gbit/s", meaning: "width towards the node, headers included"},
	{path: "network.links.lines.NUMBER.up", fallback: required, word: "unlimited",
		limits: "1kbit/s..1000Gbit/s", meaning: "width from the node"},
	{path: "network.links.queue", fallback: "500ms", limits: "1ms..1h",
		meaning: "a datagram waits so long for its line at most; otherwise it is dropped"},
}

var groupRules = []rule{
	{path: "groups.NAME.name", fallback: required, limits: nameForm,
		meaning: "the group's name in paths and workloads: a-z, 0-9, - and _"},
	{path: "groups.NAME.protocol", fallback: "mainline", limits: "mainline|bittorrent|announcer",
		meaning: "mainline: nodes of the BitTorrent Mainline DHT (BEP 5); bittorrent: peers of " +
			"torrents (BEP 3); announcer: users of a ledger, who only announce"},
	{path: "groups.NAME.client", fallback: "bep5",
		meaning: "whose settings the nodes have: bep5 (the specification), libtorrent, jech " +
			"(Transmission), anacrolix or webtorrent; or one rebuilt from a study: mdht-2007, " +
			"kad-like, utorrent-like or nr128; or a mix, as in " +
			"\"libtorrent 60%, jech 40%\""},
	{path: "groups.NAME.size", fallback: required, limits: "1..16000000",
		meaning: "number of nodes"},
	{path: "groups.NAME.ids", fallback: "random", when: "protocol=mainline",
		meaning: "random, or secure: bound to the nodes' addresses (BEP 42); or secure for a " +
			"share of the nodes, as in \"secure 80%\""},
	{path: "groups.NAME.tables", fallback: "join", limits: "warm|join",
		when: "protocol=mainline",
		meaning: "join: routing tables built by real bootstrap; warm: as in a converged network, " +
			"of all warm nodes that are up at the start"},
	{path: "groups.NAME.join", fallback: "{}", when: "tables=join", meaning: "the bootstrap"},
	{path: "groups.NAME.join.over", fallback: "2m", limits: anySpan,
		meaning: "nodes start at random times, evenly spread over this"},
	{path: "groups.NAME.join.bootstrap", fallback: "1", limits: "1..100",
		meaning: "number of already started nodes that a newcomer knows"},
	{path: "groups.NAME.churn", fallback: noneWord, word: noneWord,
		when: "protocol=mainline|announcer",
		meaning: "the nodes' coming and going, as in {session: exponential(1h), offline: " +
			"exponential(30m), graceful: 78%, start: steady, table: lost}; none: they stay. " +
			"{preset: NAME} is a published one: kad and kad-first, or, with an offline of your " +
			"own beside it, redhat, debian, flatout, ipfs, ipfs-2022, heep or li. {trace: FILE} " +
			"replays a measurement"},
	{path: "groups.NAME.churn.trace", fallback: noneWord, word: noneWord,
		meaning: "a file of when nodes were up: a table node,up_ms,down_ms, the table " +
			"event_trace of the Failure Trace Archive, or an .avt; .gz too. Each node replays " +
			"one of the file, dealt by the seed; at its end all stays as it was"},
	{path: "groups.NAME.churn.trace_from", fallback: "0s", limits: "0s..87600h",
		when:    "trace!=none",
		meaning: "time of the trace at which the run begins"},
	{path: "groups.NAME.churn.session", fallback: required, when: "trace=none",
		meaning: "how long a node is up: exponential(MEAN), weibull(SHAPE, SCALE), " +
			"lognormal(MEDIAN, SIGMA), pareto(SHAPE, MINIMUM), uniform(LOW, HIGH), " +
			"constant(LENGTH) or empirical(FILE): measured lengths, one a line with its unit, or " +
			"quantiles below the heading quantile,length_s"},
	{path: "groups.NAME.churn.offline", fallback: "exponential(30m)", when: "trace=none",
		meaning: "how long a node is down until it returns"},
	{path: "groups.NAME.churn.always_on", fallback: "0%", limits: "0%..100%", when: "trace=none",
		meaning: "share of nodes that never leave once they are up"},
	{path: "groups.NAME.churn.arrivals", fallback: evenWord, word: evenWord, when: "trace=none",
		meaning: "how the rate at which nodes return differs from time to time: even, or as in " +
			"{swing: 30%, period: 24h, peak: 6h, burst: 21%}, which has the scatter of Kad's " +
			"arrivals and is what {} stands for"},
	{path: "groups.NAME.churn.arrivals.swing", fallback: "30%", limits: "0%..100%",
		meaning: "height of the wave over the mean rate"},
	{path: "groups.NAME.churn.arrivals.period", fallback: "24h", limits: "1h..168h",
		meaning: "of the wave"},
	{path: "groups.NAME.churn.arrivals.peak", fallback: "6h", limits: "0s..168h",
		meaning: "time of the run at which the rate is highest; below the period"},
	{path: "groups.NAME.churn.arrivals.burst", fallback: "21%", limits: "0%..100%",
		meaning: "standard deviation, over its mean, of the rate of each quarter of an hour"},
	{path: "groups.NAME.churn.start", fallback: "steady", limits: "steady|empty|together",
		when:    "trace=none",
		meaning: "who is up at the start: as many as at any time (steady), nobody or all"},
	{path: "groups.NAME.churn.graceful", fallback: "78%", limits: "0%..100%",
		meaning: "share of leaves that are not crashes; Mainline has no message for either"},
	{path: "groups.NAME.churn.table", fallback: "lost", limits: "lost|kept",
		meaning: "what becomes of the table of a node that leaves. kept: when it returns it " +
			"first asks the contacts that were good"},
	{path: "groups.NAME.churn.return", fallback: "same", limits: "same|new-id|new-address|new",
		meaning: "what a node that returns is known by: the same id and address, another id, " +
			"another address, or both"},
	{path: "groups.NAME.dht", fallback: "{}", when: "protocol=mainline|bittorrent",
		meaning: "the Mainline DHT node. client: the value that the node's client has"},
}

var workRules = []rule{
	{path: "workload.KIND.kind", fallback: required, limits: "lookup|announce|get_peers",
		meaning: "lookup: find_node; announce: store a peer under a key; get_peers: find peers"},
	{path: "workload.KIND.group", fallback: required,
		meaning: "the group whose nodes are asked, each time a random one that is up"},
	{path: "workload.KIND.rate", fallback: required,
		meaning: "operations per second, minute or hour of the whole group: 20/s, 3/m, 500/h"},
	{path: "workload.KIND.start", fallback: "0s", limits: anySpan,
		meaning: "simulated time of the beginning"},
	{path: "workload.KIND.stop", fallback: "end", limits: "1ms..8760h", word: "end",
		meaning: "simulated time of the end; end: as long as the run"},
	{path: "workload.KIND.target", fallback: "random-node", limits: "random-node|random-key",
		when:    "kind=lookup",
		meaning: "what is looked up: the ID of a random node of any group that is up, or any key"},
	{path: "workload.KIND.keys", fallback: "100", limits: "1..10000000",
		when: "kind=announce|get_peers", meaning: "number of distinct infohashes"},
}

// rules maps a setting's path pattern to its rule. It is never written after its making.
var rules = indexRules(scenarioRules, networkRules, faultRules, groupRules, dhtRules, workRules,
	targetRules, observerRules, swarmRules, auditRules, ledgerRules,
	peersOnly(peerRules))

func indexRules(tables ...[]rule) map[string]*rule {
	index := map[string]*rule{}
	for _, table := range tables {
		for i := range table {
			r := &table[i]
			if strings.HasPrefix(r.path, dhtPath) {
				r.fallback = clientWord
			}
			index[r.path] = r
		}
	}
	return index
}

// peersOnly restricts the settings of groups to those of peers.
func peersOnly(list []rule) []rule {
	for i := range list {
		if strings.Count(list[i].path, ".") == 2 {
			list[i].when = "protocol=" + BitTorrent
		}
	}
	return list
}

// words are the allowed words, or none if limits is a range or empty.
func (r *rule) words() []string {
	if r.limits == "" || r.limits == nameForm || strings.Contains(r.limits, "..") {
		return nil
	}
	return strings.Split(r.limits, "|")
}

// bounds are the ends of a range.
func (r *rule) bounds() (low, high string, ranged bool) { return strings.Cut(r.limits, "..") }

// condition splits when into the sibling's key and the values that it may have, or must not have.
func (r *rule) condition() (sibling string, values []string, not bool) {
	sibling, list, _ := strings.Cut(r.when, "=")
	sibling, not = strings.CutSuffix(sibling, "!")
	return sibling, strings.Split(list, "|"), not
}
