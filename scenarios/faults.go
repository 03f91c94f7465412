package scenarios

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// Fault is something wrong with the network for a while. The kinds, and what their settings mean,
// are those of netmodel.Fault.
type Fault struct {
	Kind   string               `yaml:"kind"`
	From   Duration             `yaml:"from"`
	To     Duration             `yaml:"to"` // 0 is the end of the run
	Whom   Whom                 `yaml:"whom"`
	Others Whom                 `yaml:"others"`
	OneWay bool                 `yaml:"one_way"`
	Share  netmodel.Probability `yaml:"share"`
	Bad    netmodel.Probability `yaml:"bad"`
	Length Duration             `yaml:"length"`
	Delay  Duration             `yaml:"delay"`
	// Draw names the fault's random numbers; 0 is a number of its own for each fault of a kind. One
	// that is written stays the same when other faults come and go.
	Draw int `yaml:"draw"`
}

// Whom names nodes, those that fit all of what is given; the zero value is all.
type Whom struct {
	Share   netmodel.Probability `yaml:"share"`   // 0: all
	Group   string               `yaml:"group"`   // empty: all
	Regions []string             `yaml:"regions"` // of the latency model regions; none: all
	First   int                  `yaml:"first"`   // node, within the group if there is one
	Count   int                  `yaml:"count"`   // of nodes from it on; 0: all
}

// String is the fault as a scenario file has it, on one line and without what is as by default.
func (f Fault) String() string {
	return briefText(place{value: reflect.ValueOf(&f).Elem(), pattern: "faults.KIND"})
}

// FaultsText is a list of faults as --set faults= takes it.
func FaultsText(faults []Fault) string {
	if len(faults) == 0 {
		return noneWord
	}
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.String()
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

const (
	customWord = "custom"

	// Draws that nobody wrote count up from here, apart from those that are written.
	ownDraws = 1 << 24
	// The others of a fault are drawn apart from its whom.
	othersDraw = 1 << 31
)

// faults translates the list.
func (s *Scenario) faults() []netmodel.Fault {
	if len(s.Faults) == 0 {
		return nil
	}
	list := make([]netmodel.Fault, len(s.Faults))
	for i := range s.Faults {
		f := &s.Faults[i]
		kind, err := netmodel.ParseFaultKind(f.Kind)
		if err != nil {
			panic("scenarios: " + err.Error()) // the words were checked
		}
		list[i] = netmodel.Fault{Kind: kind, From: protocol.Time(f.From), To: protocol.Time(f.To),
			OneWay: f.OneWay, Draw: s.draw(i), Share: f.Share, Bad: f.Bad,
			Length: time.Duration(f.Length), Delay: time.Duration(f.Delay)}
		if f.To == 0 {
			list[i].To = protocol.Never
		}
		if kind == netmodel.Slow && f.Share == netmodel.Certain { // always, and so without spells
			list[i].Length = 0
		}
		list[i].Whom = s.whom(&f.Whom, list[i].Draw)
		list[i].Others = s.whom(&f.Others, list[i].Draw|othersDraw)
	}
	return list
}

// draw returns the name of a fault's random numbers.
func (s *Scenario) draw(i int) uint32 {
	if written := s.Faults[i].Draw; written != 0 {
		return uint32(written)
	}
	alike := uint32(0)
	for j := range i {
		if s.Faults[j].Kind == s.Faults[i].Kind && s.Faults[j].Draw == 0 {
			alike++
		}
	}
	return ownDraws + alike
}

// whom translates who is concerned. Nodes are numbered through all groups.
func (s *Scenario) whom(w *Whom, draw uint32) netmodel.Whom {
	out := netmodel.Whom{Share: w.Share, First: uint32(w.First), Count: uint32(w.Count)}
	if w.Share != 0 {
		out.Draw = draw
	}
	for _, name := range w.Regions {
		region, err := netmodel.ParseRegion(name)
		if err != nil {
			panic("scenarios: " + err.Error()) // the words were checked
		}
		out.Regions |= region
	}
	first := 0
	for i := range s.Groups {
		g := &s.Groups[i]
		if w.Group == g.Name {
			out.First = uint32(first + w.First)
			if w.Count == 0 {
				out.Count = uint32(g.Size)
			}
		}
		first += g.Size
	}
	return out
}

// checkFaults refuses faults that never act, or on nobody.
func (s *Scenario) checkFaults(c *complaints) {
	if len(s.Faults) == 0 {
		return
	}
	before := len(c.list)
	places := s.faultPlaces()
	for i := range s.Faults {
		f, path := &s.Faults[i], places[i]
		switch {
		case f.From >= s.Duration:
			c.addAt(path+".from", "%s is after the end of the run, %s; begin earlier", f.From,
				s.Duration)
		case f.To > s.Duration:
			c.addAt(path+".to", "%s is after the end of the run, %s; write end", f.To, s.Duration)
		case f.To != 0 && f.To == f.From:
			c.addAt(path+".to", "%s is when it begins, too: it lasts no time; make it later", f.To)
		case f.To != 0 && f.To < f.From:
			c.addAt(path+".to", "%s is not after from, %s; exchange them", f.To, f.From)
		}
		if f.Share == 0 && hasShare(f.Kind) {
			c.addAt(path+".share", "0%% does nothing; raise it, or remove the fault")
		}
		s.checkWhom(c, path+".whom", &f.Whom)
		s.checkWhom(c, path+".others", &f.Others)
	}
	if len(c.list) > before {
		return
	}
	if err := s.tryFaults(); err != nil {
		blame(c, places, err)
	}
}

// hasShare reports whether a kind has a strength.
func hasShare(kind string) bool {
	k, err := netmodel.ParseFaultKind(kind)
	return err == nil && k != netmodel.Partition && !k.OfNodes()
}

func (s *Scenario) checkWhom(c *complaints, path string, w *Whom) {
	nodes := s.Nodes()
	if w.Group != "" {
		g := s.group(w.Group)
		if g == nil {
			names := make([]string, len(s.Groups))
			for j := range names {
				names[j] = s.Groups[j].Name
			}
			c.addAt(path+".group", "names nobody: there is no group %s%s", show(w.Group),
				suggest(w.Group, names))
			return
		}
		nodes = g.Size
	}
	switch {
	case len(w.Regions) > 0 && s.Network.Latency.Model != "regions":
		c.addAt(path+".regions", "the latency model %s has no regions; use the model regions, "+
			"or name nodes otherwise", s.Network.Latency.Model)
	case w.Count == 0 && w.First != 0:
		c.addAt(path+".first", "there is no count of nodes from %d on; write count", w.First)
	case w.First+w.Count > nodes:
		c.addAt(path+".count", "%d nodes from %d on, and there are %d; name fewer", w.Count,
			w.First, nodes)
	}
}

// tryFaults has the network's own model check the faults for each seed, on a network that costs
// little to make and puts every node into its region.
func (s *Scenario) tryFaults() error {
	config := netmodel.Config{Seed: s.Seed, Nodes: s.Nodes(), Latency: netmodel.Constant{},
		Faults: s.faults()}
	if s.Network.Latency.Model == "regions" {
		config.Latency = netmodel.Regions{Intra: time.Duration(s.Network.Latency.IntraRegion)}
	}
	for n := range max(s.Repeat, 1) {
		config.Seed = s.Seed + uint64(n)
		if _, err := netmodel.New(config); err != nil {
			return err
		}
	}
	return nil
}

// blame finds the line of a fault that the model has refused, as in "faults[2].whom: names nobody".
func blame(c *complaints, places []string, err error) {
	text := err.Error()
	if rest, found := strings.CutPrefix(text, "faults["); found {
		number, rest, _ := strings.Cut(rest, "].")
		key, message, _ := strings.Cut(rest, ": ")
		if i, err := strconv.Atoi(number); err == nil && i < len(places) {
			c.addAt(places[i]+"."+key, "%s", message)
			return
		}
	}
	c.addAt("faults", "%s", text)
}

// faultPlaces are the paths of the faults: by kind if that is unique, or by number.
func (s *Scenario) faultPlaces() []string {
	list := place{value: reflect.ValueOf(&s.Faults).Elem(), pattern: "faults", path: "faults"}
	items := list.elements(itemNames(list.value))
	paths := make([]string, len(items))
	for i, item := range items {
		paths[i] = item.path
	}
	return paths
}

// datagramFaults are the kinds that may be one-way.
const datagramFaults = "loss|partition|path-bursts|line-bursts|duplicate|reorder|slow|corrupt"

var faultRules = []rule{
	{path: "faults.KIND.kind", fallback: required,
		limits: datagramFaults + "|sever|pause|crash",
		meaning: "loss of a share of datagrams; partition: of all between whom and others; " +
			"sever: of all between a share of pairs; path-bursts, line-bursts: loss in bursts " +
			"of a path or of a node's line; duplicate: copies; reorder: some take longer; " +
			"slow: all do; corrupt: flipped bits; pause: nodes freeze, and go on with what is " +
			"overdue; crash: nodes go down, and come back"},
	{path: "faults.KIND.from", fallback: "0s", limits: anySpan,
		meaning: "simulated time at which it begins"},
	{path: "faults.KIND.to", fallback: "end", limits: "1ms..8760h", word: "end",
		meaning: "simulated time at which it is over; end: with the run"},
	{path: "faults.KIND.whom", fallback: allWord, word: allWord,
		meaning: "nodes that it befalls, or whose datagrams, as in {share: 30%}, " +
			"{group: nodes}, {regions: [tokyo]} or {first: 0, count: 10}"},
	{path: "faults.KIND.others", fallback: allWord, word: allWord,
		when:    "kind=" + datagramFaults + "|sever",
		meaning: "the nodes at the other end; all: for a partition, all that are not in whom"},
	{path: "faults.KIND.whom.share", fallback: allWord, word: allWord,
		limits: "0.0001%..100%", meaning: "of the nodes, drawn by their numbers"},
	{path: "faults.KIND.whom.group", fallback: allWord, word: allWord,
		meaning: "nodes of this group only"},
	{path: "faults.KIND.whom.regions", fallback: allWord, word: allWord, limits: regionWords,
		meaning: "nodes of these regions only; for the latency model regions"},
	{path: "faults.KIND.whom.first", fallback: "0", limits: "0..16000000",
		meaning: "first of some nodes, which are numbered from 0, in their group if one is named"},
	{path: "faults.KIND.whom.count", fallback: allWord, limits: "1..16000000", word: allWord,
		meaning: "how many nodes from first on"},
	{path: "faults.KIND.others.share", fallback: allWord, word: allWord,
		limits: "0.0001%..100%", meaning: "of the nodes, drawn by their numbers"},
	{path: "faults.KIND.others.group", fallback: allWord, word: allWord,
		meaning: "nodes of this group only"},
	{path: "faults.KIND.others.regions", fallback: allWord, word: allWord, limits: regionWords,
		meaning: "nodes of these regions only; for the latency model regions"},
	{path: "faults.KIND.others.first", fallback: "0", limits: "0..16000000",
		meaning: "first of some nodes, which are numbered from 0, in their group if one is named"},
	{path: "faults.KIND.others.count", fallback: allWord, limits: "1..16000000", word: allWord,
		meaning: "how many nodes from first on"},
	{path: "faults.KIND.one_way", fallback: "false",
		when:    "kind=" + datagramFaults,
		meaning: "true: only what goes from whom to others"},
	{path: "faults.KIND.share", fallback: required, limits: "0%..100%",
		when: "kind=loss|sever|path-bursts|line-bursts|duplicate|reorder|slow|corrupt",
		meaning: "its strength: of datagrams (loss, duplicate, reorder, corrupt), of pairs " +
			"(sever), or of the time (bursts, slow)"},
	{path: "faults.KIND.bad", fallback: "100%", limits: "0%..100%",
		when: "kind=path-bursts|line-bursts", meaning: "loss within a burst"},
	{path: "faults.KIND.length", fallback: "10s", limits: "1ms..24h",
		when:    "kind=path-bursts|line-bursts|slow",
		meaning: "mean length of a burst or of a slow spell"},
	{path: "faults.KIND.delay", fallback: "200ms", limits: "1us..1h",
		when:    "kind=duplicate|reorder|slow",
		meaning: "additional delay; of a copy, or of what is reordered, the greatest"},
	{path: "faults.KIND.draw", fallback: "auto", limits: "1..1000000", word: "auto",
		meaning: "names its random numbers; one that is written keeps them when other faults of " +
			"the kind come and go"},
}
