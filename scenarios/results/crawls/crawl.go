package crawls

import (
	"slices"
	"strings"
	"time"

	"swarmlab/protocol/crawl"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/stats"
)

// Crawl is what a crawl of a DHT found: crawl.json, and the rows of nodes.parquet.
type Crawl struct {
	Version  string            `json:"version"`
	Digest   string            `json:"digest"` // SHA-256 of nodes.csv, its first half
	Family   string            `json:"family"` // IPv4 or IPv6
	Ended    string            `json:"ended"`  // complete, max_nodes, time or interrupted
	Settings Settings          `json:"settings"`
	Totals   Totals            `json:"totals"`
	Size     Size              `json:"size"`
	Clients  []ClientShare     `json:"clients"` // of the nodes that answered, most common first
	Buckets  []BucketFill      `json:"buckets"`
	Counters map[string]uint64 `json:"counters"`

	Nodes      []CrawlNode      `json:"-"`
	Infohashes []crawl.Infohash `json:"-"`
	ids        []krpc.ID        // of Nodes
}

// Settings is how a crawl was made.
type Settings struct {
	Bootstrap []string     `json:"bootstrap"`
	Rate      int          `json:"rate_per_s"`
	Burst     int          `json:"burst"`
	PerNode   int          `json:"queries_per_node"`
	Pause     stats.Number `json:"pause_s"`
	Timeout   stats.Number `json:"timeout_s"`
	Tries     int          `json:"tries"`
	Depth     int          `json:"buckets_asked"`
	Nodes     int          `json:"max_nodes"`
	PerAnswer int          `json:"contacts_per_answer"`
	PerSource int          `json:"new_nodes_per_source"`
	PerHost   int          `json:"addresses_per_host"`
	Samples   bool         `json:"samples"`
}

// Totals are the sums of a crawl. Nodes are ids at addresses.
type Totals struct {
	Known      int          `json:"known"`
	Addresses  int          `json:"addresses"`
	Asked      int          `json:"asked"`     // addresses
	Reachable  int          `json:"reachable"` // addresses that answered
	Silent     int          `json:"silent"`    // addresses given up without an answer
	Share      stats.Number `json:"reachable_share"`
	Secure     int          `json:"bep42_valid"` // of the reachable ones
	SecurePart stats.Number `json:"bep42_share"`
	ManyIDs    int          `json:"addresses_with_several_ids"`
	ManyAddrs  int          `json:"ids_at_several_addresses"`
	Hops       int          `json:"hops_max"`
	RTT        stats.Number `json:"rtt_ms_p50"`
	RTT90      stats.Number `json:"rtt_ms_p90"`
	Sampled    int          `json:"sampled"` // nodes that sent a sample (BEP 51)
	Infohashes int          `json:"infohashes"`
	Queries    uint64       `json:"queries"`
	Seconds    stats.Number `json:"time_s"`
	Rate       stats.Number `json:"queries_per_s"`
}

// ClientShare is how many nodes run a program, by the v of their answers.
type ClientShare struct {
	Client string       `json:"client"` // empty: they do not say
	Nodes  int          `json:"nodes"`
	Share  stats.Number `json:"share"`
}

// CrawlNode is a row of nodes.parquet. The fields are those of crawl.Node.
type CrawlNode struct {
	ID        string  `parquet:"id"`
	IP        string  `parquet:"ip"`
	Port      int32   `parquet:"port"`
	Hop       int32   `parquet:"hop"`
	Asked     bool    `parquet:"asked"`
	Reachable bool    `parquet:"reachable"`
	RTT       int64   `parquet:"rtt_ns"`
	Client    string  `parquet:"client"`
	Secure    bool    `parquet:"bep42_valid"`
	IDs       int32   `parquet:"ids_at_address"`
	Addrs     int32   `parquet:"addresses_of_id"`
	Queries   int32   `parquet:"queries"`
	Timeouts  int32   `parquet:"timeouts"`
	Errors    int32   `parquet:"errors"`
	Learned   int32   `parquet:"contacts"`
	Taught    int32   `parquet:"contacts_new"`
	Depth     int32   `parquet:"buckets_asked"`
	Complete  bool    `parquet:"complete"`
	Buckets   []int32 `parquet:"buckets,list"` // contacts by bucket
	Sampled   bool    `parquet:"sampled"`
	Num       int64   `parquet:"infohashes"`
	Sample    int32   `parquet:"sample_size"`
	Interval  int32   `parquet:"sample_interval_s"`
}

// New takes what a crawler found so far, after so much time. client names a program by its v.
// Ended says complete or max_nodes if the crawl has ended by itself, and is otherwise for the
// caller to say.
func New(
	c *crawl.Crawler, cfg crawl.Config, seeds []string, took time.Duration,
	client func(v []byte) string,
) *Crawl {
	p := c.Progress()
	r := &Crawl{
		Version: manifest.Version, Family: "IPv4", Ended: p.Ended.String(),
		Settings: settingsOf(cfg, seeds), Counters: map[string]uint64{},
		Totals: Totals{
			Known: p.Known, Addresses: p.Addresses, Asked: p.Asked, Reachable: p.Answered,
			Silent: p.Silent, Share: ratio(p.Answered, p.Asked), Sampled: p.Sampled,
			Queries: p.Sent, Seconds: stats.Number(took.Seconds()),
			Rate: stats.Number(float64(p.Sent) / max(took.Seconds(), 1e-9)),
		},
		Infohashes: c.Infohashes(),
	}
	counters := c.Counters()
	counters.Each(func(reason crawl.Reason, n uint64) { r.Counters[reason.String()] = n })
	for n := range p.Known {
		v := c.Node(n)
		if !v.Addr.Is4() {
			r.Family = "IPv6"
		}
		r.Nodes, r.ids = append(r.Nodes, rowOf(&v, client)), append(r.ids, v.ID)
	}
	r.total()
	r.Clients, r.Buckets, r.Size = r.clients(), r.bucketFills(cfg.Depth), r.estimateSize()
	return r
}

func settingsOf(c crawl.Config, seeds []string) Settings {
	return Settings{
		Bootstrap: seeds, Rate: c.Rate, Burst: c.Burst, PerNode: c.PerNode,
		Pause: stats.Number(c.Pause.Seconds()), Timeout: stats.Number(c.Timeout.Seconds()),
		Tries: c.Tries, Depth: c.Depth, Nodes: c.Nodes, PerAnswer: c.PerAnswer,
		PerSource: c.PerSource, PerHost: c.PerHost, Samples: c.Samples,
	}
}

func rowOf(v *crawl.Node, client func([]byte) string) CrawlNode {
	row := CrawlNode{
		ID: v.ID.String(), IP: v.Addr.AddrPort().Addr().String(), Port: int32(v.Addr.Port()),
		Hop: int32(v.Hop), Asked: v.Asked, Reachable: v.Reachable, RTT: int64(v.RTT),
		Secure: v.Secure, IDs: int32(v.IDs), Addrs: int32(v.Addrs), Queries: int32(v.Queries),
		Timeouts: int32(v.Timeouts), Errors: int32(v.Errors), Learned: int32(v.Learned),
		Taught: int32(v.Taught), Depth: int32(v.Depth), Complete: v.Complete, Sampled: v.Sampled,
		Num: int64(v.Infohashes), Sample: int32(v.SampleSize),
		Interval: int32(v.SampleInterval / time.Second),
	}
	if len(v.Version) > 0 {
		row.Client = client(v.Version)
	}
	for _, n := range v.Buckets {
		row.Buckets = append(row.Buckets, int32(n))
	}
	return row
}

// total sums up what the rows tell.
func (r *Crawl) total() {
	t := &r.Totals
	t.Infohashes = len(r.Infohashes)
	several := map[string]bool{} // ids, addresses
	var rtts []int64
	for n := range r.Nodes {
		v := &r.Nodes[n]
		t.Hops = max(t.Hops, int(v.Hop))
		if v.IDs > 1 && v.Asked {
			t.ManyIDs++
		}
		if v.Addrs > 1 && !several[v.ID] {
			several[v.ID] = true
			t.ManyAddrs++
		}
		if v.Reachable {
			rtts = append(rtts, v.RTT)
			if v.Secure {
				t.Secure++
			}
		}
	}
	t.SecurePart = ratio(t.Secure, t.Reachable)
	s := stats.Of([][]int64{rtts}, float64(time.Millisecond), false)
	t.RTT, t.RTT90 = s.P50, s.P90
}

func (r *Crawl) clients() []ClientShare {
	counts, all := map[string]int{}, []ClientShare{}
	for n := range r.Nodes {
		if v := &r.Nodes[n]; v.Reachable {
			counts[v.Client]++
		}
	}
	for name, n := range counts {
		all = append(all, ClientShare{name, n, ratio(n, r.Totals.Reachable)})
	}
	slices.SortFunc(all, func(a, b ClientShare) int {
		if a.Nodes != b.Nodes {
			return b.Nodes - a.Nodes
		}
		return strings.Compare(a.Client, b.Client)
	})
	return all
}

// ratio of nothing is not a number.
func ratio(n, of int) stats.Number { return stats.Number(float64(n) / float64(of)) }
