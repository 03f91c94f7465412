package scenarios

import (
	"time"
)

// Crawl is who crawls the network, or a zone of it, and when; the zero value is nobody. How much a
// crawl misses is measured twice: by own nodes that were planted in the zone, and by what several
// crawlers found alike.
type Crawl struct {
	At       Duration `yaml:"at"`
	Length   Duration `yaml:"length"` // 0: until all is asked
	Zone     int      `yaml:"zone"`   // bits
	Crawlers int      `yaml:"crawlers"`
	Planted  int      `yaml:"planted"` // nodes
	Rate     Rate     `yaml:"rate"`    // of one crawler
	Queries  int      `yaml:"queries"` // to one node
	Tries    int      `yaml:"tries"`
}

// None reports whether nobody crawls.
func (c *Crawl) None() bool { return *c == Crawl{} }

// End is the latest end of the crawl in a run of a duration.
func (c *Crawl) End(run Duration) Duration {
	if c.Length == 0 {
		return run
	}
	return c.At + c.Length
}

// Probes is who probes nodes, as Jimenez, Osmani and Knutsson did (P2P 2009); the zero value is
// nobody.
type Probes struct {
	From     Duration `yaml:"from"`
	Vantages int      `yaml:"vantages"`
	Again    Duration `yaml:"again"`
}

// None reports whether nobody probes.
func (p *Probes) None() bool { return p.Vantages == 0 }

// Observers is the number of nodes beside those of the groups, which are numbered after them: the
// planted ones, the crawlers, the vantage nodes and their accomplices at other addresses.
func (s *Scenario) Observers() int {
	return s.Crawl.Planted + s.Crawl.Crawlers + 2*s.Probes.Vantages
}

// crawlRateMost is the most that a crawler can send.
const crawlRateMost = 100_000

func (s *Scenario) checkObservers(c *complaints) {
	if w := &s.Crawl; !w.None() {
		perSecond := w.Rate.Expected(time.Second)
		switch {
		case w.At >= s.Duration:
			c.addAt("crawl.at", "%s is not before the end of the run, %s; crawl earlier", w.At,
				s.Duration)
		case w.End(s.Duration) > s.Duration:
			c.addAt("crawl.length", "the crawl would end at %s, after the run, %s; shorten it",
				w.End(s.Duration), s.Duration)
		}
		if perSecond < 1 || perSecond > crawlRateMost {
			c.addAt("crawl.rate", "%s is outside 1/s..%d/s", w.Rate, crawlRateMost)
		}
	}
	if p := &s.Probes; !p.None() && p.From+p.Again >= s.Duration {
		c.addAt("probes.from", "%s and %s more are not before the end of the run, %s; join earlier",
			p.From, p.Again, s.Duration)
	}
	s.checkObserved(c)
}

// checkObserved refuses observers of nodes that return with other ids: what was observed is held
// against the truth by id, when the run has ended.
func (s *Scenario) checkObserved(c *complaints) {
	if s.Observers() == 0 {
		return
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		if g.Churn.NewID() {
			c.addAt("groups."+g.Name+".churn.return", "%s: a crawl and probes know nodes by the "+
				"ids of the end; write same or new-address, or leave them out", g.Churn.Return)
		}
	}
}

var observerRules = []rule{
	{path: "crawl.at", fallback: required, limits: anySpan,
		meaning: "simulated time at which the crawl begins"},
	{path: "crawl.length", fallback: "complete", limits: "1s..24h", word: "complete",
		meaning: "the crawl is cut short after this; complete: it ends when all that was heard " +
			"of has been asked, or with the run"},
	{path: "crawl.zone", fallback: "4", limits: "0..20",
		meaning: "leading bits that the ids of the nodes that are counted have in common; the " +
			"count times 2^zone is the network. 0: all nodes"},
	{path: "crawl.crawlers", fallback: "2", limits: "1..16",
		meaning: "independent crawlers that begin together, each from nodes of its own"},
	{path: "crawl.planted", fallback: "0", limits: "0..10000",
		meaning: "own nodes in the zone, which come, go and look up as those of the first group " +
			"do, and are open: the share of them that a crawl finds corrects its count"},
	{path: "crawl.rate", fallback: "1000/s",
		meaning: "most queries of one crawler"},
	{path: "crawl.queries", fallback: "28", limits: "1..1000",
		meaning: "most queries of a crawler to one node; each shows one more of its buckets"},
	{path: "crawl.tries", fallback: "2", limits: "1..10",
		meaning: "unanswered queries in a row after which a crawler gives a node up"},
	{path: "probes.from", fallback: "0s", limits: anySpan,
		meaning: "simulated time at which the vantage nodes join"},
	{path: "probes.vantages", fallback: "1", limits: "1..100",
		meaning: "nodes like those of the first group, open, that probe whoever first queries " +
			"them: from the same address, from another one, and once more later"},
	{path: "probes.again", fallback: "5m", limits: "1s..24h",
		meaning: "how much later"},
}
