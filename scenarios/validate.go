package scenarios

import (
	"fmt"
	"reflect"
	"time"

	"swarmlab/netmodel"
)

const (
	nodesMax      = 16_000_000  // of all groups together
	operationsMax = 100_000_000 // of a run
)

// Validate checks that the settings fit together; that each is of its kind and in its range was
// checked when it was written. The error is of type Problems.
func (s *Scenario) Validate() error {
	from := s.origin
	if from == nil {
		from = &origin{name: s.source()}
	}
	c := &complaints{origin: from}
	s.checkTimes(c)
	s.checkGroups(c)
	s.checkWorkload(c)
	s.checkMeasured(c)
	s.checkNAT(c)
	s.checkLinks(c)
	s.checkFaults(c)
	s.checkObservers(c)
	s.checkSwarms(c)
	s.checkLedger(c)
	s.checkOverrides(c)
	s.checkTargets(c)
	if l := s.Network.Latency; l.Model == "uniform" && l.Low > l.High {
		c.addAt("network.latency.low", "%s is above high, %s; exchange them", l.Low, l.High)
	}
	return c.err()
}

func (s *Scenario) checkTimes(c *complaints) {
	if s.Duration%Duration(time.Second) != 0 {
		c.addAt("duration", "%s is not a whole number of seconds, in which runs are compared; "+
			"round it", s.Duration)
	}
	if s.Warmup >= s.Duration {
		c.addAt("warmup", "%s leaves nothing of the duration, %s, to be measured; shorten it",
			s.Warmup, s.Duration)
	}
}

func (s *Scenario) checkGroups(c *complaints) {
	if len(s.Groups) == 0 {
		c.addAt("groups", "there are no nodes; add a group, as in - {name: nodes, size: 1000}")
	}
	nodes := 0
	for i := range s.Groups {
		g := &s.Groups[i]
		path := "groups." + g.Name
		if s.group(g.Name) != g {
			c.addAt(fmt.Sprintf("groups.%d.name", i), "there are two groups %s; rename one", g.Name)
		}
		if g.Tables == TablesJoin && g.Join.Over > s.Duration {
			c.addAt(path+".join.over", "%s is longer than the run, %s; shorten it", g.Join.Over,
				s.Duration)
		}
		nodes += g.Size
		s.checkChurn(c, g, path)
		s.checkLimits(c, path+".dht", g)
		for _, share := range g.Client.Shares() {
			if config := s.Config(g, share.Client); config.Validate() != nil {
				c.addAt(path+".dht", "%v, for %s", config.Validate(), share.Client)
			}
		}
	}
	if nodes > nodesMax {
		c.addAt("groups", "%d nodes, and at most %d are simulated; make groups smaller", nodes,
			nodesMax)
	}
}

// checkLimits refuses a ban, or a burst, of a limit that nobody has written and no client has.
func (s *Scenario) checkLimits(c *complaints, path string, g *Group) {
	limited, rated := g.DHT.SourceLimit != nil, g.DHT.QueryRate != nil
	for _, share := range g.Client.Shares() {
		config := s.Config(g, share.Client)
		limited = limited || config.SourceLimit > 0
		rated = rated || config.QueryRate > 0
	}
	if g.DHT.SourceBan != nil && !limited {
		c.addAt(path+".source_ban", "without a source_limit nobody is ever banned; write "+
			"source_limit, too, or leave this out")
	}
	if g.DHT.QueryBurst != nil && !rated {
		c.addAt(path+".query_burst", "without a query_rate there is no limit to exceed; write "+
			"query_rate, too, or leave this out")
	}
}

func (s *Scenario) checkWorkload(c *complaints) {
	total := uint64(0)
	for i, p := range s.workPlaces() {
		w := &s.Workload[i]
		switch g := s.group(w.Group); {
		case g == nil:
			names := make([]string, len(s.Groups))
			for j := range names {
				names[j] = s.Groups[j].Name
			}
			c.addAt(p+".group", "there is no group %s%s", show(w.Group), suggest(w.Group, names))
		case g.Size < 2:
			c.addAt(p+".group", "%s has one node, which has no one to ask; make it larger", g.Name)
		}
		switch {
		case w.Stop > s.Duration:
			c.addAt(p+".stop", "%s is after the end of the run, %s; write end", w.Stop, s.Duration)
		case w.Start >= w.Stop:
			c.addAt(p+".start", "%s is not before stop, %s; start earlier", w.Start, w.Stop)
		case w.operations() == 0:
			c.addAt(p+".rate", "%s from %s to %s is not one operation; raise it", w.Rate, w.Start,
				w.Stop)
		default:
			total += w.operations()
		}
	}
	if total > operationsMax {
		c.addAt("workload", "%d operations, and at most %d are simulated; lower a rate", total,
			operationsMax)
	}
}

// checkMeasured refuses a run whose operations all fall into the warm-up.
func (s *Scenario) checkMeasured(c *complaints) {
	for i := range s.Workload {
		if s.Workload[i].Stop > s.Warmup {
			return
		}
	}
	if len(s.Workload) > 0 {
		c.addAt("warmup", "all of the workload stops before %s, so nothing would be measured; "+
			"shorten the warm-up", s.Warmup)
	}
}

// workPlaces are the paths of the works: by kind if that is unique, or by number.
func (s *Scenario) workPlaces() []string {
	list := place{value: reflect.ValueOf(&s.Workload).Elem(), pattern: "workload", path: "workload"}
	items := list.elements(itemNames(list.value))
	paths := make([]string, len(items))
	for i, item := range items {
		paths[i] = item.path
	}
	return paths
}

// NetworkConfig translates the network for that many nodes. It reads the file of a measured
// matrix, so it may fail; that the settings are in range is known.
func (s *Scenario) NetworkConfig(nodes int) (netmodel.Config, error) {
	latency, err := s.latency()
	if err != nil {
		return netmodel.Config{}, err
	}
	return netmodel.Config{
		Seed:    s.Seed,
		Nodes:   nodes,
		Latency: latency,
		Jitter:  time.Duration(s.Network.Jitter),
		Loss:    s.Network.Loss,
		Reach:   s.Network.NAT.reach(),
		Links:   s.links(),

		Vantages: min(nodes, s.Observers()+s.trackers()+s.offices()),

		Faults: s.faults(),
	}, nil
}

func (s *Scenario) latency() (netmodel.Latency, error) {
	l := &s.Network.Latency
	switch l.Model {
	case "constant":
		return netmodel.Constant{Delay: time.Duration(l.Delay)}, nil
	case "uniform":
		return netmodel.Uniform{Low: time.Duration(l.Low), High: time.Duration(l.High)}, nil
	case "lognormal":
		return netmodel.LogNormal{Median: time.Duration(l.Median), Sigma: l.Sigma}, nil
	case "regions":
		access := netmodel.Access{Median: time.Duration(l.Access), Sigma: l.AccessSigma}
		if l.Access == 0 {
			access = netmodel.Access{}
		}
		return netmodel.Regions{Intra: time.Duration(l.IntraRegion), Access: access}, nil
	case "coordinates":
		height := netmodel.Access{Median: time.Duration(l.Height), Sigma: l.HeightSigma}
		if l.Height == 0 {
			height = netmodel.Access{}
		}
		return netmodel.Coordinates{Spread: time.Duration(l.Spread), Access: height}, nil
	case "matrix":
		matrix, err := s.matrix()
		return netmodel.Measured{Matrix: matrix}, err
	}
	panic("scenarios: unknown latency model " + l.Model)
}
