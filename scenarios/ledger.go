package scenarios

import (
	"fmt"
	"slices"
	"time"

	"swarmlab/netmodel"
)

// Announcer is the protocol of groups of users who announce what they transfer, without any
// transfer: their totals are modelled.
const Announcer = "announcer"

// Ledger makes it a scenario of a tracker's ledger; the zero value is none. Users who live by
// their churn transfer at a constant rate while they are there; with Rounds they meet.
type Ledger struct {
	Interval Duration `yaml:"interval"` // between announces
	Rounds   Rounds   `yaml:"rounds"`
}

// Rounds have users meet in swarms of changing company; the zero value is none. In each round all
// users are dealt into swarms anew.
type Rounds struct {
	Length   Duration             `yaml:"length"`
	Company  int                  `yaml:"company"`  // users of a swarm
	Sigma    netmodel.Milli       `yaml:"sigma"`    // of what a user uploads in a round
	Graceful netmodel.Probability `yaml:"graceful"` // share of ends that are announced
	Cheats   netmodel.Probability `yaml:"cheats"`   // share of users
	Factor   netmodel.Milli       `yaml:"factor"`   // claimed over uploaded, of cheats
	Collude  bool                 `yaml:"collude"`  // cheats are pairs
	Deal     string               `yaml:"deal"`     // each round, or once
	Looks    []int                `yaml:"looks"`    // numbers of swarms at which users are judged
	Audits   int                  `yaml:"audits"`   // of each user in a round
}

// None reports whether there is no ledger.
func (l *Ledger) None() bool { return l.Interval == 0 }

// None reports whether users live by their churn.
func (r *Rounds) None() bool { return r.Length == 0 }

// DealsOnce reports whether users meet in the same company in all rounds.
func (r *Rounds) DealsOnce() bool { return r.Deal == "once" }

// Ledgers tells whether the scenario is one of a tracker's ledger.
func (s *Scenario) Ledgers() bool { return !s.Ledger.None() }

// RoundsNumber returns how many rounds there are.
func (s *Scenario) RoundsNumber() int {
	if s.Ledger.Rounds.None() {
		return 0
	}
	return int(s.Duration / s.Ledger.Rounds.Length)
}

// Swarms returns how many swarms of a round there are.
func (r *Rounds) Swarms(users int) int { return users / r.Company }

// Cheating returns how many of so many users cheat, to the nearest: the first ones. Those who
// collude are even in number.
func (r *Rounds) Cheating(users int) int {
	const parts = 1 << 20
	p := int(uint64(r.Cheats) / (uint64(netmodel.Certain) / parts))
	cheats := (users*p + parts/2) / parts
	if r.Collude {
		cheats -= cheats % 2
	}
	return cheats
}

// Settle is the least time between a leave in good order and the return: that is how long a
// client may take to tell its tracker. Rounds end so long before the next one.
const Settle = 30 * time.Second

var ledgerRules = []rule{
	{path: "ledger", fallback: noneWord, word: noneWord,
		meaning: "users announce to a UDP tracker whose ledger is held against what they " +
			"transferred, as in {interval: 30m}; their totals are modelled, and no data flows. " +
			"Its groups say protocol: announcer"},
	{path: "ledger.interval", fallback: "30m", limits: "10s..24h",
		meaning: "that the tracker tells clients to let pass between announces"},
	{path: "ledger.rounds", fallback: noneWord, word: noneWord,
		meaning: "users meet in swarms, in each round in others, as in {length: 4h30m}; none: " +
			"they come and go by their churn, and transfer at a constant rate"},
	{path: "ledger.rounds.length", fallback: required, limits: "1m..168h",
		meaning: "of a round, in whole seconds; the duration has as many as fit"},
	{path: "ledger.rounds.company", fallback: "10", limits: "2..1000",
		meaning: "users of a swarm"},
	{path: "ledger.rounds.sigma", fallback: "1", limits: "0..2",
		meaning: "spread of what a user uploads in a round, which is log-normal: standard " +
			"deviation of its logarithm. The others of the swarm download it in equal parts"},
	{path: "ledger.rounds.graceful", fallback: "30%", limits: "0%..100%",
		meaning: "share of ends that the tracker is told; the other users vanish"},
	{path: "ledger.rounds.cheats", fallback: "10%", limits: "0%..100%",
		meaning: "share of users that claim more uploads than there were"},
	{path: "ledger.rounds.factor", fallback: "1.5", limits: "1..100",
		meaning: "what they claim, over what they uploaded"},
	{path: "ledger.rounds.collude", fallback: "false",
		meaning: "true: cheats are pairs, each of one that claims so much more and of one that " +
			"claims to have downloaded as much more, wherever they are dealt"},
	{path: "ledger.rounds.deal", fallback: "each", limits: "each|once",
		meaning: "users are dealt into swarms in each round anew, or once for all"},
	{path: "ledger.rounds.looks", fallback: noneWord, limits: "1..1000000", word: noneWord,
		meaning: "numbers of swarms, in all rounds so far, at which the users are judged by " +
			"methods M1, M3, M4 and M5, as in [100, 200]; none: they are not"},
	{path: "ledger.rounds.audits", fallback: "0", limits: "0..100",
		meaning: "at the end of each round every user looks into the books of so many others, " +
			"drawn at random (method M10)"},
}

// checkLedger checks what only scenarios of a ledger have, and that they have nothing else.
func (s *Scenario) checkLedger(c *complaints) {
	if !s.Ledgers() {
		for i := range s.Groups {
			if s.Groups[i].Protocol == Announcer {
				c.addAt("groups."+s.Groups[i].Name+".protocol", "there is no ledger; add one, as "+
					"in ledger: {interval: 30m}")
			}
		}
		return
	}
	switch {
	case s.Swarms():
		c.addAt("torrents", "users of a ledger transfer nothing; remove these, or the ledger")
	case len(s.Workload) > 0:
		c.addAt("workload", "users of a ledger are asked for nothing; remove it")
	case s.Observers() > 0:
		c.addAt("groups", "crawl and probes observe a DHT alone; remove these, or the ledger")
	}
	for i, f := range s.Faults {
		if f.Kind == "crash" {
			c.addAt(fmt.Sprintf("faults.%d.kind", i), "how users of a ledger end, their churn or "+
				"their rounds say; remove it")
		}
	}
	for i := range s.Groups {
		s.checkAnnouncers(c, &s.Groups[i])
	}
	if !s.Ledger.Rounds.None() {
		s.checkRounds(c, &s.Ledger.Rounds)
	}
}

func (s *Scenario) checkAnnouncers(c *complaints, g *Group) {
	path := "groups." + g.Name
	switch {
	case g.Protocol != Announcer:
		c.addAt(path+".protocol", "%s: all groups of a scenario with a ledger are of %s",
			g.Protocol, Announcer)
	case s.Ledger.Rounds.None() && g.Churn.None():
		c.addAt(path+".churn", "users without rounds come and go; write a churn, as in "+
			"{preset: debian, offline: exponential(30m)}")
	case !s.Ledger.Rounds.None() && !g.Churn.None():
		c.addAt(path+".churn", "with rounds, these say when users come and go; remove it")
	}
}

func (s *Scenario) checkRounds(c *complaints, r *Rounds) {
	const path = "ledger.rounds"
	users, rounds := s.Nodes(), s.RoundsNumber()
	if r.Length%Duration(time.Second) != 0 {
		c.addAt(path+".length", "%s is not a whole number of seconds; round it", r.Length)
	}
	if r.Length < 2*s.Ledger.Interval+2*Duration(Settle) {
		c.addAt(path+".length", "%s is too short for two announces, %s apart; write more, or a "+
			"shorter interval", r.Length, s.Ledger.Interval)
	}
	if rounds == 0 {
		c.addAt("duration", "%s is shorter than a round, %s; simulate longer", s.Duration, r.Length)
	}
	if r.Company > users {
		c.addAt(path+".company", "there are %d users; write that or less", users)
		return
	}
	if n := len(r.Looks); n > 0 && slices.Max(r.Looks) > rounds*r.Swarms(users) {
		c.addAt(path+".looks", "%d swarms, and there are %d in %d rounds; look earlier, or "+
			"simulate longer", slices.Max(r.Looks), rounds*r.Swarms(users), rounds)
	}
	if !slices.IsSorted(r.Looks) || len(slices.Compact(slices.Clone(r.Looks))) != len(r.Looks) {
		c.addAt(path+".looks", "%v: write each number once, the smallest first", r.Looks)
	}
	if len(r.Looks) > 0 && users > attributedMost {
		c.addAt(path+".looks", "%d users, and M3 is solved for at most %d; write none, or fewer "+
			"users", users, attributedMost)
	}
}

// attributedMost bounds the linear system of M3.
const attributedMost = 2000
