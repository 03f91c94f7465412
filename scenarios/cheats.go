package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/client"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// Cheats says how the peers of a group lie about what they transfer: the word for one way, or a mix
// by share, as in "honest 90%, multiplier 10%". It is a canonical text, as the file has it.
type Cheats string

const cheatsHelp = `write one, as in multiplier, or a mix, as in "honest 90%, multiplier 10%"`

func checkCheat(name string) error {
	if known := client.Cheats(); !slices.Contains(known, name) {
		return fmt.Errorf("%s is no way to cheat%s", show(name), suggest(name, known))
	}
	return nil
}

func cheatMix() mix { return mix{checkCheat, client.Cheats(), "ways to cheat", cheatsHelp} }

func parseCheats(text string) (Cheats, error) {
	canonical, err := cheatMix().parse(text)
	return Cheats(canonical), err
}

// Shares lists the ways of a mix in the order of the text.
func (c Cheats) Shares() []Share { return cheatMix().shares(string(c)) }

// Cheating is how much the cheats of a group lie.
type Cheating struct {
	Factor      netmodel.Milli `yaml:"factor"`       // of a multiplier: claimed over true
	Adaptive    netmodel.Milli `yaml:"adaptive"`     // of who is adaptive
	UnderReport netmodel.Milli `yaml:"under_report"` // of who under-reports
	Rate        Speed          `yaml:"rate"`         // that they invent
	Ring        int            `yaml:"ring"`         // peers that conspire, or share an account
}

// CheatConfig returns how the group's peers cheat that do so in one way.
func (g *Group) CheatConfig(cheat client.Cheat) client.CheatConfig {
	c := client.CheatConfig{Kind: cheat, Rate: uint64(g.Cheating.Rate)}
	switch cheat {
	case client.Multiplier:
		c.Factor = uint32(g.Cheating.Factor)
	case client.Adaptive:
		c.Factor = uint32(g.Cheating.Adaptive)
	case client.UnderReport:
		c.Factor = uint32(g.Cheating.UnderReport)
	}
	return c
}

// ReportingConfig returns what the announces of the group's peers mean.
func (g *Group) ReportingConfig() client.Reporting {
	return client.Reporting(wordIndex(client.Reportings(), g.Reporting))
}

// Catalog is in how many torrents each peer of a group takes part; the zero Gap has it begin all
// at once.
type Catalog struct {
	Torrents int  `yaml:"torrents"`
	Gap      Stay `yaml:"gap"` // from the begin of one to that of the next
}

// Speed is bytes a second, written 100kB/s.
type Speed uint64

// String is the text that gives the speed.
func (s Speed) String() string { return Bytes(s).String() + "/s" }

func parseSpeed(text string) (Speed, error) {
	size, found := strings.CutSuffix(text, "/s")
	if !found {
		return 0, fmt.Errorf("%s is no speed; write bytes a second, as in 100kB/s", show(text))
	}
	b, err := parseBytes(size)
	return Speed(b), err
}

// Taking returns how many torrents each peer of the group takes part in.
func (g *Group) Taking() int { return max(g.Catalog.Torrents, 1) }

// checkCatalog checks in which torrents the peers of a group take part.
func (s *Scenario) checkCatalog(c *complaints, g *Group, path string) {
	if g.Catalog.Torrents > len(s.Torrents) {
		c.addAt(path+".catalog.torrents", "%d, and there are %d torrents; add some, or take fewer",
			g.Catalog.Torrents, len(s.Torrents))
	}
	if g.Catalog.Torrents > 1 && g.Torrent != "" {
		c.addAt(path+".torrent", "a catalog draws from all torrents; remove one of the two")
	}
	if g.Catalog.Gap == neverWord {
		c.addAt(path+".catalog.gap", "never: then peers take part in one; write a time, or "+
			"catalog: {torrents: 1}")
	}
}

// checkMixes checks that somebody is of each strategy and each way to cheat that is written.
func (g *Group) checkMixes(c *complaints, path string) {
	there := map[string]bool{}
	for _, p := range g.Peers() {
		there["strategy "+strategies()[p.Strategy]] = true
		there["cheat "+client.Cheats()[p.Cheat]] = true
	}
	check := func(key string, shares []Share) {
		for _, of := range shares {
			if !there[key+" "+of.Client] {
				c.addAt(path+"."+key, "%s is nobody of %d; raise its share, make the group "+
					"larger, or leave it out", of.Client, g.Size)
			}
		}
	}
	check("strategy", g.Strategy.Shares())
	check("cheat", g.Cheat.Shares())
}

// checkCheats checks that who cheats can do so, and that somebody looks.
func (s *Scenario) checkCheats(c *complaints, g *Group, path string) {
	g.checkMixes(c, path)
	cheats, rings := false, false
	for _, p := range g.Peers() {
		cheats = cheats || p.Cheat != client.Honest
		switch p.Cheat {
		case client.Sybil, client.Shared, client.Framer:
			rings = true
		}
		switch {
		case p.Cheat == client.Honest:
		case p.Strategy == swarm.Observing:
			c.addAt(path+".cheat", "observers transfer nothing to lie about; remove it")
		case p.Cheat == client.Framer && !s.anyHonest():
			c.addAt(path+".cheat", "there is nobody honest to frame; make some honest")
		}
		switch p.Cheat {
		case client.Shared, client.Collusion, client.Sybil:
			if p.Size < 2 {
				c.addAt(path+".cheat", "%v takes two, and there is one; make the group or its "+
					"share larger", p.Cheat)
			}
		case client.Whitewash:
			if g.Taking() < 2 {
				c.addAt(path+".cheat", "whitewash comes back as somebody else for each torrent, "+
					"and there is one; write catalog: {torrents: 2} or more")
			}
		}
	}
	if ring := g.Cheating.Ring; rings && ring > g.Size {
		c.addAt(path+".cheating.ring", "%d, and the group has %d; write that or less", ring, g.Size)
	}
	if cheats && s.Audit.None() {
		c.addAt(path+".cheat", "nobody looks; add audit: {}, or remove it")
	}
}

// anyHonest tells whether any user does not cheat.
func (s *Scenario) anyHonest() bool {
	for i := range s.Groups {
		for _, p := range s.Groups[i].Peers() {
			if p.Cheat == client.Honest && p.Strategy != swarm.Observing && p.Size > 0 {
				return true
			}
		}
	}
	return false
}

// Users returns how many accounts there are: one for each peer, but those that observe.
func (s *Scenario) Users() (n int) {
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, p := range g.Peers() {
			switch {
			case p.Strategy == swarm.Observing:
			case p.Cheat == client.Whitewash:
				n += p.Size * g.Taking()
			case p.Cheat == client.Shared:
				n += (p.Size + g.Cheating.Ring - 1) / g.Cheating.Ring
			default:
				n += p.Size
			}
		}
	}
	return n
}

// Audit is who looks at what is transferred, and how; the zero value is nobody.
type Audit struct {
	Window   Duration             `yaml:"window"`
	Rule     string               `yaml:"rule"`
	Receipts Bytes                `yaml:"receipts"` // 0 is none
	Strict   bool                 `yaml:"strict"`
	Settle   Duration             `yaml:"settle"`  // 0 is never
	Pairing  int                  `yaml:"pairing"` // 0 is none
	Anchors  netmodel.Probability `yaml:"anchors"`
	Audits   int                  `yaml:"audits"` // 0 is none
	Probes   Duration             `yaml:"probes"` // 0 is never
}

// None reports whether nobody looks.
func (a *Audit) None() bool { return a.Window == 0 }

// ruleWords are the words for the rules of ledgers, in the order of the protocol's constants.
func ruleWords() []string { return []string{"rebase", "clamp", "zero-base", "final-only"} }

// LedgerRule returns the rule of the tracker's ledger.
func (a *Audit) LedgerRule() tracker.Rule { return tracker.Rule(wordIndex(ruleWords(), a.Rule)) }

// ClientConfig returns how clients vouch for what they transfer.
func (a *Audit) ClientConfig() client.AuditConfig {
	return client.AuditConfig{Window: uint64(a.Receipts), Strict: a.Strict,
		Settle: time.Duration(a.Settle)}
}

// offices is how many nodes take reports and receipts.
func (s *Scenario) offices() int {
	if s.Swarms() && s.Audit.Settle > 0 {
		return 1
	}
	return 0
}

// observed reports whether some peers observe.
func (s *Scenario) observed() bool {
	for i := range s.Groups {
		for _, p := range s.Groups[i].Peers() {
			if p.Strategy == swarm.Observing {
				return true
			}
		}
	}
	return false
}

// checkAudit checks what is asked of those who look.
func (s *Scenario) checkAudit(c *complaints) {
	a := &s.Audit
	if a.None() {
		return
	}
	if s.Tracker.None() {
		c.addAt("audit", "there is no tracker, whose ledger is to be audited; remove tracker: none")
	}
	if s.Users() == 0 {
		c.addAt("audit", "all peers observe, and there is nobody to audit; add a group that "+
			"exchanges something")
	}
	if a.Window%Duration(time.Second) != 0 {
		c.addAt("audit.window", "%s is not a whole number of seconds; round it", a.Window)
	}
	if a.Settle == 0 && a.Receipts > 0 {
		c.addAt("audit.receipts", "nobody takes them; write settle, too, or receipts: none")
	}
	if a.Strict && a.Receipts == 0 {
		c.addAt("audit.strict", "there are no receipts to insist on; write receipts, too")
	}
	if a.Settle == 0 && a.Audits > 0 {
		c.addAt("audit.audits", "there are no reports to look into; write settle, too, or "+
			"audits: none")
	}
	if a.Probes > 0 && !s.observed() {
		c.addAt("audit.probes", "nobody can ask; add a group of strategy: observer, or write "+
			"probes: never")
	}
	if a.Pairing > s.Users() {
		c.addAt("audit.pairing", "groups of %d, and there are %d users; make them smaller",
			a.Pairing, s.Users())
	}
	for i := range s.Groups {
		if g := &s.Groups[i]; a.Pairing > 0 && (g.Finds(ByDHT) || g.Finds(ByPEX)) {
			c.addAt("groups."+g.Name+".discovery", "audit.pairing is in vain if peers find others "+
				"than the tracker names; write [tracker]")
		}
	}
}

var auditRules = []rule{
	{path: "audit", fallback: noneWord, word: noneWord, when: "torrents!=none",
		meaning: "who looks at what peers transfer, by all methods that the settings below it " +
			"allow, as in {}; they are held against the network's truth. Peers that observe " +
			"are a group of strategy: observer"},
	{path: "audit.window", fallback: "5m", limits: "10s..24h",
		meaning: "windows of time in which claims are balanced (M2, M3); auditors judge at the " +
			"end of each"},
	{path: "audit.rule", fallback: "rebase", limits: "rebase|clamp|zero-base|final-only",
		meaning: "how the tracker makes credit of what peers announce"},
	{path: "audit.receipts", fallback: noneWord, limits: "16KiB..1GiB", word: noneWord,
		meaning: "peers sign receipts for each so many bytes that they got of another (M8, M9)"},
	{path: "audit.strict", fallback: "false",
		meaning: "true: who leaves more unsigned than that, and what is under way, gets no more; " +
			"nor does who signs nothing"},
	{path: "audit.settle", fallback: neverWord, limits: "10s..24h", word: neverWord,
		meaning: "time between two letters of a peer to the auditor, with signed reports about " +
			"all whom it met (M7) and its receipts; never: there are none"},
	{path: "audit.pairing", fallback: noneWord, limits: "2..1000", word: noneWord,
		meaning: "the tracker names only those of one's own group of so many users, and deals " +
			"groups anew each window (M4)"},
	{path: "audit.anchors", fallback: "25%", limits: "0.1%..100%",
		meaning: "share of the honest users whom the auditor trusts (M9)"},
	{path: "audit.audits", fallback: noneWord, limits: "1..100", word: noneWord,
		meaning: "audits that each user makes of others at random in each window (M10)"},
	{path: "audit.probes", fallback: neverWord, limits: "1s..24h", word: neverWord,
		meaning: "time between two challenges of a peer by an observer, which waits to be " +
			"unchoked and asks for a block that the peer says it has (M10); never: there are none"},
}
