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
	// Torrents make it a scenario of swarms; only these have the settings that follow.
	Torrents []Torrent `yaml:"torrents"`
	Tracker  Tracker   `yaml:"tracker"`
	End      string    `yaml:"end"`    // complete or duration
	Sample   Duration  `yaml:"sample"` // time between two looks at the swarms
	Audit    Audit     `yaml:"audit"`
	Ledger   Ledger    `yaml:"ledger"` // makes it a scenario of a tracker's ledger
	Network  Network   `yaml:"network"`
	Groups   []Group   `yaml:"groups"`
	Workload []Work    `yaml:"workload"`
	Faults   []Fault   `yaml:"faults"` // what goes wrong with the network, and when
	Crawl    Crawl     `yaml:"crawl"`  // who measures the network's size from within
	Probes   Probes    `yaml:"probes"` // who measures from within how nodes can be reached
	// Vary is the sweep; Cells makes its product.
	Vary Vary `yaml:"vary"`
	// Repeat is the number of runs of each cell, each with a seed of its own.
	Repeat int `yaml:"repeat"`
	// Until stops the repetitions of a cell before Repeat, when a metric is known well enough.
	Until Until `yaml:"until"`
	// Transient is the metric whose MSER-5 rule prolongs the warm-up, or none if empty.
	Transient string `yaml:"transient"`
	// Budget is what one run may cost. It changes no result but that there is one.
	Budget  Budget   `yaml:"budget"`
	Figures []string `yaml:"figures"`
	// Targets are published values that the results are held against.
	Targets []Target `yaml:"targets"`
	Study   Study    `yaml:"study"`
	// Quick makes a short variant of the scenario; ApplyQuick applies it.
	Quick Overrides `yaml:"quick"`

	origin *origin // where the settings were written, for errors; nil if made in code
}

// Until is a rule to stop at: looks at a fixed number of seeds, and at twice as many each time up
// to Repeat. The zero value is none.
type Until struct {
	Metric    string               `yaml:"metric"`
	HalfWidth netmodel.Probability `yaml:"half_width"` // of the 95 % interval, over the mean
	First     int                  `yaml:"first"`      // seeds at the first look
}

// Share is HalfWidth as a fraction of 1.
func (u Until) Share() float64 { return float64(u.HalfWidth) / float64(netmodel.Certain) }

// Looks returns the numbers of seeds at which the repetitions of a cell may end, the last of which
// is Repeat.
func (s *Scenario) Looks() []int {
	var looks []int
	if s.Until != (Until{}) {
		for n := s.Until.First; n < s.Repeat; n *= 2 {
			looks = append(looks, n)
		}
	}
	return append(looks, s.Repeat)
}

// Refuse returns an error about a setting that only those who use it can judge. It points to where
// the setting was written.
func (s *Scenario) Refuse(path, format string, args ...any) error {
	from := s.origin
	if from == nil {
		from = &origin{name: s.source()}
	}
	c := &complaints{origin: from}
	c.addAt(path, format, args...)
	return c.err()
}

// Suggest ends a message about an unknown word: with the known ones, or the one that was meant.
func Suggest(word string, known []string) string { return suggest(word, known) }

// Budget ends runs that cost too much. Zero is no limit.
type Budget struct {
	Time   Duration `yaml:"time"` // of the wall clock
	Events uint64   `yaml:"events"`
}

// Network is what every datagram of the run meets.
type Network struct {
	Latency Latency              `yaml:"latency"`
	Jitter  Duration             `yaml:"jitter"` // at most this much is added to each message
	Loss    netmodel.Probability `yaml:"loss"`   // of each datagram, independently
	NAT     NAT                  `yaml:"nat"`
	Links   Links                `yaml:"links"`
}

// Latency is one of six models of one-way delay between two nodes. Only the keys of the chosen
// model are set; the others are zero.
type Latency struct {
	Model string `yaml:"model"` // constant, uniform, lognormal, regions, coordinates or matrix

	Delay Duration `yaml:"delay"` // constant

	Low  Duration `yaml:"low"` // uniform
	High Duration `yaml:"high"`

	Median Duration       `yaml:"median"` // lognormal
	Sigma  netmodel.Milli `yaml:"sigma"`

	IntraRegion Duration       `yaml:"intra_region"` // regions; a round trip
	Access      Duration       `yaml:"access"`       // one way, the median of the access links
	AccessSigma netmodel.Milli `yaml:"access_sigma"`

	Spread      Duration       `yaml:"spread"` // coordinates
	Height      Duration       `yaml:"height"`
	HeightSigma netmodel.Milli `yaml:"height_sigma"`

	File string `yaml:"file"` // matrix; relative to the scenario file
}

// Group is a population of nodes that run one protocol with the settings of one client, or of a
// mix of clients by share. All groups together are one network.
type Group struct {
	Name     string  `yaml:"name"`
	Protocol string  `yaml:"protocol"`
	Client   Clients `yaml:"client"`
	Size     int     `yaml:"size"`
	IDs      IDs     `yaml:"ids"`
	Tables   string  `yaml:"tables"` // warm or join
	Join     Join    `yaml:"join"`   // only with tables: join
	Churn    Churn   `yaml:"churn"`
	DHT      DHT     `yaml:"dht"`
	Link     OwnLine `yaml:"link"`

	// Of peers of torrents only.
	Torrent   string               `yaml:"torrent"` // empty: the only one
	Complete  netmodel.Probability `yaml:"complete"`
	Arrive    Arrive               `yaml:"arrive"`
	Linger    Stay                 `yaml:"linger"`   // once it has everything
	Patience  Stay                 `yaml:"patience"` // until then
	Graceful  netmodel.Probability `yaml:"graceful"`
	Discovery []string             `yaml:"discovery"`
	Strategy  Strategies           `yaml:"strategy"`
	Cheat     Cheats               `yaml:"cheat"`
	Cheating  Cheating             `yaml:"cheating"`
	Reporting string               `yaml:"reporting"`
	Catalog   Catalog              `yaml:"catalog"`
	Swarm     Swarm                `yaml:"swarm"`
}

// Join says how nodes come into a network that is built by real bootstrap.
type Join struct {
	Over      Duration `yaml:"over"`      // start times lie evenly at random in this
	Bootstrap int      `yaml:"bootstrap"` // started nodes that a newcomer knows
}

// DHT is what a group writes of the configuration of its Mainline DHT nodes. What is nil is left to
// each node's client. The fields are those of dht.Config with the same names; Scenario.Config
// translates them.
type DHT struct {
	K            *int      `yaml:"k"`
	Alpha        *int      `yaml:"alpha"`
	QueryTimeout *Duration `yaml:"query_timeout"`
	SoftTimeout  *Duration `yaml:"soft_timeout"` // 0 is never
	Tries        *int      `yaml:"tries"`
	Candidates   *int      `yaml:"candidates"` // 0 is plenty
	Rounds       *bool     `yaml:"rounds"`

	Buckets        *[]int    `yaml:"buckets"` // by depth, the last one repeats; empty is all of k
	Replacements   *int      `yaml:"replacements"`
	Admission      *Policy   `yaml:"admission"`
	VerifySenders  *bool     `yaml:"verify_senders"`
	Quarantine     *Duration `yaml:"quarantine"`
	Eviction       *Policy   `yaml:"eviction"`
	StalenessLimit *int      `yaml:"staleness_limit"`
	RemoveAfter    *int      `yaml:"remove_after"` // 0 is never
	GoodFor        *Duration `yaml:"good_for"`
	GoodFailures   *int      `yaml:"good_failures"`
	Upkeep         *Policy   `yaml:"upkeep"`
	Refresh        *Duration `yaml:"refresh"` // 0 is never
	Diverse        *bool     `yaml:"diverse"`
	SecureIDs      *Policy   `yaml:"secure_ids"`

	ReplyContacts *int      `yaml:"reply_contacts"` // 0 is as many as k
	ReplyNear     *bool     `yaml:"reply_near"`
	ReplyGood     *bool     `yaml:"reply_good"`
	TokenRotation *Duration `yaml:"token_rotation"`
	TokenPeriods  *int      `yaml:"token_periods"`
	PeerExpiry    *Duration `yaml:"peer_expiry"` // 0 is never
	ReplyPeers    *int      `yaml:"reply_peers"`
	Torrents      *int      `yaml:"torrents"`
	Peers         *int      `yaml:"peers"`

	SourceLimit *int      `yaml:"source_limit"` // 0 is none
	SourceBan   *Duration `yaml:"source_ban"`
	QueryRate   *int      `yaml:"query_rate"` // 0 is no limit
	QueryBurst  *int      `yaml:"query_burst"`
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

// clone copies what Set may write to. Lists of scalars, and settings that may be left to a client,
// are replaced whole, never written into, and so may be shared.
func (s *Scenario) clone() *Scenario {
	c := *s
	c.Torrents = slices.Clone(s.Torrents)
	c.Groups = slices.Clone(s.Groups)
	c.Workload = slices.Clone(s.Workload)
	c.Faults = slices.Clone(s.Faults)
	c.Network.Links.Lines = slices.Clone(s.Network.Links.Lines)
	c.Vary = slices.Clone(s.Vary)
	c.Quick = slices.Clone(s.Quick)
	return &c
}

// follow gives the settings that follow another one their values and remembers that they follow.
// A zero stands for "follows", and is no valid value of any of these settings.
func (s *Scenario) follow() {
	for i := range s.Workload {
		w := &s.Workload[i]
		if w.stopFollows = w.Stop == 0; w.stopFollows {
			w.Stop = s.Duration
		}
	}
}

// unfollow turns followers back to zero: before a change to what they follow, and for printing.
func (s *Scenario) unfollow() {
	for i := range s.Workload {
		if s.Workload[i].stopFollows {
			s.Workload[i].Stop = 0
		}
	}
}
