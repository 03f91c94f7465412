package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/swarm"
)

// The protocols of groups: the values of a group's setting "protocol".
const (
	Mainline   = "mainline"
	BitTorrent = "bittorrent"
)

// How peers find each other: the values of a group's setting "discovery".
const (
	ByTracker = "tracker"
	ByDHT     = "dht"
	ByPEX     = "pex"
)

// EndComplete is the value of the setting "end" that ends a run with its last leecher.
const EndComplete = "complete"

// Torrent is a content that groups of peers exchange.
type Torrent struct {
	Name    string `yaml:"name"`
	Size    Bytes  `yaml:"size"`
	Piece   Bytes  `yaml:"piece"`
	Private bool   `yaml:"private"`
}

// Geometry returns the pieces of the torrent.
func (t *Torrent) Geometry() swarm.Geometry {
	return swarm.Geometry{Total: uint64(t.Size), PieceLength: uint32(t.Piece)}
}

// Tracker is the one tracker of a scenario; the zero value is none.
type Tracker struct {
	Interval    Duration `yaml:"interval"`
	MinInterval Duration `yaml:"min_interval"` // 0 is half of interval
	NumWant     int      `yaml:"numwant"`
}

// None reports whether there is no tracker.
func (t *Tracker) None() bool { return *t == Tracker{} }

// Arrive says when the peers of a group come.
type Arrive struct {
	Over Duration `yaml:"over"` // evenly at random in this
	Rate Pace     `yaml:"rate"` // one after the other, as a Poisson process; the zero value is none
}

// OwnLine is the access line of all nodes of a group; the zero value leaves it to the network.
type OwnLine struct {
	Down Width `yaml:"down"`
	Up   Width `yaml:"up"`
}

// None reports whether the network draws the lines of the group.
func (l *OwnLine) None() bool { return *l == OwnLine{} }

// Swarms tells whether the scenario is one of torrents.
func (s *Scenario) Swarms() bool { return len(s.Torrents) > 0 }

// Narrow tells whether some lines have limits.
func (s *Scenario) Narrow() bool {
	return !s.Network.Links.None() || len(s.ownLines()) > 0
}

// Torrent returns the torrent that a group takes part in, by its number.
func (s *Scenario) Torrent(g *Group) int {
	if g.Torrent == "" {
		return 0
	}
	return slices.IndexFunc(s.Torrents, func(t Torrent) bool { return t.Name == g.Torrent })
}

// Finds tells whether the peers of a group find others in that way.
func (g *Group) Finds(way string) bool { return slices.Contains(g.Discovery, way) }

// ownLines returns the lines of groups that have one of their own.
func (s *Scenario) ownLines() []netmodel.OwnLine {
	var lines []netmodel.OwnLine
	first := uint32(0)
	for i := range s.Groups {
		g := &s.Groups[i]
		if !g.Link.None() {
			lines = append(lines, netmodel.OwnLine{First: first, Count: uint32(g.Size),
				Down: uint64(g.Link.Down), Up: uint64(g.Link.Up)})
		}
		first += uint32(g.Size)
	}
	return lines
}

// checkSwarms checks what only scenarios with torrents have, and that they have nothing else.
func (s *Scenario) checkSwarms(c *complaints) {
	if !s.Swarms() {
		for i := range s.Groups {
			if s.Groups[i].Protocol == BitTorrent {
				c.addAt("groups."+s.Groups[i].Name+".protocol", "there is nothing to exchange; "+
					"add torrents, as in torrents: [{name: film, size: 100MB}]")
			}
		}
		return
	}
	s.checkTorrents(c)
	s.checkAudit(c)
	if s.Sample%Duration(time.Second) != 0 {
		c.addAt("sample", "%s is not a whole number of seconds; round it", s.Sample)
	}
	if len(s.Workload) > 0 {
		c.addAt("workload", "peers of torrents download, and are asked for nothing else; remove it")
	}
	if s.Observers() > 0 {
		c.addAt("groups", "crawl and probes observe a DHT alone; remove these, or the torrents")
	}
	for i, f := range s.Faults {
		if f.Kind == "crash" {
			c.addAt(fmt.Sprintf("faults.%d.kind", i), "who downloads comes once; "+
				"a group's patience, linger and graceful say how peers leave")
		}
	}
	for i := range s.Groups {
		s.checkPeers(c, &s.Groups[i])
	}
}

const piecesMax = 1 << 16 // of a torrent; a larger one is a matter of larger pieces

func (s *Scenario) checkTorrents(c *complaints) {
	for i := range s.Torrents {
		t := &s.Torrents[i]
		path := fmt.Sprintf("torrents.%d", i)
		same := func(o Torrent) bool { return o.Name == t.Name }
		if slices.IndexFunc(s.Torrents, same) != i {
			c.addAt(path+".name", "there are two torrents %s; rename one", t.Name)
		}
		if t.Piece&(t.Piece-1) != 0 {
			c.addAt("torrents."+t.Name+".piece", "%s is no power of two; write 256KiB or so",
				t.Piece)
		} else if n := (uint64(t.Size) + uint64(t.Piece) - 1) / uint64(t.Piece); n > piecesMax {
			c.addAt("torrents."+t.Name+".piece", "%s has %d pieces of %s, and at most %d are "+
				"simulated; make the pieces larger", t.Name, n, t.Piece, piecesMax)
		}
	}
}

// checkPeers checks a group of a scenario with torrents.
func (s *Scenario) checkPeers(c *complaints, g *Group) {
	path := "groups." + g.Name
	if g.Protocol != BitTorrent {
		c.addAt(path+".protocol", "%s: all groups of a scenario with torrents are of %s",
			g.Protocol, BitTorrent)
		return
	}
	names := make([]string, len(s.Torrents))
	for i := range names {
		names[i] = s.Torrents[i].Name
	}
	switch {
	case g.Torrent == "" && len(names) > 1 && g.Taking() == 1:
		c.addAt(path+".torrent", "there are several; write which one: %s",
			strings.Join(names, ", "))
	case g.Torrent != "" && !slices.Contains(names, g.Torrent):
		c.addAt(path+".torrent", "there is no torrent %s%s", show(g.Torrent),
			suggest(g.Torrent, names))
	}
	if g.Arrive.Over > s.Duration {
		c.addAt(path+".arrive.over", "%s is longer than the run, %s; shorten it", g.Arrive.Over,
			s.Duration)
	}
	if g.Arrive.Over > 0 && g.Arrive.Rate != (Pace{}) {
		c.addAt(path+".arrive.rate", "peers come evenly over a time, or at a rate; remove one")
	}
	s.checkDiscovery(c, g, path)
	s.checkCatalog(c, g, path)
	s.checkCheats(c, g, path)
	if g.Complete > 0 && string(g.Strategy) == swarm.Observing.String() {
		c.addAt(path+".complete", "observers have nothing; remove it")
	}
	if g.Strategy.divides(&g.Swarm) && g.Swarm.Upload == 0 && g.Link.Up == 0 {
		c.addAt(path+".swarm.upload", "a tyrant must know what it has to give; write upload, or "+
			"the group's own link")
		return
	}
	for _, p := range g.Peers() {
		if config := g.PeerConfig(p.Strategy); config.Validate() != nil {
			c.addAt(path+".swarm", "%v",
				strings.TrimPrefix(config.Validate().Error(), "swarm: "))
		}
	}
}

func (s *Scenario) checkDiscovery(c *complaints, g *Group, path string) {
	n := s.Torrent(g)
	private := n >= 0 && s.Torrents[n].Private
	for i, way := range g.Discovery {
		switch {
		case slices.Index(g.Discovery, way) != i:
			c.addAt(path+".discovery", "%s is there twice; remove one", way)
		case way == ByTracker && s.Tracker.None():
			c.addAt(path+".discovery", "there is no tracker; remove it here, or tracker: none")
		case way == ByDHT && private:
			c.addAt(path+".discovery", "dht: the peers of a private torrent are found by its "+
				"tracker alone (BEP 27); remove it")
		}
	}
	if len(g.Discovery) == 0 || len(g.Discovery) == 1 && g.Discovery[0] == ByPEX {
		c.addAt(path+".discovery", "nobody is found in this way; add tracker or dht")
	}
}

// PeerConfig returns the configuration of the group's peers that follow a strategy.
func (g *Group) PeerConfig(strategy swarm.Strategy) swarm.Config {
	c := g.Swarm.config()
	c.PEX = g.Finds(ByPEX)
	c.Extended = true
	c.DHTPort = g.Finds(ByDHT)
	if c.Choker.Upload = uint64(g.Swarm.Upload); c.Choker.Upload == 0 {
		c.Choker.Upload = uint64(g.Link.Up) / 8
	}
	return strategy.Apply(c)
}

// trackers is how many nodes there are that are trackers; their numbers are the last ones.
func (s *Scenario) trackers() int {
	if s.Swarms() && !s.Tracker.None() {
		return 1
	}
	return 0
}
