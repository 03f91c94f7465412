package client

import (
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/swarm"
)

// Config is everything about clients that a study would vary.
type Config struct {
	Swarm swarm.Config
	// DHT is the configuration of their nodes in the DHT; nil: they have none.
	DHT *dht.Config
	// Renew is the time between two announces of a torrent in the DHT.
	Renew time.Duration
	// Seek is the time to the next one while a leecher has no connection, once it has asked some
	// times: the first of them follow after 2 s, 4 s, 8 s.
	Seek time.Duration
	// Want is how many peers a tracker is asked for.
	Want int
	// Least is the least time between two announces to a tracker, whatever it says.
	Least time.Duration
	// Reporting is what their totals mean.
	Reporting Reporting
	Cheat     CheatConfig
	// Audit is how those who are enrolled vouch for each other.
	Audit AuditConfig
	// IPv6 says that the clients' datagrams are of IPv6.
	IPv6 bool
}

// Default returns what libtorrent does: a node in the DHT, an announce there each 15 minutes, 200
// peers of a tracker.
func Default() Config {
	node, _ := dht.Profile(dht.ProfileBEP5) // it is known
	return Config{
		Swarm: swarm.Default(), DHT: &node, Renew: 15 * time.Minute, Seek: time.Minute, Want: 200,
		Least: time.Minute,
	}
}

// Validate returns the first setting that is out of its range.
func (c *Config) Validate() error {
	const day = 24 * time.Hour
	for _, f := range []struct {
		name string
		v    time.Duration
	}{{"renew", c.Renew}, {"seek", c.Seek}, {"least", c.Least}} {
		if f.v < time.Second || f.v > day {
			return fmt.Errorf("%s is %v; it must be from 1s to %v", f.name, f.v, day)
		}
	}
	if c.Reporting >= reportings || c.Cheat.Kind >= cheats {
		return fmt.Errorf("there is no reporting %d, or no cheat %d", c.Reporting, c.Cheat.Kind)
	}
	if err := c.Cheat.Validate(); err != nil {
		return err
	}
	return c.Audit.Validate()
}

// Env is what clients share with their owner. The observers of the parts are told after the client
// itself.
type Env struct {
	Swarm swarm.Env
	// DHT has what the nodes need, without meaning if Config.DHT is nil. Its observer hears of
	// lookups that the owner started.
	DHT dht.Env
	// Resolve has the owner look a tracker's host up and call Resolved. Without it such trackers
	// are left out.
	Resolve func(i, torrent uint32, host string)
	// Fetch has the owner get the body at a URL and call Fetched, with the number. Without it
	// trackers of HTTP are left out.
	Fetch func(i, torrent, number uint32, url string)
}

// Torrent is what a group of clients knows of a torrent.
type Torrent struct {
	swarm.Torrent
	Trackers [][]string // URLs, in tiers (BEP 12)
}

// part is one of those that have deadlines of their own.
type part uint8

const (
	ofSwarm part = iota
	ofDHT
	ofMembers // trackers and announces in the DHT
	ofAudit   // reports and receipts
	parts
)

// dues are the deadlines of the parts.
type dues [parts]protocol.Time

func (d *dues) first() protocol.Time { return min(d[ofSwarm], d[ofDHT], d[ofMembers], d[ofAudit]) }
