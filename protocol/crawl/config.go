package crawl

import (
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// DepthMax is the largest Config.Depth: more buckets than a table of a network that fits on earth.
const DepthMax = 40

// Config says how a crawl behaves.
type Config struct {
	Rate    int           // queries a second, on average over any longer time
	Burst   int           // so many more may be sent in one moment
	PerNode int           // most queries to one address
	Pause   time.Duration // least time between two queries to one address
	Timeout time.Duration // an unanswered query is given up after this
	Tries   int           // unanswered queries in a row after which an address is given up
	Depth   int           // buckets of each node's table that are asked for

	Nodes     int // most nodes to remember: then the crawl only asks those it knows
	PerAnswer int // most contacts that are read in one answer
	PerSource int // most new nodes learned from one host, or in a private network one address
	PerHost   int // most addresses asked at one public host, or in one public /64 of IPv6

	Samples bool // ask also for samples of infohashes (BEP 51)

	// Zone is the number of leading bits that the ids of the nodes to be crawled share with
	// Centre; 0 is the whole network. It is below Depth.
	Zone   int
	Centre krpc.ID
}

// Default returns settings that no node should mind: two queries a second at most, each small, and
// twenty-odd in all.
func Default() Config {
	return Config{
		Rate: 100, Burst: 10, PerNode: 28, Pause: 500 * time.Millisecond,
		Timeout: 3 * time.Second, Tries: 2, Depth: 24,
		Nodes: 200_000, PerAnswer: 32, PerSource: 512, PerHost: 32,
	}
}

// Validate returns the first setting that is out of its range.
func (c *Config) Validate() error {
	for _, f := range []struct {
		name      string
		v, lo, hi int
	}{
		{"rate", c.Rate, 1, 100_000},
		{"burst", c.Burst, 1, 10_000},
		{"per_node", c.PerNode, 1, 1000},
		{"tries", c.Tries, 1, 10},
		{"depth", c.Depth, 1, DepthMax},
		{"zone", c.Zone, 0, max(c.Depth-1, 0)},
		{"nodes", c.Nodes, 1, 1 << 24},
		{"per_answer", c.PerAnswer, 1, 500},
		{"per_source", c.PerSource, 1, 1 << 16},
		{"per_host", c.PerHost, 1, 1 << 16},
	} {
		if f.v < f.lo || f.v > f.hi {
			return fmt.Errorf("%s is %d; it must be from %d to %d", f.name, f.v, f.lo, f.hi)
		}
	}
	for _, f := range []struct {
		name   string
		v, min time.Duration
	}{
		{"pause", c.Pause, 0},
		{"timeout", c.Timeout, time.Millisecond},
	} {
		if f.v < f.min || f.v > time.Hour {
			return fmt.Errorf("%s is %v; it must be from %v to %v", f.name, f.v, f.min, time.Hour)
		}
	}
	return nil
}

// validateSeeds refuses addresses from which no crawl can start.
func validateSeeds(seeds []protocol.Addr) error {
	if len(seeds) == 0 {
		return fmt.Errorf("no address to start from; give at least one node of the network")
	}
	for _, a := range seeds {
		if a.Port() == 0 || !askable(a) {
			return fmt.Errorf("%v is not an address that can be asked", a)
		}
		if a.Is4() != seeds[0].Is4() {
			return fmt.Errorf("%v and %v are of different families, which are separate networks; "+
				"crawl one of them", seeds[0], a)
		}
	}
	return nil
}
