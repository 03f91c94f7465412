package tracker

import (
	"errors"
	"time"
)

// Config is how a tracker works. Make it with Defaults and change what has to be different.
type Config struct {
	Interval    time.Duration // that clients are told to let pass between announces
	MinInterval time.Duration // that they are told to let pass at least; 0: half of Interval
	Expiry      time.Duration // after which a silent peer is forgotten; 0: 2 Interval + 5 min

	Want    int // peers named to who does not say how many he wants; more than 0
	WantMax int // and at most named to anyone

	Torrents   int // known at most
	Peers      int // known at most, of all torrents together
	SwarmPeers int // known at most of one torrent: for a new one the one longest silent goes

	// HostRate is how many requests a second are heard from one host, an IPv4 address or an IPv6
	// /64, and HostBurst how many at once after silence. A HostRate of 0 sets no limit.
	HostRate, HostBurst uint32

	// Private says that only the torrents are tracked that Tracker.Allow named.
	Private bool

	// Secret makes connection ids that nobody can guess. It must come from the outside: a core has
	// no secrets of its own.
	Secret [16]byte

	// Names says whether a peer that asks may be told of another one, by their ids; nil: of all.
	// Whoever controls peer lists sees by it who transfers with whom.
	Names func(asks, named [20]byte) bool

	// Observer hears of every announce that is accepted; nil: nobody.
	Observer Observer
}

// Defaults returns the settings of a public tracker, without a secret.
func Defaults() Config {
	return Config{
		Interval: 30 * time.Minute, Want: 50, WantMax: 200,
		Torrents: 100_000, Peers: 1_000_000, SwarmPeers: 100_000,
		HostRate: 100, HostBurst: 500,
	}
}

// validated returns the configuration with what is to be derived.
func (c Config) validated() (Config, error) {
	if c.MinInterval == 0 {
		c.MinInterval = c.Interval / 2
	}
	if c.Expiry == 0 {
		c.Expiry = 2*c.Interval + 5*time.Minute
	}
	switch {
	case c.Interval < time.Second || c.Interval > intervalMax*time.Second:
		return c, errors.New("tracker: Interval must be from 1 s to 24 h")
	case c.MinInterval < 0 || c.MinInterval > c.Interval:
		return c, errors.New("tracker: MinInterval must be from 0 to Interval")
	case c.Expiry <= c.Interval:
		return c, errors.New("tracker: Expiry must be longer than Interval")
	case c.Want < 1 || c.WantMax < c.Want || c.WantMax > packetPeers4:
		return c, errors.New("tracker: Want must be from 1 to WantMax, and that at most 200")
	case c.Torrents < 1 || c.SwarmPeers < 1 || c.Peers < c.SwarmPeers:
		return c, errors.New("tracker: Torrents and SwarmPeers must be at least 1, and Peers at " +
			"least SwarmPeers")
	case c.HostRate > 1_000_000 || c.HostBurst > 1_000_000 || c.HostRate > 0 && c.HostBurst == 0:
		return c, errors.New("tracker: HostRate and HostBurst must be at most 1,000,000, and " +
			"HostBurst at least 1 with a HostRate")
	}
	return c, nil
}
