package lab

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/crawl"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// crawlers are some that crawl the same zone at the same time, each from nodes of its own. It is a
// protocol.Datagrams.
type crawlers struct {
	observers *observers
	cfg       crawl.Config
	crawls    []walk
}

// walk is one crawl. Its core is nil before it begins, and if it finds nobody to begin with.
type walk struct {
	core       *crawl.Crawler
	begun, end protocol.Time
}

// crawlSeeds is how many addresses a crawl begins with.
const crawlSeeds = 8

func newCrawlers(b *observers) *crawlers {
	w := &b.overlay.scenario.Crawl
	cfg := crawl.Default()
	cfg.Nodes = min(1<<24, max(cfg.Nodes, 4*b.overlay.scenario.Nodes()))
	cfg.PerNode, cfg.Tries = w.Queries, w.Tries
	cfg.Rate = int(w.Rate.Expected(time.Second))
	cfg.Zone, cfg.Centre = w.Zone, b.centre
	return &crawlers{b, cfg, make([]walk, w.Crawlers)}
}

// Len implements protocol.Group, as do the methods after it.
func (c *crawlers) Len() int { return len(c.crawls) }

// Start begins a crawl.
func (c *crawlers) Start(i uint32, t *protocol.Turn) {
	seeds := c.observers.overlay.seedsNow(c.observers.first[crawlerKind]+i, crawlSeeds, nil)
	w := &c.crawls[i]
	w.begun, w.end = t.Now, protocol.Never
	if len(seeds) == 0 {
		w.end = t.Now
		return
	}
	core, err := crawl.New(c.cfg, krpc.RandomID(t.Rand), seeds)
	if err != nil {
		panic("lab: " + err.Error()) // the settings were checked
	}
	w.core = core
	core.Start(0, t)
	w.look(t.Now)
}

// Wake implements protocol.Group.
func (c *crawlers) Wake(i uint32, t *protocol.Turn) {
	if w := &c.crawls[i]; w.core != nil {
		w.core.Wake(0, t)
		w.look(t.Now)
	}
}

// Datagram implements protocol.Datagrams.
func (c *crawlers) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if w := &c.crawls[i]; w.core != nil {
		w.core.Datagram(0, t, from, p)
		w.look(t.Now)
	}
}

// Stop cuts a crawl short.
func (c *crawlers) Stop(i uint32, t *protocol.Turn) {
	w := &c.crawls[i]
	w.end = min(w.end, t.Now)
	t.Out.WakeAt(protocol.Never)
}

// Drop implements protocol.Group. What was found is kept.
func (c *crawlers) Drop(uint32) {}

// look notes when a crawl has come to its end.
func (w *walk) look(now protocol.Time) {
	if w.end == protocol.Never && w.core.Progress().Ended != crawl.Running {
		w.end = now
	}
}

// census holds what the crawls found against the truth.
func (c *crawlers) census(now protocol.Time) *findings.Census {
	s := c.observers.overlay.scenario
	census := &findings.Census{Zone: s.Crawl.Zone}
	answered := make([][]bool, len(c.crawls)) // of all nodes of the scenario
	for n := range c.crawls {
		w := &c.crawls[n]
		w.end = min(w.end, now)
		var row findings.Crawled
		row, answered[n] = c.count(w)
		census.Crawls = append(census.Crawls, row)
	}
	for n := range answered {
		for m := range n {
			both := 0
			for node, found := range answered[n] {
				if found && answered[m][node] {
					both++
				}
			}
			census.Both = append(census.Both, both)
		}
	}
	return census
}

// count counts the nodes of the zone that a crawl heard of and that answered it, and those that
// there were at its middle. Own nodes are counted apart.
func (c *crawlers) count(w *walk) (row findings.Crawled, answered []bool) {
	o := c.observers.overlay
	middle := w.begun + (w.end-w.begun)/2
	up := c.present(middle, &row)
	planted := c.observers.planted
	for i := range planted.size {
		if o.lives.up(planted.first+i, middle) {
			row.Planted++
		}
	}
	row.Began, row.Ended = int64(w.begun), int64(w.end)
	heard, own := make([]bool, len(up)), make([]bool, c.observers.planted.size)
	answered = make([]bool, len(up))
	if w.core == nil {
		return row, answered
	}
	row.Queries = int(w.core.Progress().Sent)
	for n := range w.core.Progress().Known {
		v := w.core.Node(n)
		node, ok := sim.OwnerOf(v.Addr)
		if !ok || v.ID.SharedBits(c.cfg.Centre) < c.cfg.Zone {
			continue
		}
		if node >= planted.first+planted.size { // a vantage node
			continue
		}
		if node >= planted.first {
			row.PlantedHeard += fresh(own, node-planted.first)
			if v.Reachable {
				row.PlantedAnswered++
			}
			continue
		}
		if fresh(heard, node) == 1 {
			row.Heard++
			if up[node] {
				row.HeardOnline++
			}
		}
		if v.Reachable {
			row.Answered += fresh(answered, node)
		}
	}
	return row, answered
}

// fresh marks a place and returns 1, or 0 if it was marked.
func fresh(marks []bool, i uint32) int {
	if marks[i] {
		return 0
	}
	marks[i] = true
	return 1
}

// present counts the nodes that are up at a time, in the zone and everywhere, and returns those in
// the zone. Reachable are those that let strangers in: all that a crawler can hope for.
func (c *crawlers) present(at protocol.Time, row *findings.Crawled) []bool {
	o := c.observers.overlay
	up := make([]bool, o.ids.size)
	for node := range o.ids.size {
		if !o.lives.up(node, at) {
			continue
		}
		reachable := 0
		if o.network.Class(node) <= netmodel.FullCone {
			reachable = 1
		}
		row.NetworkReachable += reachable
		row.NetworkOnline++
		if o.idOf(node).SharedBits(c.cfg.Centre) >= c.cfg.Zone {
			up[node] = true
			row.Online++
			row.Reachable += reachable
		}
	}
	return up
}
