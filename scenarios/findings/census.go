package findings

// Census is what the crawlers of a run counted, and the truth that no crawler knows.
type Census struct {
	Zone   int       // leading bits that the ids of those that are counted have in common
	Crawls []Crawled // that began together
	// Both is how many nodes two crawls found alike: 1 and 0, 2 and 0, 2 and 1, 3 and 0...
	Both []int
}

// Crawled is what one crawl counted in the zone, and what there was at its middle. Own nodes are
// not among them.
type Crawled struct {
	Began, Ended int64 // ns of simulated time
	Queries      int

	Online    int // nodes that were up
	Reachable int // of them, those that let strangers in

	Heard       int // distinct nodes that the crawl was told of
	HeardOnline int // of them, those that were up
	Answered    int // nodes that answered

	Planted         int // own nodes in the zone that were up
	PlantedHeard    int
	PlantedAnswered int

	NetworkOnline    int // in all zones
	NetworkReachable int
}
