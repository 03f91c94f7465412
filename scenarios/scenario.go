package scenarios

import (
	"slices"

	"swarmlab/netmodel"
)

// Scenario is one experiment, every value filled in: a network, groups of nodes, what they are
// asked to do, and which settings are varied. It is a plain value; its meaning, units, ranges
// and defaults are those of Settings.
//
// A Scenario comes from Parse, Load or Open, which check it, and changes through Set.
type Scenario struct {
	Name     string   `yaml:"name"`
	Title    string   `yaml:"title"`
	Seed     uint64   `yaml:"seed"`
	Duration Duration `yaml:"duration"` // simulated time of a run, the warm-up included
	Warmup   Duration `yaml:"warmup"`   // what starts before this is not measured
	Network  Network  `yaml:"network"`
	Groups   []Group  `yaml:"groups"`
	Workload []Work   `yaml:"workload"`
	// Vary is the sweep; Cells makes its product.
	Vary Vary `yaml:"vary"`
	// Repeat is the number of runs of each cell, each with a seed of its own.
	Repeat  int      `yaml:"repeat"`
	Figures []string `yaml:"figures"`
	// Quick makes a short variant of the scenario; ApplyQuick applies it.
	Quick Overrides `yaml:"quick"`

	origin *origin // where the settings were written, for errors; nil if made in code
}

// Network is what every datagram of the run meets.
type Network struct {
	Latency Latency              `yaml:"latency"`
	Jitter  Duration             `yaml:"jitter"` // at most this much is added to each message
	Loss    netmodel.Probability `yaml:"loss"`   // of each datagram, independently
}

// Latency is one of five models of one-way delay between two nodes. Only the keys of the chosen
// model are set; the others are zero.
type Latency struct {
	Model string `yaml:"model"` // constant, uniform, lognormal, regions or matrix

	Delay Duration `yaml:"delay"` // constant

	Low  Duration `yaml:"low"` // uniform
	High Duration `yaml:"high"`

	Median Duration       `yaml:"median"` // lognormal
	Sigma  netmodel.Milli `yaml:"sigma"`

	IntraRegion Duration       `yaml:"intra_region"` // regions; a round trip
	Access      Duration       `yaml:"access"`       // one way, the median of the access links
	AccessSigma netmodel.Milli `yaml:"access_sigma"`

	File string `yaml:"file"` // matrix; relative to the scenario file
}

// Group is a population of nodes that run one protocol with one configuration.
type Group struct {
	Name     string `yaml:"name"`
	Protocol string `yaml:"protocol"`
	Size     int    `yaml:"size"`
	Tables   string `yaml:"tables"` // warm or join
	Join     Join   `yaml:"join"`   // only with tables: join
	DHT      DHT    `yaml:"dht"`
}

// Join says how nodes come into a network that is built by real bootstrap.
type Join struct {
	Over      Duration `yaml:"over"`      // start times lie evenly at random in this
	Bootstrap int      `yaml:"bootstrap"` // started nodes that a newcomer knows
}

// DHT is the configuration of a Mainline DHT node.
type DHT struct {
	K             int      `yaml:"k"`
	Buckets       []int    `yaml:"buckets"` // sizes by depth, the last one repeats
	Alpha         int      `yaml:"alpha"`
	ReplyContacts int      `yaml:"reply_contacts"`
	QueryTimeout  Duration `yaml:"query_timeout"`
	Rounds        bool     `yaml:"rounds"`
	Refresh       Duration `yaml:"refresh"` // 0 is never
	GoodFor       Duration `yaml:"good_for"`

	StalenessLimit int      `yaml:"staleness_limit"`
	VerifySenders  bool     `yaml:"verify_senders"`
	TokenRotation  Duration `yaml:"token_rotation"`
	PeerExpiry     Duration `yaml:"peer_expiry"`
	ReplyPeers     int      `yaml:"reply_peers"`

	// Set when the value was not given but follows k, so that it moves when k is varied.
	bucketsFollow, replyFollows bool
}

// Work is one stream of operations, asked of random nodes of a group.
type Work struct {
	Kind   string   `yaml:"kind"` // lookup, announce or get_peers
	Group  string   `yaml:"group"`
	Rate   Rate     `yaml:"rate"` // of the whole group
	Start  Duration `yaml:"start"`
	Stop   Duration `yaml:"stop"`
	Target string   `yaml:"target"` // lookup: random-node or random-key
	Keys   int      `yaml:"keys"`   // announce, get_peers: number of distinct infohashes

	stopFollows bool // Stop was not given: it is the scenario's duration
}

// Vary is a sweep: the product of its axes, the last one fastest.
type Vary []Axis

// Axis is one varied setting. Values are canonical YAML texts, each as Set takes it.
type Axis struct {
	Path   string
	Values []string
}

// Overrides are settings to apply in order.
type Overrides []Override

// Override is one setting; Value is a canonical YAML text, as Set takes it.
type Override struct {
	Path  string
	Value string
}

// group returns the group of that name, or nil.
func (s *Scenario) group(name string) *Group {
	for i := range s.Groups {
		if s.Groups[i].Name == name {
			return &s.Groups[i]
		}
	}
	return nil
}

// clone copies what Set may write to. Lists of scalars are replaced whole, never written into,
// and so may be shared.
func (s *Scenario) clone() *Scenario {
	c := *s
	c.Groups = slices.Clone(s.Groups)
	c.Workload = slices.Clone(s.Workload)
	c.Vary = slices.Clone(s.Vary)
	c.Quick = slices.Clone(s.Quick)
	return &c
}

// replyContactsMax keeps every reply below the size that a node may send (BEP 32).
const replyContactsMax = 25

// follow gives the settings that follow another one their values and remembers that they follow.
// A zero stands for "follows", and is no valid value of any of these settings.
func (s *Scenario) follow() {
	for i := range s.Groups {
		d := &s.Groups[i].DHT
		if d.bucketsFollow = len(d.Buckets) == 0; d.bucketsFollow {
			d.Buckets = []int{d.K}
		}
		if d.replyFollows = d.ReplyContacts == 0; d.replyFollows {
			d.ReplyContacts = min(d.K, replyContactsMax)
		}
	}
	for i := range s.Workload {
		w := &s.Workload[i]
		if w.stopFollows = w.Stop == 0; w.stopFollows {
			w.Stop = s.Duration
		}
	}
}

// unfollow turns followers back to zero: before a change to what they follow, and for printing.
func (s *Scenario) unfollow() {
	for i := range s.Groups {
		d := &s.Groups[i].DHT
		if d.bucketsFollow {
			d.Buckets = nil
		}
		if d.replyFollows {
			d.ReplyContacts = 0
		}
	}
	for i := range s.Workload {
		if s.Workload[i].stopFollows {
			s.Workload[i].Stop = 0
		}
	}
}
