package metrics

import (
	"math"
	"time"

	"swarmlab/scenarios/findings"
)

// censusMetrics are of runs with crawlers. Their values are in perCensus.
var censusMetrics = []Definition{
	{Name: "crawl.seconds", Unit: "s", Definition: "simulated time that a crawl took"},
	{Name: "crawl.queries", Unit: "queries", Definition: "queries that a crawl sent"},
	{Name: "crawl.online", Unit: "nodes",
		Definition: "truth: nodes of the zone that were up at the middle of the crawl"},
	{Name: "crawl.reachable", Unit: "nodes",
		Definition: "truth: of these, those that let strangers in, as far as no NAT or firewall " +
			"filters: all that could answer a crawler"},
	{Name: "crawl.heard", Unit: "nodes",
		Definition: "distinct nodes of the zone that a crawl was told of, be they up or not"},
	{Name: "crawl.answered", Unit: "nodes",
		Definition: "nodes of the zone that answered a crawl"},
	{Name: "crawl.found_share", Unit: "share",
		Definition: "share of the own nodes planted in the zone that answered a crawl: the " +
			"estimated probability that a crawl finds a node"},
	{Name: "crawl.error", Unit: "share",
		Definition: "error of the count without a correction: nodes that answered over those " +
			"that could (crawl.reachable), less 1",
		Source: "Wang, Kangasharju, P2P 2013: up to 40 % too few"},
	{Name: "crawl.error_planted", Unit: "share",
		Definition: "the same error when the count is divided by the share of the planted nodes " +
			"that were found: each node is found or not as in a Bernoulli trial",
		Source: "Wang, Kangasharju, P2P 2013"},
	{Name: "crawl.error_recapture", Unit: "share",
		Definition: "the same error of the capture-recapture estimate from what two crawls of " +
			"one time found alike, with Chapman's correction; the mean of all pairs"},
	{Name: "crawl.error_online", Unit: "share",
		Definition: "error of the count as a measure of all nodes that were up, NATed ones too"},
	{Name: "crawl.error_heard", Unit: "share",
		Definition: "error as such a measure of the number of nodes that the crawl was told of"},
	{Name: "crawl.heard_gone", Unit: "share",
		Definition: "share of the nodes told of that were not up"},
	{Name: "crawl.error_network", Unit: "share",
		Definition: "error of the corrected count times 2^zone, as the number of nodes of the " +
			"whole network that could answer: chance puts more nodes into one zone than another"},
}

func perCensus(run *findings.Run, _ string, _ float64) []float64 {
	values := make([]float64, len(censusMetrics))
	for n := range values {
		values[n] = math.NaN()
	}
	c := run.Census
	if c == nil || len(c.Crawls) == 0 {
		return values
	}
	sum, spent := sumOf(c)
	crawls := float64(len(c.Crawls))
	reachable, online := float64(sum.Reachable), float64(sum.Online)
	answered, heard := float64(sum.Answered), float64(sum.Heard)
	found := float64(sum.PlantedAnswered) / float64(sum.Planted)
	corrected := answered / found
	zones := math.Ldexp(1, c.Zone)
	copy(values, []float64{
		spent.Seconds() / crawls, float64(sum.Queries) / crawls,
		online / crawls, reachable / crawls, heard / crawls, answered / crawls,
		found,
		answered/reachable - 1,
		corrected/reachable - 1,
		recapture(c)/(reachable/crawls) - 1,
		answered/online - 1,
		heard/online - 1,
		float64(sum.Heard-sum.HeardOnline) / heard,
		corrected*zones/float64(sum.NetworkReachable) - 1,
	})
	return values
}

// sumOf adds up the crawls, and the time that they took.
func sumOf(c *findings.Census) (sum findings.Crawled, spent time.Duration) {
	for _, w := range c.Crawls {
		spent += time.Duration(w.Ended - w.Began)
		sum.Queries += w.Queries
		sum.Online += w.Online
		sum.Reachable += w.Reachable
		sum.Heard += w.Heard
		sum.HeardOnline += w.HeardOnline
		sum.Answered += w.Answered
		sum.Planted += w.Planted
		sum.PlantedHeard += w.PlantedHeard
		sum.PlantedAnswered += w.PlantedAnswered
		sum.NetworkOnline += w.NetworkOnline
		sum.NetworkReachable += w.NetworkReachable
	}
	return sum, spent
}

// recapture estimates the size of the zone from what pairs of crawls found alike (Chapman 1951). It
// is not a number without a pair.
func recapture(c *findings.Census) float64 {
	total, pair := 0.0, 0
	for n := range c.Crawls {
		for m := range n {
			one, other := float64(c.Crawls[n].Answered), float64(c.Crawls[m].Answered)
			total += (one+1)*(other+1)/(float64(c.Both[pair])+1) - 1
			pair++
		}
	}
	return total / float64(pair)
}
